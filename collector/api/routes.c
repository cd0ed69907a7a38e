/* The table of routes, and what the resources share: how refusals and outcomes are told, how one submission is
 * committed. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/api/api.h"
#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include <stdio.h>
#include <string.h>

#define BATCH_BYTES_MAX ((size_t)16 * 1024 * 1024)

static const char *const of_entries[] = {"from", "limit", NULL};
static const char *const of_tables[] = {"profile", "exact", NULL};
static const char *const of_comments[] = {"profile", NULL};

const struct http_route api_routes[] = {
    {"POST", "/v1/responses", "application/jose", JWS_MAX, api_responses_post, NULL},
    {"POST", "/v1/response-batches", "application/x-ndjson", BATCH_BYTES_MAX, api_batches_post, NULL},
    {"POST", "/v1/members", "application/jose", JWS_MAX, api_members_post, NULL},
    {"GET", "/v1/panel", NULL, 0, api_panel_get, NULL},
    {"GET", "/v1/actions", NULL, 0, api_actions_get, NULL},
    {"GET", "/v1/actions/{id}", NULL, 0, api_action_get, NULL},
    {"GET", "/v1/rounds", NULL, 0, api_rounds_get, NULL},
    {"GET", "/v1/rounds/{id}", NULL, 0, api_round_get, NULL},
    {"GET", "/v1/rounds/{id}/summary", NULL, 0, api_summary_get, of_tables},
    {"GET", "/v1/rounds/{id}/questions", NULL, 0, api_questions_get, of_tables},
    {"GET", "/v1/rounds/{id}/options", NULL, 0, api_options_get, of_tables},
    {"GET", "/v1/rounds/{id}/comments", NULL, 0, api_comments_get, of_comments},
    {"GET", "/v1/receipts/{index}", NULL, 0, api_receipt_get, NULL},
    {"GET", "/v1/entries", NULL, 0, api_entries_get, of_entries},
    {"GET", "/log/checkpoint", NULL, 0, api_checkpoint_get, NULL},
    {"GET", "/log/key", NULL, 0, api_log_key_get, NULL},
    {"GET", "/log/tile/*", NULL, 0, api_tile_get, NULL},
    {"GET", "/v1/openapi.json", NULL, 0, api_openapi_get, NULL},
    {"GET", "/.well-known/security.txt", NULL, 0, api_security_get, NULL},
    {"GET", "/metrics", NULL, 0, api_metrics_get, NULL},
    {"GET", "/healthz", NULL, 0, api_health_get, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL},
};

/* Refusals and outcomes. */

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

/* The receipt as a JSON string: from the commit itself, or for what was there already from the newest checkpoint.
 * Better no answer than one without its proof: who sends again gets it. */
static void put_receipt(struct buf *out, struct service *service, const struct submission *s)
{
    buf_put_text(out, ",\"receipt\":\"");
    int result = s->proofs ? proofs_put_receipt(out, s->proofs, (uint64_t)s->index, RECEIPT_JSON)
                           : api_put_any_receipt(out, service, (uint64_t)s->index, RECEIPT_JSON);
    buf_put_char(out, '"');
    if (result != 0)
        out->failed = true;
}

void api_put_outcome(struct buf *out, struct service *service, const struct submission *s, bool receipt)
{
    if (s->kind == SUBMISSION_ENROLMENT)
        buf_printf(out, "\"kid\":\"%s\",", s->kid);
    buf_put_text(out, "\"index\":");
    buf_put_integer(out, s->index);
    if (s->replaced >= 0) {
        buf_put_text(out, ",\"replaced\":");
        buf_put_integer(out, s->replaced);
    }
    if (receipt)
        put_receipt(out, service, s);
}

#define UNAVAILABLE_DETAIL "Nothing is known to be kept; send the same again."

enum problem api_put_verdict_problem(struct buf *out, const struct submission *s)
{
    char members[64] = "";
    bool refused = s->verdict == VERDICT_REFUSED;
    enum problem problem = refused ? s->problem : PROBLEM_UNAVAILABLE;
    if (problem == PROBLEM_STALE_REVISION)
        snprintf(members, sizeof members, ",\"currentRevision\":%lld", (long long)s->current_revision);
    http_put_problem(out, problem, refused ? s->detail : UNAVAILABLE_DETAIL, members);
    return problem;
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

/* What a request asks for and may ask for. */

/* Whether a Prefer header holds the preference return=minimal, its value quoted or not. */
static bool prefers_minimal(const char *prefer)
{
    static const char name[] = "return=";
    for (const char *at = strcasestr(prefer, name); at; at = strcasestr(at + 1, name)) {
        const char *value = at + sizeof name - 1;
        bool quoted = *value == '"';
        size_t len = strlen("minimal");
        value += quoted;
        if ((at == prefer || strchr(", \t;", at[-1]) != NULL) && strncasecmp(value, "minimal", len) == 0 &&
            strchr(quoted ? "\"" : ",; \t", value[len]) != NULL)
            return true;
    }
    return false;
}

bool api_wants_receipt(struct http_exchange *x)
{
    const char *prefer = http_header(x, "Prefer");
    if (!prefer || !prefers_minimal(prefer))
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
        log_info("access: refused%s%s", token ? ", token " : "", token ? token->name : "");
    if (answer == ACCESS_GRANTED && exact)
        *exact = token->exact;
    catalogue_release(catalogue);
    answer_access(x, answer);
    return answer == ACCESS_GRANTED;
}

/* Cached answers. */

/* A weak validator matches too, as the comparison there is weak. */
bool api_has_tag(const struct http_exchange *x, const char *tag)
{
    const char *list = http_header(x, "If-None-Match");
    size_t len = strlen(tag);
    if (!list)
        return false;
    if (strcmp(list, "*") == 0)
        return true;
    for (const char *at = strstr(list, tag); at; at = strstr(at + 1, tag))
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
    memcpy(tag + 1 + BASE64URL_LENGTH(16), "\"", 2);
    const char *kept = http_keep(x, tag);
    bool same = api_has_tag(x, tag);
    if (same)
        buf_free(body);
    http_answer(x, same ? 304 : 200, same ? NULL : content_type, body);
    http_answer_header(x, "ETag", kept);
    http_answer_header(x, "Cache-Control", "no-cache");
}
