/* GET /v1/actions/{id}/history: what became of an action, and when, for anyone; from the lists that the log names. */
#include "collector/state/action_history.h"
#include "collector/api/kept.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"

static void *load_history(struct store *store, struct error *error)
{
    return action_history_load(store, error);
}

static int is_history_current(const void *value, struct store *store, bool *current)
{
    return action_history_is_current(value, store, current);
}

static void answer_history(struct http_exchange *x, struct service *service, void *value)
{
    (void)service;
    struct action_history *history = value;
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (action_history_knows(history, http_parameter(x))) {
        action_history_put_json(&body, history, http_parameter(x));
        api_answer_cached(x, "application/json", &body);
    } else {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "No action list that the log names has an action with this id.",
                            NULL);
    }
    counted_release(history);
}

void api_action_history_get(struct http_exchange *x, void *context)
{
    static struct api_troubles troubles = API_TROUBLES("action history");
    static const struct kept_kind kind = {&troubles, load_history, is_history_current};
    struct service *service = context;
    kept_give(x, service, service->action_history, &kind, answer_history);
}
