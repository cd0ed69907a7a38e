/* One file a response, moved by writing it where it goes and removing it where it was, in that order: so a power cut
 * leaves it in one state or in both, never in none. See spool.h. */
#include "client/home/spool.h"
#include "base/file.h"
#include "base/json.h"
#include "client/home/path.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char *folder_of(enum spool_state state)
{
    switch (state) {
    case SPOOL_WAITING:
        return "spool";
    case SPOOL_SENT:
        return "sent";
    case SPOOL_REFUSED:
        return "refused";
    case SPOOL_ERASED:
        return "erased";
    case SPOOL_UNKNOWN:
        break;
    }
    return "";
}

static const char *ending_of(enum spool_state state)
{
    return state == SPOOL_WAITING ? ".jws" : ".json";
}

int spool_path(char out[static PATH_MAX], const char *home, enum spool_state state, const struct response_id *id)
{
    char name[RESPONSE_ID_TEXT_SIZE];
    response_id_write(id, name);
    return path_in_home(out, home, "%s/%s%s", folder_of(state), name, ending_of(state));
}

/* One response. */

int spool_prepare(const char *home)
{
    static const enum spool_state states[] = {SPOOL_WAITING, SPOOL_SENT, SPOOL_REFUSED, SPOOL_ERASED};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (path_in_home(path, home, "%s", folder_of(states[i])) < 0 || file_make_folder(path) < 0)
            return -1;
    return 0;
}

int spool_put(const char *home, const struct response_id *id, const char *jws, size_t len)
{
    char path[PATH_MAX];
    if (spool_path(path, home, SPOOL_WAITING, id) < 0)
        return -1;
    return file_create(path, jws, len);
}

enum spool_state spool_find(const char *home, const struct response_id *id)
{
    static const enum spool_state states[] = {SPOOL_SENT, SPOOL_REFUSED, SPOOL_ERASED, SPOOL_WAITING};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (spool_path(path, home, states[i], id) == 0 && file_exists(path))
            return states[i];
    return SPOOL_UNKNOWN;
}

