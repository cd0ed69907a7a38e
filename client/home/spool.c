/* See spool.h. */
#include "client/home/spool.h"
#include "base/file.h"
#include "base/json.h"
#include "crypto/jws.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK '~' /* in no id of a round or an action */

static const char *folder_of(enum spool_place place)
{
    switch (place) {
    case SPOOL_WAITING:
        return "spool";
    case SPOOL_SENT:
        return "sent";
    case SPOOL_REFUSED:
        return "refused";
    case SPOOL_NOWHERE:
        break;
    }
    return "";
}

static const char *ending_of(enum spool_place place)
{
    return place == SPOOL_WAITING ? ".jws" : ".json";
}

/* Names. */

static int set_text(char out[static SPOOL_ID_SIZE], const char *text, size_t len)
{
    if (len == 0 || len >= SPOOL_ID_SIZE || memchr(text, MARK, len) || memchr(text, '/', len))
        return -1;
    memcpy(out, text, len);
    out[len] = '\0';
    return 0;
}

int response_id_set(struct response_id *out, const char *round, const char *action, int64_t revision)
{
    struct response_id id = {.revision = revision};
    if (revision < 1 || revision > JSON_INTEGER_MAX || set_text(id.round, round, strlen(round)) < 0 ||
        set_text(id.action, action, strlen(action)) < 0)
        return -1;
    *out = id;
    return 0;
}

void response_id_write(const struct response_id *id, char out[static SPOOL_NAME_SIZE])
{
    snprintf(out, SPOOL_NAME_SIZE, "%s%c%s%c%016lld", id->round, MARK, id->action, MARK, (long long)id->revision);
}

int response_id_read(const char *name, struct response_id *out)
{
    struct response_id id;
    const char *first = strchr(name, MARK);
    const char *second = first ? strchr(first + 1, MARK) : NULL;
    if (!second || set_text(id.round, name, (size_t)(first - name)) < 0 ||
        set_text(id.action, first + 1, (size_t)(second - first - 1)) < 0)
        return -1;
    const char *digits = second + 1;
    if (strspn(digits, "0123456789") != 16 || digits[16] != '\0')
        return -1;
    id.revision = strtoll(digits, NULL, 10);
    if (id.revision < 1 || id.revision > JSON_INTEGER_MAX)
        return -1;
    *out = id;
    return 0;
}

