/* What is small is read under the reader's lock; what is not on a thread for what takes long, once for all exchanges
 * that wait for it. Knows no kind. */
#include "collector/api/kept.h"
#include "base/counted.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/api/shared.h"
#include <pthread.h>

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

static void answer_unread(struct http_exchange *x)
{
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

static void tell_reading_failed(const struct kept_kind *kind, const struct error *error)
{
    api_trouble_met(kind->troubles, error);
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
    if (found) {
        api_trouble_passed(kind->troubles);
    } else {
        tell_reading_failed(kind, &error);
        answer_unread(x);
    }
    return found;
}

/* What takes long. */

enum kept_state {
    KEPT_WAITED_FOR,
    KEPT_GIVEN,
    KEPT_UNREAD,
    KEPT_READ_BEFORE /* what has been read meanwhile is of a moment before the asking; it may do all the same */
};

/* One exchange's; whoever has the exchange has it. */
struct kept_asking {
    struct kept_asking *next;
    struct http_exchange *exchange;
    struct kept *kept;
    const struct kept_kind *kind;
    kept_giver *give;
    enum kept_state state;
    void *value; /* held; NULL: none, or taken over */
};

struct kept {
    struct latest *latest;
    struct work work; /* the reading, one at a time; with the two below it is of who has set is_read */
    struct service *service;
    const struct kept_kind *kind;
    pthread_mutex_t lock; /* over the two below */
    bool is_read; /* by a thread, or waits for one */
    struct kept_asking *waiting; /* suspended, since the reading's moment or before it */
};

struct kept *api_kept_new(void)
{
    struct kept *kept = mem_calloc(1, sizeof *kept);
    if (!kept || (kept->latest = latest_new()) == NULL || pthread_mutex_init(&kept->lock, NULL) != 0) {
        latest_free(kept ? kept->latest : NULL);
        mem_free(kept);
        return NULL;
    }
    return kept;
}

void api_kept_free(struct kept *kept)
{
    if (!kept)
        return;
    latest_free(kept->latest);
    pthread_mutex_destroy(&kept->lock);
    mem_free(kept);
}

void api_forget_read(struct service *service)
{
    latest_replace(service->follow_ups, NULL);
    latest_replace(service->action_history->latest, NULL);
    latest_replace(service->newest->latest, NULL);
}

static void release_asking(void *attachment)
{
    struct kept_asking *asking = attachment;
    counted_release(asking->value);
    mem_free(asking);
}

/* Those who have begun to wait since the last time; with the last of a reading the next may begin. */
static struct kept_asking *take_waiting(struct kept *kept, bool is_last)
{
    pthread_mutex_lock(&kept->lock);
    struct kept_asking *waiting = kept->waiting;
    kept->waiting = NULL;
    if (is_last)
        kept->is_read = false;
    pthread_mutex_unlock(&kept->lock);
    return waiting;
}

/* Each may be gone as soon as it is resumed. */
static void resume_waiting(struct kept_asking *waiting, enum kept_state state, void *value)
{
    for (struct kept_asking *next; waiting; waiting = next) {
        next = waiting->next;
        waiting->state = state;
        waiting->value = counted_hold(value);
        http_resume(waiting->exchange);
    }
}

/* On a thread for that. Who waits by now is served by a moment that is taken now; of those who come later nobody knows
 * before they look. Theirs are taken before anyone is resumed: then `kept` may be read by another. */
static void read_for_waiting(struct work *work)
{
    struct kept *kept = (struct kept *)((char *)work - offsetof(struct kept, work));
    struct kept_asking *first = take_waiting(kept, false);
    struct error error = {0};
    void *value = NULL;
    struct store *store = snapshots_take(kept->service->snapshots, &error);
    if (store) {
        value = read_kept(kept->latest, kept->kind, store, &error);
        snapshots_give_back(kept->service->snapshots, store);
    }
    if (value)
        api_trouble_passed(kept->kind->troubles);
    else
        tell_reading_failed(kept->kind, &error);
    struct kept_asking *later = take_waiting(kept, true);
    resume_waiting(first, value ? KEPT_GIVEN : KEPT_UNREAD, value);
    resume_waiting(later, value ? KEPT_READ_BEFORE : KEPT_UNREAD, NULL);
    counted_release(value);
}

/* Whether this one has it read. */
static bool wait_for_reading(struct kept_asking *asking, struct service *service)
{
    struct kept *kept = asking->kept;
    pthread_mutex_lock(&kept->lock);
    bool is_first = !kept->is_read;
    if (is_first) {
        kept->is_read = true;
        kept->work.run = read_for_waiting;
        kept->service = service;
        kept->kind = asking->kind;
    }
    asking->next = kept->waiting;
    kept->waiting = asking;
    pthread_mutex_unlock(&kept->lock);
    return is_first;
}

static void finish_asking(struct http_exchange *x, void *context);

/* However many tables wait to be made: there is one reading of each `kept` at a time. While the collector stops nobody
 * is kept waiting. */
static void suspend_asking(struct kept_asking *asking, struct service *service)
{
    struct kept *kept = asking->kept;
    http_suspend(asking->exchange, finish_asking);
    if (wait_for_reading(asking, service) && workers_push_anyway(service->table_workers, &kept->work) < 0)
        resume_waiting(take_waiting(kept, true), KEPT_UNREAD, NULL);
}

/* The value where it is kept and current. -1: the answer has been set. */
static int find_kept(struct http_exchange *x, struct service *service, const struct kept *kept,
                     const struct kept_kind *kind, void **value)
{
    struct error error;
    int result = error_set(&error, ERROR_IO, "%s", T("the store can't be read", "de opslag kan niet gelezen worden"));
    struct store *store = reader_take(service->reader);
    if (store) {
        result = find_current(kept->latest, kind, store, value, &error);
        reader_give_back(service->reader);
    }
    if (result < 0) {
        tell_reading_failed(kind, &error);
        answer_unread(x);
    }
    return result;
}

static void finish_asking(struct http_exchange *x, void *context)
{
    struct kept_asking *asking = http_attachment(x);
    void *value = asking->value;
    asking->value = NULL;
    if (asking->state == KEPT_UNREAD) {
        answer_unread(x);
        return;
    }
    if (asking->state == KEPT_READ_BEFORE && find_kept(x, context, asking->kept, asking->kind, &value) < 0)
        return;
    if (value)
        asking->give(x, context, value);
    else
        suspend_asking(asking, context);
}

static void begin_asking(struct http_exchange *x, struct service *service, const struct kept_asking *wanted)
{
    struct kept_asking *asking = mem_calloc(1, sizeof *asking);
    if (asking) {
        *asking = *wanted;
        http_attach(x, asking, release_asking);
    }
    if (!asking || http_keep_head(x) < 0)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
    else
        suspend_asking(asking, service);
}

void kept_give(struct http_exchange *x, struct service *service, struct kept *kept, const struct kept_kind *kind,
               kept_giver *give)
{
    void *value = NULL;
    if (find_kept(x, service, kept, kind, &value) < 0)
        return;
    if (value)
        give(x, service, value);
    else
        begin_asking(x, service, &(struct kept_asking){.exchange = x, .kept = kept, .kind = kind, .give = give});
}
