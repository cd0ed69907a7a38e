/* A failure's kind and its one line. */
#include "base/error.h"
#include "base/lang.h"
#include "base/text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Composed aside, since arguments may point into the text that is replaced. */
PRINTF_LIKE(3, 0) static int set_text(struct error *error, enum error_kind kind, const char *format, va_list arguments)
{
    char text[ERROR_TEXT_SIZE];
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    text_end_on_character(text, sizeof text);
    text_clean(text);
    error->kind = kind;
    memcpy(error->text, text, strlen(text) + 1);
    return -1;
}

int error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
    if (!error)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    set_text(error, kind, format, arguments);
    va_end(arguments);
    return -1;
}

int error_no_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "%s", T("out of memory", "te weinig geheugen"));
}

const char *error_of_errno(int number)
{
    static const struct {
        int number;
        const char *dutch;
    } texts[] = {
        {EACCES, "geen toegang"},
        {EADDRINUSE, "het adres is in gebruik"},
        {EADDRNOTAVAIL, "het adres is niet van deze computer"},
        {EAGAIN, "op dit moment niet beschikbaar"},
        {EBUSY, "in gebruik"},
        {ECONNREFUSED, "de verbinding is geweigerd"},
        {ECONNRESET, "de verbinding is verbroken"},
        {EDQUOT, "het schijfquotum is op"},
        {EEXIST, "bestaat al"},
        {EFBIG, "het bestand is te groot"},
        {EILSEQ, "de inhoud is niet wat ze moet zijn"},
        {EINVAL, "geen geldige waarde"},
        {EIO, "de schijf kan niet gelezen of geschreven worden"},
        {EISDIR, "is een map"},
        {ELOOP, "te veel symbolische koppelingen"},
        {EMFILE, "te veel bestanden open"},
        {ENAMETOOLONG, "de naam is te lang"},
        {ENFILE, "te veel bestanden open op deze computer"},
        {ENOENT, "bestaat niet"},
        {ENOMEM, "te weinig geheugen"},
        {ENOSPC, "de schijf is vol"},
        {ENOTDIR, "is geen map"},
        {ENOTEMPTY, "de map is niet leeg"},
        {ENOTSUP, "kan hier niet"},
        {EPERM, "niet toegestaan"},
        {EPIPE, "niemand leest de uitvoer"},
        {EROFS, "de schijf is alleen te lezen"},
        {ETIMEDOUT, "het duurde te lang"},
    };
    for (size_t i = 0; lang_is_dutch() && i < sizeof texts / sizeof *texts; i++)
        if (texts[i].number == number)
            return texts[i].dutch;
    return strerror(number);
}

int error_from_errno(struct error *error, const char *format, ...)
{
    int number = errno;
    if (!error)
        return -1;
    struct error what;
    va_list arguments;
    va_start(arguments, format);
    set_text(&what, ERROR_IO, format, arguments);
    va_end(arguments);
    return error_set(error, number == ENOMEM ? ERROR_MEMORY : ERROR_IO, "%s: %s", what.text, error_of_errno(number));
}

int error_prefix(struct error *error, const char *format, ...)
{
    if (!error)
        return -1;
    struct error prefix;
    va_list arguments;
    va_start(arguments, format);
    set_text(&prefix, error->kind, format, arguments);
    va_end(arguments);
    return error_set(error, error->kind, "%s: %s", prefix.text, error->text);
}
