/* The table of routes, and what the resources share: how refusals and outcomes are told, how one submission is committed. */
#include "collector/api.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include <stdio.h>
#include <string.h>

#define BATCH_BYTES_MAX ((size_t)16 * 1024 * 1024)

const struct http_route api_routes[] = {
    {"POST", "/v1/responses", "application/jose", JWS_MAX, api_responses_post},
    {"POST", "/v1/response-batches", "application/x-ndjson", BATCH_BYTES_MAX, api_batches_post},
    {"POST", "/v1/members", "application/jose", JWS_MAX, api_members_post},
    {"GET", "/v1/panel", NULL, 0, api_panel_get},
    {"GET", "/v1/actions", NULL, 0, api_actions_get},
    {"GET", "/v1/actions/{id}", NULL, 0, api_action_get},
    {"GET", "/v1/receipts/{index}", NULL, 0, api_receipt_get},
    {"GET", "/v1/entries", NULL, 0, api_entries_get},
    {"GET", "/log/checkpoint", NULL, 0, api_checkpoint_get},
    {"GET", "/log/key", NULL, 0, api_log_key_get},
    {"GET", "/log/tile/*", NULL, 0, api_tile_get},
    {"GET", "/healthz", NULL, 0, api_health_get},
    {NULL, NULL, NULL, 0, NULL},
};

/* --- refusals and outcomes ------------------------------------------------------------------------------------------------- */

static void put_errors(struct buf *out, const struct faults *faults)
{
    buf_put_text(out, ",\"errors\":[");
    for (size_t i = 0; i < faults->count; i++) {
        buf_put_text(out, i > 0 ? ",{\"pointer\":" : "{\"pointer\":");
        json_put_text(out, faults->list[i].where);
        buf_put_text(out, ",\"detail\":");
        json_put_text(out, faults->list[i].what);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void api_put_refusal(struct buf *out, const struct refusal *refusal)
{
    struct buf members;
    buf_init(&members, SIZE_MAX);
    if (refusal->faults.count > 0)
        put_errors(&members, &refusal->faults);
    http_put_problem(out, refusal->problem, refusal->detail, buf_text(&members));
    buf_free(&members);
}

void api_answer_refusal(struct http_exchange *x, const struct refusal *refusal)
{
    struct buf members;
    buf_init(&members, SIZE_MAX);
    if (refusal->faults.count > 0)
        put_errors(&members, &refusal->faults);
    http_problem(x, refusal->problem, refusal->detail, buf_text(&members));
    buf_free(&members);
}

/* The receipt as a JSON string: from the commit itself, or for what was there already from the newest checkpoint. */
static void put_receipt(struct buf *out, struct service *service, const struct submission *s)
{
    struct buf text;
    buf_init(&text, RECEIPT_MAX);
    int result = s->proofs != NULL ? proofs_put_receipt(&text, s->proofs, (uint64_t)s->index)
                                   : api_put_any_receipt(&text, service, (uint64_t)s->index);
    if (result == 0) {
        buf_put_text(out, ",\"receipt\":");
        json_put_string(out, text.data, text.len);
    } else {
        out->failed = true; /* better no answer than one without its proof: who sends again gets it */
    }
    buf_free(&text);
}

void api_put_outcome(struct buf *out, struct service *service, const struct submission *s, bool receipt)
{
    if (s->kind == SUBMISSION_ENROLMENT)
        buf_printf(out, "\"kid\":\"%s\",", s->kid);
    buf_printf(out, "\"index\":%lld", (long long)s->index);
    if (s->replaced >= 0)
        buf_printf(out, ",\"replaced\":%lld", (long long)s->replaced);
    if (receipt)
        put_receipt(out, service, s);
}

#define UNAVAILABLE_DETAIL "Nothing is known to be kept; send the same again."

static const char *verdict_members(const struct submission *s, char *out, size_t size)
{
    out[0] = '\0';
    if (s->problem == PROBLEM_STALE_REVISION)
        snprintf(out, size, ",\"currentRevision\":%lld", (long long)s->current_revision);
    return out;
}

static enum problem verdict_problem(const struct submission *s, const char **detail)
{
    bool refused = s->verdict == VERDICT_REFUSED;
    *detail = refused ? s->detail : UNAVAILABLE_DETAIL;
    return refused ? s->problem : PROBLEM_UNAVAILABLE;
}

void api_put_verdict_problem(struct buf *out, const struct submission *s)
{
    char members[64];
    const char *detail;
    enum problem problem = verdict_problem(s, &detail);
    http_put_problem(out, problem, detail, verdict_members(s, members, sizeof members));
}

unsigned api_verdict_status(const struct submission *s)
{
    switch (s->verdict) {
    case VERDICT_ACCEPTED:
        return 201;
    case VERDICT_REPEATED:
        return 200;
    case VERDICT_REFUSED:
        return problem_status(s->problem);
    case VERDICT_PENDING:
    case VERDICT_UNAVAILABLE:
        break;
    }
    return problem_status(PROBLEM_UNAVAILABLE);
}

/* --- one submission -------------------------------------------------------------------------------------------------------- */

struct pending {
    struct commit_job job;
    struct submission *submission;
    struct http_exchange *exchange;
    bool receipt; /* wanted */
};

static void release_pending(void *attachment)
{
    struct pending *pending = attachment;
    submission_free(pending->submission);
    mem_free(pending);
}

static void resume_pending(struct commit_job *job)
{
    const struct pending *pending = job->context;
    http_resume(pending->exchange);
}

static void finish_pending(struct http_exchange *x, struct service *service, const struct pending *pending)
{
    const struct submission *s = pending->submission;
    char members[64];
    const char *detail;
    if (s->verdict != VERDICT_ACCEPTED && s->verdict != VERDICT_REPEATED) {
        enum problem problem = verdict_problem(s, &detail);
        http_problem(x, problem, detail, verdict_members(s, members, sizeof members));
        return;
    }
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put_char(&body, '{');
    api_put_outcome(&body, service, s, pending->receipt);
    buf_put_char(&body, '}');
    http_answer(x, api_verdict_status(s), "application/json", &body);
}

static void finish(struct http_exchange *x, void *context)
{
    finish_pending(x, context, http_attachment(x));
}

void api_commit(struct http_exchange *x, struct service *service, struct submission *s)
{
    struct pending *pending = mem_calloc(1, sizeof *pending);
    if (pending == NULL) {
        submission_free(s);
        http_problem(x, PROBLEM_UNAVAILABLE, "The collector is short of memory; send the same again later.", NULL);
        return;
    }
    *pending = (struct pending){.submission = s, .exchange = x, .receipt = api_wants_receipt(x)};
    pending->job =
        (struct commit_job){.list = &pending->submission, .count = 1, .done = resume_pending, .context = pending};
    http_attach(x, pending, release_pending);
    http_suspend(x, finish);
    if (commit_push(service->queue, &pending->job)) {
        s->verdict = VERDICT_UNAVAILABLE;
        http_resume(x);
    }
}

/* --- what a request asks for and may ask for ------------------------------------------------------------------------------- */

bool api_wants_receipt(struct http_exchange *x)
{
    const char *prefer = http_header(x, "Prefer");
    if (prefer == NULL || strcasestr(prefer, "return=minimal") == NULL)
        return true;
    http_answer_header(x, "Preference-Applied", "return=minimal");
    return false;
}

static void answer_access(struct http_exchange *x, enum access_answer answer)
{
    switch (answer) {
    case ACCESS_GRANTED:
        break;
    case ACCESS_MISSING:
        http_problem(x, PROBLEM_UNAUTHORIZED, "This path needs an access token: Authorization: Bearer TOKEN.", NULL);
        http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\"");
        break;
    case ACCESS_UNKNOWN:
        http_problem(x, PROBLEM_UNAUTHORIZED, "The access token is not known, has expired or was revoked.", NULL);
        http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"invalid_token\"");
        break;
    case ACCESS_DENIED:
        http_problem(x, PROBLEM_FORBIDDEN, "The access token's rights do not reach this path.", NULL);
        http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"insufficient_scope\"");
        break;
    }
}