/* Opens the stored record of a settled response; NULL with errno. */
static struct json *read_record(const char *home, const struct response_id *id, enum spool_state state)
{
    char path[PATH_MAX];
    struct buf text;
    struct json *record = NULL;
    buf_init(&text, SPOOL_RECORD_MAX);
    if (spool_path(path, home, state, id) == 0 && file_read(path, &text) == 0) {
        struct json_fault fault = {.no_memory = false};
        record = json_parse(buf_text(&text), text.len, &fault);
        if (!record || !json_text(json_member(record, "jws")) || !json_member(record, "answer")) {
            json_free(record);
            record = NULL;
            errno = fault.no_memory ? ENOMEM : EILSEQ;
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
    enum spool_state state = spool_find(home, id);
    if (state == SPOOL_WAITING || state == SPOOL_UNKNOWN)
        return read_waiting(home, id, jws);
    struct json *record = read_record(home, id, state);
    if (!record)
        return -1;
    buf_put_text(jws, json_text(json_member(record, "jws")));
    json_free(record);
    return buf_check(jws);
}

int spool_read_answer(const char *home, const struct response_id *id, enum spool_state state, struct buf *answer)
{
    struct json *record = read_record(home, id, state);
    if (!record)
        return -1;
    json_put_value(answer, json_member(record, "answer"));
    json_free(record);
    return buf_check(answer);
}

int spool_read_record(const char *home, const struct response_id *id, enum spool_state state, struct buf *jws,
                      struct buf *answer)
{
    struct json *record = read_record(home, id, state);
    if (!record)
        return -1;
    buf_put_text(jws, json_text(json_member(record, "jws")));
    json_put_value(answer, json_member(record, "answer"));
    json_free(record);
    return buf_check(jws) < 0 || buf_check(answer) < 0 ? -1 : 0;
}

int spool_remove(const char *home, const struct response_id *id, enum spool_state state)
{
    char path[PATH_MAX];
    if (spool_path(path, home, state, id) < 0)
        return -1;
    return file_remove(path);
}

void spool_put_record(struct buf *out, const struct slice *jws, const struct slice *answer)
{
    buf_put_text(out, "{\"jws\":");
    json_put_string(out, jws->text, jws->len);
    buf_put_text(out, ",\"answer\":");
    buf_put(out, answer->text, answer->len);
    buf_put_text(out, "}\n");
}

int spool_write_record(const char *path, const struct slice *jws, const struct slice *answer)
{
    struct buf record;
    int result = -1;
    buf_init(&record, SPOOL_RECORD_MAX);
    spool_put_record(&record, jws, answer);
    if (buf_check(&record) < 0)
        errno = ENOMEM;
    else
        result = file_write(path, buf_text(&record), record.len);
    buf_free(&record);
    return result;
}

static int reason_path(char out[static PATH_MAX], const char *home, const struct response_id *id)
{
    char name[RESPONSE_ID_TEXT_SIZE];
    response_id_write(id, name);
    return path_in_home(out, home, "%s/%s.reason", folder_of(SPOOL_WAITING), name);
}

/* A reason that is left behind speaks of nothing that waits, and is never read. */
static void forget_reason(const char *home, const struct response_id *id)
{
    char path[PATH_MAX];
    if (reason_path(path, home, id) == 0)
        unlink(path);
}

int spool_settle(const char *home, const struct response_id *id, enum spool_state state, const struct slice *jws,
                 const struct slice *answer)
{
    char path[PATH_MAX];
    if (spool_path(path, home, state, id) < 0 || spool_write_record(path, jws, answer) < 0 ||
        spool_remove(home, id, SPOOL_WAITING) < 0)
        return -1;
    forget_reason(home, id);
    return 0;
}

void spool_tidy(const char *home, const struct response_id *id)
{
    char path[PATH_MAX];
    /* Should a power cut bring the file back, spool_each tidies it again. */
    if (spool_path(path, home, SPOOL_WAITING, id) == 0)
        unlink(path);
    forget_reason(home, id);
}

int spool_replace(const char *home, const struct response_id *id, const struct slice *jws)
{
    char path[PATH_MAX];
    if (spool_path(path, home, SPOOL_WAITING, id) < 0 || file_write(path, jws->text, jws->len) < 0)
        return -1;
    forget_reason(home, id);
    return 0;
}

int spool_put_reason(const char *home, const struct response_id *id, const struct slice *answer)
{
    char path[PATH_MAX];
    return reason_path(path, home, id) < 0 ? -1 : file_write(path, answer->text, answer->len);
}

int spool_read_reason(const char *home, const struct response_id *id, struct buf *answer)
{
    char path[PATH_MAX];
    return reason_path(path, home, id) < 0 ? -1 : file_read(path, answer);
}

/* What waits is written before the record goes: in between it counts as settled, and this can be done again. */
int spool_reopen(const char *home, const struct response_id *id, enum spool_state state)
{
    struct buf jws, answer;
    int result = -1;
    buf_init(&jws, SPOOL_RECORD_MAX);
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read(home, id, &jws) == 0 && spool_read_answer(home, id, state, &answer) == 0) {
        struct slice text = slice_of(&jws), reason = slice_of(&answer);
        if (spool_replace(home, id, &text) == 0 && (state != SPOOL_REFUSED || spool_put_reason(home, id, &reason) == 0))
            result = spool_remove(home, id, state);
    }
    buf_free(&jws);
    buf_free(&answer);
    return result;
}

/* All of them. */

struct folder_walk {
    const char *home;
    enum spool_state state;
    int (*each)(void *context, const struct response_id *id);
    void *context;
};

static int visit_name(void *context, const char *name)
{
    const struct folder_walk *walk = context;
    char stem[RESPONSE_ID_TEXT_SIZE];
    struct response_id id;
    size_t len = strlen(name) - strlen(ending_of(walk->state));
    if (len >= sizeof stem)
        return 0;
    memcpy(stem, name, len);
    stem[len] = '\0';
    if (response_id_read(stem, &id) < 0)
        return 0; /* not ours */
    if (walk->state == SPOOL_WAITING && spool_find(walk->home, &id) != SPOOL_WAITING) {
        spool_tidy(walk->home, &id);
        return 0;
    }
    return walk->each(walk->context, &id);
}

int spool_each(const char *home, enum spool_state state, int (*each)(void *context, const struct response_id *id),
               void *context)
{
    char folder[PATH_MAX];
    if (path_in_home(folder, home, "%s", folder_of(state)) < 0)
        return -1;
    struct folder_walk walk = {.home = home, .state = state, .each = each, .context = context};
    return file_each(folder, ending_of(state), visit_name, &walk);
}

static int count_one(void *context, const struct response_id *id)
{
    (void)id;
    ++*(size_t *)context;
    return 0;
}

int spool_count(const char *home, enum spool_state state, size_t *out)
{
    size_t count = 0;
    if (spool_each(home, state, count_one, &count) != 0)
        return -1;
    *out = count;
    return 0;
}

struct revision_search {
    const char *round, *action;
    int64_t last;
};

static int note_revision(void *context, const struct response_id *id)
{
    struct revision_search *search = context;
    if (strcmp(id->round, search->round) == 0 && strcmp(id->action, search->action) == 0 && id->revision > search->last)
        search->last = id->revision;
    return 0;
}

static int search_revisions(const char *home, const enum spool_state *states, size_t count,
                            struct revision_search *search)
{
    for (size_t i = 0; i < count; i++)
        if (spool_each(home, states[i], note_revision, search) != 0)
            return -1;
    return 0;
}

int spool_erased_revision(const char *home, const char *round, const char *action, int64_t *out)
{
    static const enum spool_state erased = SPOOL_ERASED;
    struct revision_search search = {.round = round, .action = action};
    if (search_revisions(home, &erased, 1, &search) < 0)
        return -1;
    *out = search.last;
    return 0;
}

int spool_last_revision(const char *home, const char *round, const char *action, int64_t *out)
{
    static const enum spool_state states[] = {SPOOL_WAITING, SPOOL_SENT, SPOOL_REFUSED, SPOOL_ERASED};
    struct revision_search search = {.round = round, .action = action};
    if (search_revisions(home, states, sizeof states / sizeof *states, &search) < 0)
        return -1;
    *out = search.last;
    return 0;
}
