/* GET /v1/panel, /v1/actions, /v1/actions/{id} and /healthz: what anyone may read. */
#include "base/clock.h"
#include "base/json.h"
#include "collector/api/api.h"

/* A round as imported, with whether it is open. */
static void put_round(struct buf *out, const struct json *round, bool open)
{
    buf_put_char(out, '{');
    for (const struct json *member = json_first(round); member; member = json_next(member)) {
        json_put_text(out, json_name(member));
        buf_put_char(out, ':');
        json_put_value(out, member);
        buf_put_char(out, ',');
    }
    buf_printf(out, "\"open\":%s}", open ? "true" : "false");
}

static void put_rounds(struct buf *out, const struct json *rounds, const struct panel *panel, int64_t now)
{
    size_t place = 0;
    buf_put_char(out, '[');
    for (const struct json *round = json_first(rounds); round; round = json_next(round), place++) {
        buf_put_text(out, place > 0 ? "," : "");
        put_round(out, round, round_is_open(&panel->rounds[place], now));
    }
    buf_put_char(out, ']');
}

static void put_panel(struct buf *out, const struct json *definition, const struct panel *panel, int64_t now)
{
    const char *before = "{";
    for (const struct json *member = json_first(definition); member; member = json_next(member), before = ",") {
        buf_put_text(out, before);
        json_put_text(out, json_name(member));
        buf_put_char(out, ':');
        if (member == json_member(definition, "rounds"))
            put_rounds(out, member, panel, now);
        else
            json_put_value(out, member);
    }
    buf_put_char(out, '}');
}

void api_panel_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->around.catalogues);
    struct json *definition = json_parse(buf_text(&catalogue->definition), catalogue->definition.len, NULL);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (definition)
        put_panel(&body, definition, catalogue->panel, clock_now());
    else
        body.failed = true; /* it was read once already, so memory is short */
    json_free(definition);
    catalogue_release(catalogue);
    api_answer_cached(x, "application/json", &body);
}

void api_actions_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->around.catalogues);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put_text(&body, "{\"actions\":");
    action_list_put_json(&body, catalogue->actions);
    buf_put_char(&body, '}');
    catalogue_release(catalogue);
    api_answer_cached(x, "application/json", &body);
}

void api_action_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->around.catalogues);
    int place = action_list_find(catalogue->actions, http_parameter(x));
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (place >= 0) {
        action_put_json(&body, &catalogue->actions->list[place]);
        api_answer_cached(x, "application/json", &body);
    } else {
        http_problem(x, PROBLEM_NOT_FOUND, "The action list has no action with this id.", NULL);
    }
    catalogue_release(catalogue);
}

void api_health_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct buf body;
    if (!commit_is_healthy(service->queue)) {
        http_problem(x, PROBLEM_UNAVAILABLE, "The store takes no commits at the moment.", NULL);
        return;
    }
    buf_init(&body, SIZE_MAX);
    buf_put_text(&body, "{\"status\":\"ok\"}");
    http_answer(x, 200, "application/json", &body);
}
