/* Read under the reader's lock, so that one thread reads anew and the others find what it has read. Knows no kind. */
#include "collector/api/kept.h"
#include "base/counted.h"
#include "base/lang.h"
#include "base/log.h"
#include "collector/api/shared.h"

static void *read_kept(struct latest *latest, const struct kept_kind *kind, struct store *store, struct error *error)
{
    void *known = latest_now(latest);
    bool current = false;
    if (known && kind->is_current(known, store, &current) < 0) {
        store_fail(store, error);
        counted_release(known);
        return NULL;
    }
    if (current)
        return known;
    counted_release(known);
    void *read = kind->load(store, error);
    latest_replace(latest, counted_hold(read));
    return read;
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
    if (found)
        return found;
    log_error("%s: %s", kind->name, error.text);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
    return NULL;
}
