/* Named by the hash of the URL, which may be a secret. */
#include "collector/hooks/cursor.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)4096)
#define FIRST_PAUSE 2
#define PAUSE_GROWS 4

static int put_cursor_path(const char *folder, const char *url, char out[static PATH_MAX], struct error *error)
{
    uint8_t hash[SHA256_BYTES];
    char name[BASE64URL_LENGTH(SHA256_BYTES) + 1];
    crypto_sha256(url, strlen(url), hash);
    base64url_encode(hash, sizeof hash, name);
    if (snprintf(out, PATH_MAX, "%s/%s.cursor", folder, name) < PATH_MAX)
        return 0;
    errno = ENAMETOOLONG;
    return error_from_errno(error, "%s", folder);
}

static int read_cursor_text(const struct buf *text, struct cursor *out)
{
    struct json *document = json_parse(buf_text(text), text->len, NULL);
    const struct {
        const char *name;
        int64_t *number;
    } numbers[] = {
        {"next", &out->next}, {"opened", &out->opened}, {"tries", &out->tries}, {"notBefore", &out->not_before}};
    const char *due = json_text(json_member(document, "due"));
    int result = due && strlen(due) < sizeof out->due ? 0 : -1;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && result == 0; i++)
        if (json_integer(json_member(document, numbers[i].name), numbers[i].number) < 0 || *numbers[i].number < 0)
            result = -1;
    if (result == 0)
        memcpy(out->due, due, strlen(due) + 1);
    json_free(document);
    return result;
}

int cursor_read(const char *folder, const char *url, struct cursor *out, struct error *error)
{
    char path[PATH_MAX];
    struct buf text;
    int result = -1;
    if (put_cursor_path(folder, url, path, error) < 0)
        return -1;
    buf_init(&text, FILE_MAX);
    if (file_read(path, &text) == 0)
        result = read_cursor_text(&text, out) < 0
                     ? error_set(error, ERROR_DAMAGED,
                                 T("%s is damaged: take it away, and the receiver is told what happens from then on",
                                   "%s is beschadigd: haal het weg, dan hoort de ontvanger wat vanaf dan gebeurt"),
                                 path)
                     : 0;
    else
        result = errno == ENOENT ? 1 : error_from_errno(error, "%s", path);
    buf_free(&text);
    return result;
}

int cursor_write(const char *folder, const char *url, const struct cursor *cursor, struct error *error)
{
    char path[PATH_MAX];
    struct buf text;
    if (put_cursor_path(folder, url, path, error) < 0)
        return -1;
    buf_init(&text, FILE_MAX);
    buf_printf(&text,
               "{\"next\":%lld,\"opened\":%lld,\"tries\":%lld,\"notBefore\":%lld,\"due\":", (long long)cursor->next,
               (long long)cursor->opened, (long long)cursor->tries, (long long)cursor->not_before);
    json_put_text(&text, cursor->due);
    buf_put_text(&text, "}\n");
    int result = buf_check(&text) < 0                              ? error_no_memory(error)
                 : file_write(path, buf_text(&text), text.len) < 0 ? error_from_errno(error, "%s", path)
                                                                   : 0;
    buf_free(&text);
    return result;
}

void cursor_settle(struct cursor *cursor)
{
    cursor->tries = cursor->not_before = 0;
    cursor->due[0] = '\0';
}

int64_t cursor_fail(struct cursor *cursor, const char *id, int64_t now)
{
    int64_t pause = FIRST_PAUSE;
    if (strcmp(cursor->due, id) != 0)
        cursor_settle(cursor);
    snprintf(cursor->due, sizeof cursor->due, "%s", id);
    for (int64_t i = 0; i < cursor->tries && i < CURSOR_TRIES; i++)
        pause *= PAUSE_GROWS;
    if (++cursor->tries >= CURSOR_TRIES) {
        cursor_settle(cursor);
        return 0;
    }
    cursor->not_before = now + pause;
    return pause;
}