int spool_path(char *out, const char *home, enum spool_place place, const struct response_id *id)
{
    char name[SPOOL_NAME_SIZE];
    response_id_write(id, name);
    int len = snprintf(out, PATH_MAX, "%s/%s/%s%s", home, folder_of(place), name, ending_of(place));
    if (len < 0 || len >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

static int put_folder(char out[static PATH_MAX], const char *home, enum spool_place place)
{
    int len = snprintf(out, PATH_MAX, "%s/%s", home, folder_of(place));
    if (len < 0 || len >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

/* One response. */

int spool_prepare(const char *home)
{
    static const enum spool_place places[] = {SPOOL_WAITING, SPOOL_SENT, SPOOL_REFUSED};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (put_folder(path, home, places[i]) < 0 || file_make_folder(path, 0700) < 0)
            return -1;
    return 0;
}

int spool_put(const char *home, const struct response_id *id, const char *jws, size_t len)
{
    char path[PATH_MAX];
    if (spool_path(path, home, SPOOL_WAITING, id) < 0)
        return -1;
    return file_create(path, jws, len, 0600);
}

enum spool_place spool_find(const char *home, const struct response_id *id)
{
    static const enum spool_place places[] = {SPOOL_SENT, SPOOL_REFUSED, SPOOL_WAITING};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (spool_path(path, home, places[i], id) == 0 && file_exists(path))
            return places[i];
    return SPOOL_NOWHERE;
}

/* Opens the stored record of a settled response; NULL with errno. */
static struct json *read_record(const char *home, const struct response_id *id, enum spool_place place)
{
    char path[PATH_MAX];
    struct buf text;
    struct json *record = NULL;
    buf_init(&text, SPOOL_RECORD_MAX);
    if (spool_path(path, home, place, id) == 0 && file_read(path, &text) == 0) {
        struct json_fault fault = {.what = ""};
        record = json_parse(buf_text(&text), text.len, &fault);
        if (!record || !json_text(json_member(record, "jws")) || !json_member(record, "answer")) {
            json_free(record);
            record = NULL;
            errno = strcmp(fault.what, "out of memory") == 0 ? ENOMEM : EILSEQ;
        }
    }
    buf_free(&text);
    return record;
}

static int read_waiting(const char *home, const struct response_id *id, struct buf *jws)
{
    char path[PATH_MAX];
    if (spool_path(path, home, SPOOL_WAITING, id) < 0)
        return -1;
    return file_read(path, jws);
}

int spool_read(const char *home, const struct response_id *id, struct buf *jws)
{
    enum spool_place place = spool_find(home, id);
    if (place == SPOOL_WAITING || place == SPOOL_NOWHERE)
        return read_waiting(home, id, jws);
    struct json *record = read_record(home, id, place);
    if (!record)
        return -1;
    buf_put_text(jws, json_text(json_member(record, "jws")));
    json_free(record);
    return buf_check(jws);
}

int spool_read_answer(const char *home, const struct response_id *id, enum spool_place place, struct buf *answer)
{
    struct json *record = read_record(home, id, place);
    if (!record)
        return -1;
    json_put_value(answer, json_member(record, "answer"));
    json_free(record);
    return buf_check(answer);
}

int spool_remove(const char *home, const struct response_id *id, enum spool_place place)
{
    char path[PATH_MAX];
    if (spool_path(path, home, place, id) < 0)
        return -1;
    return file_remove(path);
}

void spool_put_record(struct buf *out, const struct spool_text *jws, const struct spool_text *answer)
{
    buf_put_text(out, "{\"jws\":");
    json_put_string(out, jws->text, jws->len);
    buf_put_text(out, ",\"answer\":");
    buf_put(out, answer->text, answer->len);
    buf_put_text(out, "}\n");
}

int spool_settle(const char *home, const struct response_id *id, enum spool_place place, const struct spool_text *jws,
                 const struct spool_text *answer)
{
    char path[PATH_MAX];
    struct buf record;
    int result = -1;
    buf_init(&record, SPOOL_RECORD_MAX);
    spool_put_record(&record, jws, answer);
    if (buf_check(&record) < 0)
        errno = ENOMEM;
    else if (spool_path(path, home, place, id) == 0 && file_write(path, buf_text(&record), record.len, 0600) == 0)
        result = spool_remove(home, id, SPOOL_WAITING);
    buf_free(&record);
    return result;
}

void spool_tidy(const char *home, const struct response_id *id)
{
    char path[PATH_MAX];
    /* Should it come back after a power cut, it will be taken for what it is once more. */
    if (spool_path(path, home, SPOOL_WAITING, id) == 0)
        unlink(path);
}

/* All of them. */

struct walk {
    const char *home;
    enum spool_place place;
    int (*each)(void *context, const struct response_id *id);
    void *context;
};

static int walk_one(void *context, const char *name)
{
    const struct walk *walk = context;
    char stem[SPOOL_NAME_SIZE];
    struct response_id id;
    size_t len = strlen(name) - strlen(ending_of(walk->place));
    if (len >= sizeof stem)
        return 0;
    memcpy(stem, name, len);
    stem[len] = '\0';
    if (response_id_read(stem, &id) < 0)
        return 0; /* not ours */
    if (walk->place == SPOOL_WAITING && spool_find(walk->home, &id) != SPOOL_WAITING) {
        spool_tidy(walk->home, &id);
        return 0;
    }
    return walk->each(walk->context, &id);
}

int spool_each(const char *home, enum spool_place place, int (*each)(void *context, const struct response_id *id),
               void *context)
{
    char folder[PATH_MAX];
    if (put_folder(folder, home, place) < 0)
        return -1;
    struct walk walk = {.home = home, .place = place, .each = each, .context = context};
    return file_each(folder, ending_of(place), walk_one, &walk);
}

static int count_one(void *context, const struct response_id *id)
{
    (void)id;
    ++*(size_t *)context;
    return 0;
}

int spool_count(const char *home, enum spool_place place, size_t *out)
{
    size_t count = 0;
    if (spool_each(home, place, count_one, &count) != 0)
        return -1;
    *out = count;
    return 0;
}

struct search {
    const char *round, *action;
    int64_t last;
};

static int look_at(void *context, const struct response_id *id)
{
    struct search *search = context;
    if (strcmp(id->round, search->round) == 0 && strcmp(id->action, search->action) == 0 && id->revision > search->last)
        search->last = id->revision;
    return 0;
}

int spool_last_revision(const char *home, const char *round, const char *action, int64_t *out)
{
    static const enum spool_place places[] = {SPOOL_WAITING, SPOOL_SENT, SPOOL_REFUSED};
    struct search search = {.round = round, .action = action};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (spool_each(home, places[i], look_at, &search) != 0)
            return -1;
    *out = search.last;
    return 0;
}
