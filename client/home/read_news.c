/* One small file, written whole or not at all. Knows no follow-up. */
#include "client/home/read_news.h"
#include "base/file.h"
#include "base/json.h"
#include "client/home/path.h"
#include <errno.h>
#include <string.h>

#define NAME "follow-ups.json"
#define RECORD_MAX ((size_t)4096)

static void put_log(struct buf *out, const struct pin *pin)
{
    struct buf key;
    buf_init(&key, NOTE_MAX);
    note_key_put(&key, &pin->key);
    json_put_string(out, buf_text(&key), key.len);
    out->failed |= buf_check(&key) < 0;
    buf_free(&key);
}

/* A record that can't be read is as good as none: all is news then. */
static int64_t seen_in(const struct json *record, const struct pin *pin)
{
    struct buf log, recorded;
    int64_t seen = -1;
    buf_init(&log, RECORD_MAX);
    buf_init(&recorded, RECORD_MAX);
    put_log(&log, pin);
    if (json_member(record, "log"))
        json_put_value(&recorded, json_member(record, "log"));
    if (strcmp(buf_text(&log), buf_text(&recorded)) != 0 || json_integer(json_member(record, "seen"), &seen) < 0)
        seen = -1;
    buf_free(&log);
    buf_free(&recorded);
    return seen;
}

int read_news_load(const char *home, const struct pin *pin, int64_t *seen)
{
    char path[PATH_MAX];
    struct buf text;
    buf_init(&text, RECORD_MAX);
    int result = path_in_home(path, home, NAME);
    if (result == 0 && file_read(path, &text) < 0)
        result = errno == ENOENT ? 0 : -1;
    if (result == 0) {
        struct json *record = json_parse(buf_text(&text), text.len, NULL);
        *seen = seen_in(record, pin);
        json_free(record);
    }
    buf_free(&text);
    return result;
}

int read_news_store(const char *home, const struct pin *pin, int64_t seen)
{
    char path[PATH_MAX];
    struct buf text;
    int result = -1;
    buf_init(&text, RECORD_MAX);
    buf_put_text(&text, "{\"log\":");
    put_log(&text, pin);
    buf_put_text(&text, ",\"seen\":");
    buf_put_integer(&text, seen);
    buf_put_text(&text, "}\n");
    if (buf_check(&text) < 0)
        errno = ENOMEM;
    else if (path_in_home(path, home, NAME) == 0)
        result = file_write(path, buf_text(&text), text.len);
    buf_free(&text);
    return result;
}
