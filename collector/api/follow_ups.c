/* GET /v1/follow-ups, GET and POST /v1/actions/{id}/follow-ups: what was done with answers, for anyone; published by a
 * team that has the right to. They are kept in memory, and read again from the store when the log has a new one. */
#include "collector/state/follow_ups.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "collector/acts/follow_up.h"
#include "collector/api/kept.h"
#include "collector/api/long.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "panel/wanted.h"
#include <stdio.h>
#include <string.h>

#define CHANGED_DETAIL                                                                                                 \
    "The action list, the panel or what has been published changed meanwhile; look at them and send it anew."

/* Reading. */

static void *load_follow_ups(struct store *store, struct error *error)
{
    return follow_ups_load(store, error);
}

static int are_follow_ups_current(const void *value, struct store *store, bool *current)
{
    return follow_ups_are_current(value, store, current);
}

static struct api_troubles troubles = API_TROUBLES("follow-ups");

/* All of them, held for the caller; NULL: the answer has been set. */
static struct follow_ups *take_follow_ups(struct http_exchange *x, struct service *service)
{
    static const struct kept_kind kind = {&troubles, load_follow_ups, are_follow_ups_current};
    return kept_take(x, service, service->follow_ups, &kind);
}

/* Those after index `since` about these actions. */
struct follow_ups_request {
    int64_t since;
    struct wanted_actions actions;
};

static bool read_list_request(struct http_exchange *x, void *request)
{
    struct follow_ups_request *out = request;
    const char *since = http_query(x, "since");
    out->since = -1;
    if ((!since || number_read(since, 0, JSON_INTEGER_MAX, &out->since) == 0) &&
        wanted_read(http_query(x, "action"), &out->actions) == 0)
        return true;
    http_answer_problem(x, PROBLEM_BAD_REQUEST,
                        "since must be the index of an entry; action is an action's id, or up to 100 with commas "
                        "between.",
                        NULL);
    return false;
}

static bool read_action_request(struct http_exchange *x, void *request)
{
    struct follow_ups_request *out = request;
    out->since = -1;
    if (wanted_read(http_parameter(x), &out->actions) == 0)
        return true;
    http_answer_problem(x, PROBLEM_NOT_FOUND, "The action list has no action with this id.", NULL);
    return false;
}

static int put_follow_ups(struct buf *out, const void *value, const void *request)
{
    const struct follow_ups *follow_ups = value;
    const struct follow_ups_request *wanted = request;
    const char *before = "[";
    for (size_t i = 0; i < follow_ups->count && buf_check(out) == 0; i++) {
        const struct published *published = &follow_ups->list[i];
        if (published->index <= wanted->since || !wanted_has(&wanted->actions, published->said.action))
            continue;
        buf_put_text(out, before);
        follow_ups_put_json(out, published);
        before = ",\n";
    }
    buf_put_text(out, *before == '[' ? "[]" : "]");
    return buf_check(out);
}

static const char *follow_ups_type(const void *request)
{
    (void)request;
    return "application/json";
}

static void describe_follow_ups(struct http_exchange *x, const void *value, const void *request)
{
    (void)value;
    (void)request;
    http_answer_header(x, "Vary", "Accept-Encoding");
}

#define FOLLOW_UPS_READ_BY(read)                                                                                       \
    {                                                                                                                  \
        sizeof(struct follow_ups_request), &troubles, read, put_follow_ups, follow_ups_type, describe_follow_ups       \
    }

static void give_follow_ups(struct http_exchange *x, struct service *service, const struct long_kind *kind)
{
    struct follow_ups *follow_ups = take_follow_ups(x, service);
    if (follow_ups)
        long_give(x, service, kind, follow_ups);
}

void api_follow_ups_get(struct http_exchange *x, void *context)
{
    static const struct long_kind kind = FOLLOW_UPS_READ_BY(read_list_request);
    give_follow_ups(x, context, &kind);
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
    static const struct long_kind kind = FOLLOW_UPS_READ_BY(read_action_request);
    if (has_action(context, http_parameter(x)))
        give_follow_ups(x, context, &kind);
    else
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The action list has no action with this id.", NULL);
}

/* Publishing. */

static bool may_publish(struct http_exchange *x, struct service *service, struct access_token *token)
{
    if (!api_is_allowed(x, service, TOKENS_OF_TEAMS, token))
        return false;
    if (token->publish)
        return true;
    refusal_log_token(&service->refusals, clock_now(), "publishing", "");
    http_answer_problem(x, PROBLEM_FORBIDDEN, "The access token does not give the right to publish.", NULL);
    http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"insufficient_scope\"");
    return false;
}

static void answer_faults(struct http_exchange *x, const struct refusal *refusal)
{
    if (refusal->faults.no_memory)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
    else
        api_answer_refused(x, refusal);
}

/* 0: it may be published now, as far as list, rounds and log say. -1: the answer has been set. */
static int check_wanted_now(struct http_exchange *x, struct service *service, const struct follow_up *wanted,
                            struct refusal *refusal)
{
    struct follow_ups *follow_ups = take_follow_ups(x, service);
    if (!follow_ups)
        return -1;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    bool may = follow_ups_allow(follow_ups, catalogue->panel, catalogue->actions, wanted, &refusal->faults);
    catalogue_release(catalogue);
    counted_release(follow_ups);
    if (!may)
        answer_faults(x, refusal);
    return may ? 0 : -1;
}

/* Hands it to the writer, who notes with it who published. */
static void publish_later(struct http_exchange *x, struct service *service, const char *token,
                          const struct follow_up *wanted)
{
    struct act_wish wish;
    struct error error;
    if (act_prepare_follow_up(&wish, wanted, &error) < 0) {
        log_error("follow-ups: %s", error.text);
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    commit_announce(service->queue);
    struct submission *s = submit_act(&wish, clock_now());
    if (!s) {
        commit_withdraw(service->queue);
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    s->problem = PROBLEM_INVALID_FOLLOW_UP;
    s->act->detail = CHANGED_DETAIL;
    snprintf(s->act->token, sizeof s->act->token, "%s", token);
    snprintf(s->act->what, sizeof s->act->what, "follow-up about %s", wanted->action);
    api_commit_later(x, service, s);
}

void api_action_follow_ups_post(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct access_token token;
    struct follow_up wanted;
    struct refusal refusal;
    if (!may_publish(x, service, &token))
        return;
    if (!has_action(service, http_parameter(x))) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, "The action list has no action with this id.", NULL);
        return;
    }
    refusal_init(&refusal);
    refusal.problem = PROBLEM_INVALID_FOLLOW_UP;
    refusal.detail = "What is to be published is not as it must be.";
    const struct buf *body = http_body(x);
    if (follow_up_read_request(buf_text(body), body->len, http_parameter(x), &wanted, &refusal.faults) < 0) {
        answer_faults(x, &refusal);
    } else {
        if (check_wanted_now(x, service, &wanted, &refusal) == 0)
            publish_later(x, service, token.name, &wanted);
        follow_up_free(&wanted);
    }
    refusal_free(&refusal);
}
