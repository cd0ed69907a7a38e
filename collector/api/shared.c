/* How refusals and outcomes are told, who may ask, and answers that may be kept by their receiver. Knows no path. */
#include "collector/api/shared.h"
#include "base/clock.h"
#include "base/json.h"
#include "collector/api/troubles.h"
#include "collector/http/fields.h"
#include "collector/http/gzip.h"
#include "collector/http/negotiate.h"
#include "crypto/line.h"
#include <stdio.h>
#include <string.h>

#define LINK_SIZE 128 /* of a list's path and two numbers */

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
    problem_put(out, refusal->problem, refusal->detail, buf_text(&members));
    buf_free(&members);
}

static struct api_troubles troubles = API_TROUBLES("log");

int api_put_any_receipt(struct buf *out, struct service *service, uint64_t index, enum receipt_form form)
{
    if (!reader_take(service->reader))
        return -1;
    struct proofs *proofs = proofs_now(service->shared.proofs);
    struct tiles_under under = {reader_tiles(service->reader), proofs->head.size};
    bool covered = index < under.size;
    int result = covered ? proofs_put_any_receipt(out, proofs, index, form, tiles_read, &under) : -1;
    if (covered && result < 0 && tiles_error(under.tiles)->kind != ERROR_NONE)
        api_trouble_met(&troubles, tiles_error(under.tiles));
    if (result == 0)
        api_trouble_passed(&troubles);
    reader_give_back(service->reader);
    proofs_release(proofs);
    return result;
}

/* The receipt as a JSON string: from the commit itself, or for what was there already from the newest checkpoint.
 * Better no answer than one without its proof: who sends again gets it. */
static void put_receipt(struct buf *out, struct service *service, const struct submission *s)
{
    buf_put_text(out, ",\"receipt\":\"");
    int result = s->proofs ? proofs_put_receipt(out, s->proofs, (uint64_t)s->index, RECEIPT_JSON)
                           : api_put_any_receipt(out, service, (uint64_t)s->index, RECEIPT_JSON);
    buf_put_char(out, '"');
    if (result < 0)
        out->failed = true;
}

static void put_erased_indexes(struct buf *out, const struct submission *s)
{
    buf_put_text(out, ",\"erased\":[");
    for (size_t i = 0; i < s->erased_count; i++)
        buf_printf(out, "%s%lld", i > 0 ? "," : "", (long long)s->erased[i]);
    buf_put_char(out, ']');
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
    if (s->kind == SUBMISSION_ERASURE)
        put_erased_indexes(out, s);
    if (receipt)
        put_receipt(out, service, s);
}

void api_answer_refused(struct http_exchange *x, const struct refusal *refusal)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    api_put_refusal(&body, refusal);
    http_answer_problem_body(x, refusal->problem, &body);
}

#define UNAVAILABLE_DETAIL "Nothing is known to be kept; send the same again."

enum problem api_put_verdict_problem(struct buf *out, const struct submission *s)
{
    char members[64] = "";
    bool refused = s->verdict == VERDICT_REFUSED;
    enum problem problem = refused ? s->problem : PROBLEM_UNAVAILABLE;
    if (problem == PROBLEM_STALE_REVISION)
        snprintf(members, sizeof members, ",\"currentRevision\":%lld", (long long)s->current_revision);
    if (problem == PROBLEM_TOO_MANY)
        snprintf(members, sizeof members, ",\"retryAfter\":%lld", (long long)s->retry_after);
    problem_put(out, problem, refused ? s->detail : UNAVAILABLE_DETAIL, members);
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

int api_read_number(const struct http_exchange *x, const char *name, uint64_t otherwise, uint64_t *out)
{
    const char *text = http_query(x, name);
    if (!text) {
        *out = otherwise;
        return 0;
    }
    struct line line = {text, strlen(text)};
    return line_number(&line, out);
}

void api_link_next(struct http_exchange *x, const char *path, uint64_t from, uint64_t limit)
{
    char link[LINK_SIZE];
    snprintf(link, sizeof link, "<%s?from=%llu&limit=%llu>; rel=\"next\"", path, (unsigned long long)from,
             (unsigned long long)limit);
    http_answer_header_copy(x, "Link", link);
}

bool api_wants_receipt(struct http_exchange *x)
{
    if (!field_prefers_minimal(http_header(x, "Prefer")))
        return true;
    http_answer_header(x, "Preference-Applied", "return=minimal");
    return false;
}

static void answer_access_refusal(struct http_exchange *x, enum access_answer answer)
{
    switch (answer) {
    case ACCESS_GRANTED:
        break;
    case ACCESS_MISSING:
        http_answer_problem(x, PROBLEM_UNAUTHORIZED, "This path needs an access token: Authorization: Bearer TOKEN.",
                            NULL);
        http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\"");
        break;
    case ACCESS_UNKNOWN:
        http_answer_problem(x, PROBLEM_UNAUTHORIZED, "The access token is not known, has expired or was revoked.",
                            NULL);
        http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"invalid_token\"");
        break;
    case ACCESS_DENIED:
        http_answer_problem(x, PROBLEM_FORBIDDEN, "The access token's rights do not reach this path.", NULL);
        http_answer_header(x, "WWW-Authenticate", "Bearer realm=\"burgerpanel\", error=\"insufficient_scope\"");
        break;
    }
}

void api_answer_retry_after(struct http_exchange *x, int64_t seconds)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)seconds);
    http_answer_header_copy(x, "Retry-After", text);
}

