/* GET /v1/panel, /v1/actions and /v1/actions/{id}: what is asked about what, for anyone. */
#include "base/clock.h"
#include "base/json.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "crypto/base64url.h"
#include <stdio.h>

#define NUMBER_SIZE 24

/* A round as imported, with whether it is open. */
static void put_round_with_state(struct buf *out, const struct json *round, bool open)
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

static void put_rounds_with_state(struct buf *out, const struct json *rounds, const struct panel *panel, int64_t now)
{
    size_t index = 0;
    buf_put_char(out, '[');
    for (const struct json *round = json_first(rounds); round; round = json_next(round), index++) {
        buf_put_text(out, index > 0 ? "," : "");
        put_round_with_state(out, round, round_is_open(&panel->rounds[index], now));
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
            put_rounds_with_state(out, member, panel, now);
        else
            json_put_value(out, member);
    }
    buf_put_char(out, '}');
}

/* Names the document that the log has in force, for who signs what was shown. In headers and not in the body: to
 * clients of protocol 1 a definition with another member is none. */
static void name_document(struct http_exchange *x, const struct in_force_document *document)
{
    char hash[BASE64URL_LENGTH(SHA256_BYTES) + 1], index[NUMBER_SIZE];
    if (!document->told)
        return;
    base64url_encode(document->hash, sizeof document->hash, hash);
    snprintf(index, sizeof index, "%lld", (long long)document->index);
    http_answer_header_copy(x, "Document", hash);
    http_answer_header_copy(x, "Document-Index", index);
}

void api_panel_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    struct json *definition = json_parse(buf_text(&catalogue->definition), catalogue->definition.len, NULL);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (definition)
        put_panel(&body, definition, catalogue->panel, clock_now());
    else
        body.failed = true; /* it was read once already, so memory is short */
    json_free(definition);
    api_answer_cached(x, "application/json", &body);
    name_document(x, &catalogue->in_force.panel);
    catalogue_release(catalogue);
}

void api_actions_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put_text(&body, "{\"actions\":");
    action_list_put_json(&body, catalogue->actions);
    buf_put_char(&body, '}');
    api_answer_cached(x, "application/json", &body);
    name_document(x, &catalogue->in_force.actions);
    catalogue_release(catalogue);
}

void api_action_get(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    int index = action_list_find(catalogue->actions, http_parameter(x));
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (index >= 0) {
        action_put_json(&body, &catalogue->actions->list[index]);
        api_answer_cached(x, "application/json", &body);
    } else {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The action list has no action with this id.", NULL);
    }
    catalogue_release(catalogue);
}
