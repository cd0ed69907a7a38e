/* GET /v1/follow-ups and /v1/actions/{id}/follow-ups: what was done with answers, for anyone. They are kept in memory,
 * and read again from the store when the log has a new one. */
#include "collector/state/follow_ups.h"
#include "base/number.h"
#include "collector/api/kept.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include <string.h>

/* Reading. */

static void *load_follow_ups(struct store *store, struct error *error)
{
    return follow_ups_load(store, error);
}

static int are_follow_ups_current(const void *value, struct store *store, bool *current)
{
    return follow_ups_are_current(value, store, current);
}

/* All of them, held for the caller; NULL: the answer has been set. */
static struct follow_ups *take_follow_ups(struct http_exchange *x, struct service *service)
{
    static const struct kept_kind kind = {"follow-ups", load_follow_ups, are_follow_ups_current};
    return kept_take(x, service, service->follow_ups, &kind);
}

/* Answers with those after index `since`, about `action` (NULL: any). */
static void answer_follow_ups(struct http_exchange *x, struct service *service, int64_t since, const char *action)
{
    struct follow_ups *follow_ups = take_follow_ups(x, service);
    struct buf body;
    if (!follow_ups)
        return;
    const char *before = "[";
    buf_init(&body, SIZE_MAX);
    for (size_t i = 0; i < follow_ups->count; i++) {
        const struct published *published = &follow_ups->list[i];
        if (published->index <= since || (action && strcmp(action, published->said.action) != 0))
            continue;
        buf_put_text(&body, before);
        follow_ups_put_json(&body, published);
        before = ",\n";
    }
    buf_put_text(&body, *before == '[' ? "[]" : "]");
    counted_release(follow_ups);
    api_answer_cached(x, "application/json", &body);
}

void api_follow_ups_get(struct http_exchange *x, void *context)
{
    int64_t since = -1;
    const char *text = http_query(x, "since");
    if (text && number_read(text, 0, JSON_INTEGER_MAX, &since) < 0)
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "since must be the index of an entry.", NULL);
    else
        answer_follow_ups(x, context, since, NULL);
}

static bool has_action(struct service *service, const char *id)
{
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    bool found = action_list_find(catalogue->actions, id) >= 0;
    catalogue_release(catalogue);
    return found;
}

void api_action_follow_ups_get(struct http_exchange *x, void *context)
{
    if (has_action(context, http_parameter(x)))
        answer_follow_ups(x, context, -1, http_parameter(x));
    else
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The action list has no action with this id.", NULL);
}