void api_answer_limited(struct http_exchange *x, enum metrics_limit what, int64_t seconds)
{
    char members[64];
    metrics_note_limited(what);
    snprintf(members, sizeof members, ",\"retryAfter\":%lld", (long long)seconds);
    http_answer_problem(x, PROBLEM_TOO_MANY, "Too much from this address was refused; ask again later.", members);
    api_answer_retry_after(x, seconds);
}

/* A token that is none counts against its address: before it is looked at, so that who has had enough learns
 * nothing. */
static bool may_try_token(struct http_exchange *x, struct service *service, const struct address *from)
{
    if (!http_header(x, "Authorization"))
        return true;
    int64_t wait = limiter_take(service->tokens, from, clock_monotonic_us());
    if (wait > 0)
        api_answer_limited(x, METRICS_LIMIT_TOKENS, wait);
    return wait == 0;
}

bool api_is_allowed(struct http_exchange *x, struct service *service, unsigned roles, struct access_token *out)
{
    const struct access_token *token;
    const struct address from = http_sender(x);
    if (!may_try_token(x, service, &from))
        return false;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    enum access_answer answer =
        access_check(&catalogue->tokens, http_header(x, "Authorization"), roles, clock_now(), &token);
    if (answer != ACCESS_GRANTED && token)
        refusal_log_token(&service->refusals, clock_now(), "token ", token->name);
    else if (answer != ACCESS_GRANTED)
        refusal_log_guess(&service->refusals, clock_now());
    if (answer == ACCESS_GRANTED || answer == ACCESS_DENIED)
        limiter_give_back(service->tokens, &from);
    if (answer == ACCESS_GRANTED)
        *out = *token;
    catalogue_release(catalogue);
    answer_access_refusal(x, answer);
    return answer == ACCESS_GRANTED;
}

/* Cached answers. */

static void answer_cache_headers(struct http_exchange *x, const char *tag, const char *cache_control)
{
    http_answer_header_copy(x, "ETag", tag);
    http_answer_header(x, "Cache-Control", cache_control);
}

/* What is compressed in place of its bytes. */
static void compress_body(struct buf *body)
{
    struct gzip *gzip = gzip_new();
    struct buf packed;
    buf_init(&packed, SIZE_MAX);
    if (gzip)
        gzip_put(gzip, body->data, body->len, true, &packed);
    else
        packed.failed = true;
    gzip_free(gzip);
    buf_free(body);
    *body = packed;
}

int api_pack(struct buf *body, bool packed, char tag[static TAG_SIZE])
{
    if (buf_check(body) < 0)
        return -1;
    tag_of_bytes(body->data, body->len, packed, tag);
    if (packed)
        compress_body(body);
    return buf_check(body);
}

/* false: with 304, since the receiver has it. Takes over the bytes. */
static bool answer_unless_same(struct http_exchange *x, const char *content_type, struct buf *body, const char *tag,
                               const char *cache_control)
{
    bool same = field_has_tag(http_header(x, "If-None-Match"), tag);
    if (same)
        buf_free(body);
    http_answer(x, same ? 304 : 200, same ? NULL : content_type, body);
    answer_cache_headers(x, tag, cache_control);
    return !same;
}

void api_answer_as_packed(struct http_exchange *x, const char *content_type, struct buf *body, bool packed,
                          const char *tag)
{
    if (answer_unless_same(x, content_type, body, tag, "no-cache") && packed)
        http_answer_header(x, "Content-Encoding", "gzip");
}

static void answer_no_memory(struct http_exchange *x, struct buf *body)
{
    buf_free(body);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
}

void api_answer_tagged(struct http_exchange *x, const char *content_type, struct buf *body, const char *cache_control)
{
    char tag[TAG_SIZE];
    if (api_pack(body, false, tag) < 0)
        answer_no_memory(x, body);
    else
        (void)answer_unless_same(x, content_type, body, tag, cache_control);
}

bool api_answer_unread(struct http_exchange *x, const struct api_immutable *what)
{
    char tag[TAG_SIZE];
    tag_of_hash(what->sha256, false, tag);
    if (field_has_tag(http_header(x, "If-None-Match"), tag))
        http_answer(x, 304, NULL, NULL);
    else if (!http_wants_body(x))
        http_answer_unmade(x, what->content_type, what->len);
    else
        return false;
    answer_cache_headers(x, tag, API_IMMUTABLE);
    return true;
}

void api_answer_read(struct http_exchange *x, const struct api_immutable *what, struct buf *bytes)
{
    char tag[TAG_SIZE];
    tag_of_hash(what->sha256, false, tag);
    http_answer(x, 200, what->content_type, bytes);
    answer_cache_headers(x, tag, API_IMMUTABLE);
}

void api_answer_cached(struct http_exchange *x, const char *content_type, struct buf *body)
{
    api_answer_tagged(x, content_type, body, "no-cache");
}

void api_answer_packed(struct http_exchange *x, const char *content_type, struct buf *body)
{
    char tag[TAG_SIZE];
    bool packed = negotiate_gzip(http_header(x, "Accept-Encoding"));
    if (api_pack(body, packed, tag) < 0)
        answer_no_memory(x, body);
    else
        api_answer_as_packed(x, content_type, body, packed, tag);
}

void api_answer_nothing(struct http_exchange *x)
{
    http_answer_problem(x, PROBLEM_NOT_FOUND, "There is nothing at this path; a path never ends in a slash.", NULL);
}
