/* What several resources tell alike: refusals, outcomes, receipts, access, cached answers. Inside the API room. HTTP
 * threads; what takes no exchange, any thread. */
#ifndef COLLECTOR_API_SHARED_H
#define COLLECTOR_API_SHARED_H

#include "collector/api/api.h"
#include "collector/http/tag.h"
#include "collector/ops/metrics.h"

/* Details of problems that many tell. */
#define API_NO_MEMORY_DETAIL "The collector is short of memory; send the same again later."
#define API_LOG_UNREADABLE_DETAIL "The log can't be read at the moment; ask again later."

#define API_UNSEEN_DETAIL "It can't be seen now who is a member and what is asked; send the same again."

/* Cache-Control of what never changes. */
#define API_IMMUTABLE "public, max-age=31536000, immutable"

/* Puts a refusal as a problem's JSON object, with its errors[]. */
void api_put_refusal(struct buf *out, const struct refusal *refusal);

/* Sets it as the answer. */
void api_answer_refused(struct http_exchange *exchange, const struct refusal *refusal);

/* Puts the JSON members that tell of a submission's outcome, without braces: of an accepted or repeated one. With
 * `receipt`, its receipt is among them. */
void api_put_outcome(struct buf *out, struct service *service, const struct submission *submission, bool receipt);

/* Puts the problem of a submission that was refused or is not known to be kept, and returns it. */
enum problem api_put_verdict_problem(struct buf *out, const struct submission *submission);

/* Suspends the exchange and hands the submission, which has been announced, to the writer; its outcome is then answered
 * by itself, a refusal with the submission's problem and detail. Takes the submission over. */
void api_commit_later(struct http_exchange *exchange, struct service *service, struct submission *submission);

/* HTTP status of a verdict. */
unsigned api_verdict_status(const struct submission *submission);

/* Says after how many seconds the same is welcome. */
void api_answer_retry_after(struct http_exchange *exchange, int64_t seconds);

/* Puts the receipt of any entry that the newest checkpoint covers. -1: it covers none of that index, or the log can't
 * be read. */
MUST_CHECK int api_put_any_receipt(struct buf *out, struct service *service, uint64_t index, enum receipt_form form);

/* A number from the query; `otherwise` when it is not given. -1: it is no number. */
MUST_CHECK int api_read_number(const struct http_exchange *exchange, const char *name, uint64_t otherwise,
                               uint64_t *out);

/* Says where the next page of a list begins: `path` with these arguments, as Link with rel="next" (RFC 8288). */
void api_link_next(struct http_exchange *exchange, const char *path, uint64_t from, uint64_t limit);

/* Whether the request wants receipts: it does unless it says Prefer: return=minimal (RFC 7240), which the answer then
 * confirms. While the handler runs only. */
bool api_wants_receipt(struct http_exchange *exchange);

/* Answers 429 `too-many`: the address that sent the request has had enough of `what` for so many seconds. */
void api_answer_limited(struct http_exchange *exchange, enum metrics_limit what, int64_t seconds);

/* Whether the request's token has one of `roles` (enum token_roles), and *token is that then; if not, the answer has
 * been set. */
MUST_CHECK bool api_is_allowed(struct http_exchange *exchange, struct service *service, unsigned roles,
                               struct access_token *token);

/* Answers 200 with `body` and a strong ETag made from it, or 304 when If-None-Match names that. Takes over the bytes of
 * `body`. */
void api_answer_cached(struct http_exchange *exchange, const char *content_type, struct buf *body);

/* The same, compressed where the request takes that: of what may be large. The caller says what the answer varies
 * by. */
void api_answer_packed(struct http_exchange *exchange, const char *content_type, struct buf *body);

/* Both halves of that, for what is long: makes the tag from the bytes and compresses them in their place where they are
 * to be, on any thread (-1: no memory, or the body had failed before); and sets the answer from what came of it, taking
 * over its bytes. */
MUST_CHECK int api_pack(struct buf *body, bool packed, char tag[static TAG_SIZE]);
void api_answer_as_packed(struct http_exchange *exchange, const char *content_type, struct buf *body, bool packed,
                          const char *tag);

/* The same of what not everybody may see: `cache_control` (static) is said in place of no-cache. */
void api_answer_tagged(struct http_exchange *exchange, const char *content_type, struct buf *body,
                       const char *cache_control);

/* Bytes that never change, known by their SHA-256 before they are read. */
struct api_immutable {
    const char *content_type; /* static */
    uint8_t sha256[SHA256_BYTES];
    size_t len;
};

/* Answers what can be said of them unread: 304 when If-None-Match names their tag, to HEAD their length. false: the
 * bytes themselves are wanted, which api_answer_read answers with; it takes them over. */
MUST_CHECK bool api_answer_unread(struct http_exchange *exchange, const struct api_immutable *what);
void api_answer_read(struct http_exchange *exchange, const struct api_immutable *what, struct buf *bytes);

/* Answers 404 as a path does that leads nowhere. */
void api_answer_nothing(struct http_exchange *exchange);

#endif