bool api_is_allowed(struct http_exchange *x, struct service *service, unsigned roles, bool *exact)
{
    const struct access_token *token;
    struct catalogue *catalogue = catalogue_now(service->around.catalogues);
    enum access_answer answer =
        access_check(&catalogue->tokens, http_header(x, "Authorization"), roles, clock_now(), &token);
    if (answer != ACCESS_GRANTED)
        log_info("access: refused%s%s", token != NULL ? ", token " : "", token != NULL ? token->name : "");
    if (answer == ACCESS_GRANTED && exact != NULL)
        *exact = token->exact;
    catalogue_release(catalogue);
    answer_access(x, answer);
    return answer == ACCESS_GRANTED;
}

/* --- cached answers -------------------------------------------------------------------------------------------------------- */

/* Whether If-None-Match (RFC 9110 §13.1.2) names this strong ETag or is *. A weak validator matches too, as the comparison there is weak. */
static bool names_tag(const char *list, const char *tag)
{
    size_t len = strlen(tag);
    if (list == NULL)
        return false;
    if (strcmp(list, "*") == 0)
        return true;
    for (const char *at = strstr(list, tag); at != NULL; at = strstr(at + 1, tag))
        if (at[len] == '\0' || strchr(", \t", at[len]) != NULL)
            return true;
    return false;
}

void api_answer_cached(struct http_exchange *x, const char *content_type, struct buf *body)
{
    uint8_t hash[SHA256_BYTES];
    char tag[3 + BASE64URL_LENGTH(16)] = "\"";
    if (buf_check(body)) {
        buf_free(body);
        http_problem(x, PROBLEM_UNAVAILABLE, "The collector is short of memory; ask again later.", NULL);
        return;
    }
    crypto_sha256(body->data, body->len, hash);
    base64url_encode(hash, 16, tag + 1);
    strncat(tag, "\"", 1);
    const char *kept = http_keep(x, tag);
    bool same = names_tag(http_header(x, "If-None-Match"), tag);
    if (same)
        buf_free(body);
    http_answer(x, same ? 304 : 200, same ? NULL : content_type, body);
    http_answer_header(x, "ETag", kept);
    http_answer_header(x, "Cache-Control", "no-cache");
}
