/* Lines on standard error. Each is composed on the stack and written with one write(2): lines of several threads don't
 * mix, and there is a line also when memory has run out. */
#include "base/log.h"
#include "base/clock.h"
#include "base/text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_SIZE 1024 /* longer messages are cut off, and end in "..." */

static const char *const level_names[] = {"error", "warning", "info"};

static _Atomic enum log_level highest = LOG_INFO;

/* A line under way; the room suffices for a message of which every byte is escaped. */
struct line {
    char text[CLOCK_TEXT_SIZE + 16 + 4 * MESSAGE_SIZE + 1];
    size_t len;
};

void log_set_level(enum log_level level)
{
    atomic_store(&highest, level);
}

int log_level_find(const char *name, enum log_level *out)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return 0;
        }
    }
    return -1;
}

static void put_byte_escaped(struct line *line, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    const char escaped[] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    memcpy(line->text + line->len, escaped, sizeof escaped);
    line->len += sizeof escaped;
}

/* Adds the message; what base/text.h does not let a terminal have is escaped, byte by byte. */
static void put_line_escaped(struct line *line, const char *text, size_t len)
{
    size_t step;
    for (size_t i = 0; i < len; i += step) {
        bool shown;
        step = text_step(text + i, len - i, &shown);
        if (shown) {
            memcpy(line->text + line->len, text + i, step);
            line->len += step;
            continue;
        }
        for (size_t j = i; j < i + step; j++)
            put_byte_escaped(line, (unsigned char)text[j]);
    }
}

/* Formats into `text`; the length. Where the end is cut off, dots stand for it, not half a character. */
PRINTF_LIKE(2, 0)
static size_t format_message(char text[static MESSAGE_SIZE], const char *format, va_list args)
{
    int len = vsnprintf(text, MESSAGE_SIZE, format, args);
    size_t end = MESSAGE_SIZE - 4;
    if (len < 0)
        return 0;
    if (len < MESSAGE_SIZE)
        return (size_t)len;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    memset(text + end, '.', 3);
    return end + 3;
}

PRINTF_LIKE(2, 0)
static void log_line(enum log_level level, const char *format, va_list args)
{
    if (level > atomic_load(&highest))
        return;
    int kept = errno; /* who logs a failure may still want to look at it */
    char message[MESSAGE_SIZE], now[CLOCK_TEXT_SIZE];
    struct line line;
    clock_format(clock_now(), now);
    line.len = (size_t)snprintf(line.text, sizeof line.text, "%s %s ", now, level_names[level]);
    errno = kept; /* for %m */
    put_line_escaped(&line, message, format_message(message, format, args));
    line.text[line.len++] = '\n';
    ssize_t done;
    do
        done = write(STDERR_FILENO, line.text, line.len);
    while (done < 0 && errno == EINTR);
    errno = kept;
}

void log_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_line(LOG_ERROR, format, args);
    va_end(args);
}

void log_warning(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_line(LOG_WARNING, format, args);
    va_end(args);
}

void log_info(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_line(LOG_INFO, format, args);
    va_end(args);
}
