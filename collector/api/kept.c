/* What is small is read under the reader's lock, what is not on a thread for what takes long, by one at a time: one
 * reads anew and the others find what it has read. Knows no kind. */
#include "collector/api/kept.h"
#include "base/counted.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/api/made.h"
#include "collector/api/shared.h"

/* Sets *value to what is kept, held, where that is still as the log has it; else to NULL. */
static int find_current(struct latest *latest, const struct kept_kind *kind, struct store *store, void **value,
                        struct error *error)
{
    void *known = latest_now(latest);
    bool current = false;
    if (known && kind->is_current(known, store, &current) < 0) {
        counted_release(known);
        return store_fail(store, error);
    }
    if (!current)
        counted_release(known);
    *value = current ? known : NULL;
    return 0;
}

static void *read_kept(struct latest *latest, const struct kept_kind *kind, struct store *store, struct error *error)
{
    void *value = NULL;
    if (find_current(latest, kind, store, &value, error) < 0 || value)
        return value;
    value = kind->load(store, error);
    latest_replace(latest, counted_hold(value));
    return value;
}

static void answer_unread(struct http_exchange *x, const struct kept_kind *kind, const struct error *error)
{
    log_error("%s: %s", kind->name, error->text);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

void *kept_take(struct http_exchange *x, struct service *service, struct latest *latest, const struct kept_kind *kind)
{
    struct error error;
    void *found = NULL;
    error_set(&error, ERROR_IO, "%s", T("the store can't be read", "de opslag kan niet gelezen worden"));
    struct store *store = reader_take(service->reader);
    if (store) {
        found = read_kept(latest, kind, store, &error);
        reader_give_back(service->reader);
    }
    if (!found)
        answer_unread(x, kind, &error);
    return found;
}

/* What takes long. */

struct kept_making {
    struct made made;
    struct latest *latest;
    const struct kept_kind *kind;
    kept_giver *give;
    void *value; /* held; NULL: not read yet, or given */
};

static void release_kept(void *attachment)
{
    struct kept_making *making = attachment;
    made_wipe(&making->made);
    counted_release(making->value);
    mem_free(making);
}

/* The moment is taken within the turn: one from before it could be older than what is kept by then. */
static int make_value(struct made *made)
{
    struct kept_making *making = (struct kept_making *)((char *)made - offsetof(struct kept_making, made));
    latest_begin_turn(making->latest);
    if (made_take_moment(made, made->service->snapshots) == 0)
        making->value = read_kept(making->latest, making->kind, made->store, &made->error);
    latest_end_turn(making->latest);
    return making->value ? 0 : -1;
}

static void give_kept(struct http_exchange *x, void *context)
{
    struct kept_making *making = http_attachment(x);
    void *value = making->value;
    making->value = NULL;
    if (value)
        making->give(x, context, value);
    else
        answer_unread(x, making->kind, &making->made.error);
}

static void begin_kept(struct http_exchange *x, struct service *service, const struct kept_making *wanted)
{
    struct kept_making *making = mem_calloc(1, sizeof *making);
    if (making) {
        *making = *wanted;
        made_init(&making->made, x, service, make_value);
        http_attach(x, making, release_kept);
    }
    if (!making || http_keep_head(x) < 0)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
    else if (made_begin(&making->made, give_kept) < 0)
        answer_unread(x, making->kind, &making->made.error);
}

void kept_give(struct http_exchange *x, struct service *service, struct latest *latest, const struct kept_kind *kind,
               kept_giver *give)
{
    struct error error;
    void *value = NULL;
    int result = error_set(&error, ERROR_IO, "%s", T("the store can't be read", "de opslag kan niet gelezen worden"));
    struct store *store = reader_take(service->reader);
    if (store) {
        result = find_current(latest, kind, store, &value, &error);
        reader_give_back(service->reader);
    }
    if (result < 0)
        answer_unread(x, kind, &error);
    else if (value)
        give(x, service, value);
    else
        begin_kept(x, service, &(struct kept_making){.latest = latest, .kind = kind, .give = give});
}
