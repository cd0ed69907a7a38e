/* Lines in a fixed order, so that reading them back is as simple as looking at them. */
#include "collector/backup/about.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/number.h"
#include "crypto/base64url.h"
#include <stdio.h>
#include <string.h>

#define MAGIC "burgerpanel-backup "
#define VERSION "1"

int about_put(struct buf *out, const struct backup_about *about)
{
    char when[CLOCK_TEXT_SIZE];
    size_t end = out->len + ABOUT_BYTES - ABOUT_SUM_BYTES;
    clock_format(about->taken_at, when);
    buf_printf(out, MAGIC VERSION "\nprogram %s\ntaken %s\nbytes %llu\nsize %llu\nroot ", BURGERPANEL_VERSION, when,
               (unsigned long long)about->bytes, (unsigned long long)about->head.size);
    base64url_put(out, about->head.root.bytes, SHA256_BYTES);
    buf_printf(out, "\nlog %s\noperator %s\nlog-key %.*s\noperator-key %.*s\ncheckpoint\n%s", about->verifier,
               about->operator_kid, (int)strcspn(about->log_key, "\n"), about->log_key,
               (int)strcspn(about->operator_key, "\n"), about->operator_key, about->checkpoint);
    if (buf_check(out) < 0 || out->len > end)
        return -1;
    while (out->len < end && buf_check(out) == 0)
        buf_put_char(out, '\n');
    return buf_check(out);
}

void about_put_sum(const uint8_t hash[static SHA256_BYTES], char line[static ABOUT_SUM_BYTES + 1])
{
    int len = snprintf(line, ABOUT_SUM_BYTES + 1, "sha256 ");
    for (size_t i = 0; i < SHA256_BYTES; i++)
        len += snprintf(line + len, (size_t)(ABOUT_SUM_BYTES + 1 - len), "%02x", hash[i]);
    memcpy(line + len, "\n", 2);
}

/* The value of the line that comes next, which must have that name; NULL: it has not. *at then stands behind it. */
static const char *take_line(const char **at, const char *name, size_t *len)
{
    size_t named = strlen(name), line = strcspn(*at, "\n");
    const char *value = *at + named;
    if (line < named || (*at)[line] != '\n' || memcmp(*at, name, named) != 0)
        return NULL;
    *len = line - named;
    *at += line + 1;
    return value;
}

static int take_line_text(const char **at, const char *name, char *out, size_t size)
{
    size_t len;
    const char *value = take_line(at, name, &len);
    if (!value || len >= size)
        return -1;
    memcpy(out, value, len);
    out[len] = '\0';
    return 0;
}

static int take_line_number(const char **at, const char *name, uint64_t *out)
{
    char text[32];
    int64_t number;
    if (take_line_text(at, name, text, sizeof text) < 0 || number_read(text, 0, INT64_MAX, &number) < 0)
        return -1;
    *out = (uint64_t)number;
    return 0;
}

static int take_moment(const char **at, const char *name, int64_t *out)
{
    char text[CLOCK_TEXT_SIZE];
    return take_line_text(at, name, text, sizeof text) < 0 ? -1 : clock_parse(text, out);
}

static int take_root(const char **at, struct merkle_hash *out)
{
    size_t len;
    const char *value = take_line(at, "root ", &len);
    return value ? base64url_decode_exactly(value, len, out->bytes, SHA256_BYTES) : -1;
}

/* The rest but for the line ends that fill it up; it is text. */
static int take_checkpoint(const char *at, const char *end, char out[static BACKUP_TEXT_SIZE])
{
    size_t len = (size_t)(end - at);
    if (memchr(at, '\0', len))
        return -1;
    while (len > 1 && at[len - 1] == '\n' && at[len - 2] == '\n')
        len--;
    if (len >= BACKUP_TEXT_SIZE)
        return -1;
    memcpy(out, at, len);
    out[len] = '\0';
    return 0;
}

static int take_all_lines(const char *at, const char *end, struct backup_about *about)
{
    size_t len;
    bool good = take_line(&at, "program ", &len) && take_moment(&at, "taken ", &about->taken_at) == 0 &&
                take_line_number(&at, "bytes ", &about->bytes) == 0 &&
                take_line_number(&at, "size ", &about->head.size) == 0 && take_root(&at, &about->head.root) == 0 &&
                take_line_text(&at, "log ", about->verifier, sizeof about->verifier) == 0 &&
                take_line_text(&at, "operator ", about->operator_kid, sizeof about->operator_kid) == 0 &&
                take_line(&at, "log-key ", &len) && take_line(&at, "operator-key ", &len) &&
                take_line(&at, "checkpoint", &len);
    return good ? take_checkpoint(at, end, about->checkpoint) : -1;
}

int about_read(const char page[static ABOUT_BYTES], struct backup_about *about, struct error *error)
{
    char text[ABOUT_BYTES - ABOUT_SUM_BYTES + 1], version[16];
    const char *at = text;
    memcpy(text, page, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    if (take_line_text(&at, MAGIC, version, sizeof version) < 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("this file is no backup of a collector", "dit bestand is geen reservekopie van een "
                                                                    "verzamelaar"));
    if (strcmp(version, VERSION) != 0)
        return error_set(error, ERROR_REFUSED,
                         T("this backup is of version %s; use a newer burgerpanel-collector",
                           "deze reservekopie is van versie %s; gebruik een nieuwere burgerpanel-collector"),
                         version);
    if (take_all_lines(at, text + sizeof text - 1, about) < 0)
        return error_set(error, ERROR_DAMAGED, "%s",
                         T("what this backup says of itself can't be read",
                           "wat deze reservekopie over zichzelf zegt is niet leesbaar"));
    return 0;
}
