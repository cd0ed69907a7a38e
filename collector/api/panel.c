/* GET /v1/panel, /v1/actions and /v1/actions/{id}: what is asked about what, for anyone. */
#include "base/clock.h"
#include "collector/api/prepared.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "crypto/base64url.h"
#include "panel/wanted.h"
#include <stdio.h>

#define NUMBER_SIZE 24

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

/* Answers with what is prepared, which then goes with the exchange. */
static void answer_prepared(struct http_exchange *x, struct service *service, bool of_actions)
{
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    struct prepared *prepared = prepared_now(service->prepared, catalogue, clock_now(), service->log_time);
    if (prepared) {
        http_answer_static(x, of_actions ? prepared_actions(prepared) : prepared_panel(prepared));
        http_attach(x, prepared, counted_release);
        name_document(x, of_actions ? &catalogue->in_force.actions : &catalogue->in_force.panel);
    } else {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
    }
    catalogue_release(catalogue);
}

void api_panel_get(struct http_exchange *x, void *context)
{
    answer_prepared(x, context, false);
}

/* Those of the list that are asked for, in its order. */
static void answer_some_actions(struct http_exchange *x, struct service *service, const struct wanted_actions *wanted)
{
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    const struct action_list *actions = catalogue->actions;
    const char *before = "{\"actions\":[";
    struct buf body;
    buf_init(&body, SIZE_MAX);
    for (size_t i = 0; i < actions->count; i++) {
        if (!wanted_has(wanted, actions->list[i].id))
            continue;
        buf_put_text(&body, before);
        action_put_json(&body, &actions->list[i]);
        before = ",";
    }
    buf_put_text(&body, *before == '{' ? "{\"actions\":[]}" : "]}");
    api_answer_packed(x, "application/json", &body);
    http_answer_header(x, "Vary", "Accept-Encoding");
    name_document(x, &catalogue->in_force.actions);
    catalogue_release(catalogue);
}

void api_actions_get(struct http_exchange *x, void *context)
{
    struct wanted_actions wanted;
    if (wanted_read(http_query(x, "id"), &wanted) < 0)
        http_answer_problem(x, PROBLEM_BAD_REQUEST, "id is an action's id, or up to 100 with commas between.", NULL);
    else if (wanted_is_all(&wanted))
        answer_prepared(x, context, true);
    else
        answer_some_actions(x, context, &wanted);
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
