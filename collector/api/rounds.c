/* GET /v1/rounds and /v1/rounds/{id}: what is asked when, for anyone. */
#include "base/clock.h"
#include "base/json.h"
#include "collector/api/prepared.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"

/* Those that the action list has by now, in its order. */
static void put_actions(struct buf *out, const struct action_list *actions, const struct round *round)
{
    const char *before = "";
    buf_put_char(out, '[');
    for (size_t i = 0; i < actions->count; i++) {
        if (!round_has_action(round, actions->list[i].id))
            continue;
        buf_put_text(out, before);
        json_put_text(out, actions->list[i].id);
        before = ",";
    }
    buf_put_char(out, ']');
}

static void put_round_summary(struct buf *out, struct service *service, const struct catalogue *catalogue, size_t index)
{
    const struct round *round = &catalogue->panel->rounds[index];
    char opens[CLOCK_TEXT_SIZE], closes[CLOCK_TEXT_SIZE];
    clock_format(round->opens_at, opens);
    clock_format(round->closes_at, closes);
    buf_put_text(out, "{\"id\":");
    json_put_text(out, round->id);
    buf_put_text(out, ",\"title\":");
    labels_put_json(out, &round->title);
    buf_printf(out, ",\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"open\":%s,\"questionnaire\":", opens, closes,
               prepared_round_is_open(round, clock_now(), service->log_time) ? "true" : "false");
    json_put_text(out, round_questionnaire(catalogue->panel, round)->id);
    buf_put_text(out, ",\"actions\":");
    put_actions(out, catalogue->actions, round);
    buf_put_char(out, '}');
}

void api_rounds_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put_text(&body, "{\"rounds\":[");
    for (size_t i = 0; i < catalogue->panel->round_count; i++) {
        buf_put_text(&body, i > 0 ? "," : "");
        put_round_summary(&body, service, catalogue, i);
    }
    buf_put_text(&body, "]}");
    catalogue_release(catalogue);
    api_answer_cached(x, "application/json", &body);
}

void api_round_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    int index = panel_find_round(catalogue->panel, http_parameter(x));
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (index >= 0) {
        put_round_summary(&body, service, catalogue, (size_t)index);
        api_answer_cached(x, "application/json", &body);
    } else {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The panel has no round with this id.", NULL);
    }
    catalogue_release(catalogue);
}
