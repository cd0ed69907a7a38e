/* The HTTP API's resources (PROTOCOL 9), one file each: api_submit.c, api_batches.c, api_panel.c, api_rounds.c,
 * api_tables.c, api_log.c, api_entries.c, api_service.c. They read the exchange, call the rooms below, and set the
 * answer. */
#ifndef COLLECTOR_API_API_H
#define COLLECTOR_API_API_H

#include "collector/http/http.h"
#include "collector/intake/commit.h"
#include "collector/intake/submit.h"
#include "collector/intake/workers.h"
#include "collector/log/reader.h"
#include "collector/ops/config.h"
#include "collector/store/snapshots.h"

/* What the handlers work with; the server's context. */
struct service {
    struct ledger_surroundings around;
    const struct config *config;
    struct reader *reader;
    struct snapshots *snapshots; /* for tables on their way */
    struct commit_queue *queue;
    struct workers *workers;
};

extern const struct http_route api_routes[];

http_handler api_members_post;
http_handler api_responses_post;
http_handler api_batches_post;
http_handler api_panel_get;
http_handler api_actions_get;
http_handler api_action_get;
http_handler api_health_get;
http_handler api_checkpoint_get;
http_handler api_log_key_get;
http_handler api_tile_get;
http_handler api_rounds_get;
http_handler api_round_get;
http_handler api_summary_get;
http_handler api_questions_get;
http_handler api_options_get;
http_handler api_comments_get;
http_handler api_metrics_get;
http_handler api_security_get;
http_handler api_openapi_get;
http_handler api_receipt_get;
http_handler api_entries_get;

/* What the resources share: api.c. */

/* Puts a refusal as a problem's JSON object, with its errors[]. */
void api_put_refusal(struct buf *out, const struct refusal *refusal);

/* Puts the JSON members that tell of a submission's outcome, without braces: of an accepted or repeated one. With
 * `receipt`, its receipt is among them. */
void api_put_outcome(struct buf *out, struct service *service, const struct submission *submission, bool receipt);

/* Puts the receipt of any entry that the newest checkpoint covers. -1: it covers none of that index, or the log can't
 * be read. */
MUST_CHECK int api_put_any_receipt(struct buf *out, struct service *service, uint64_t index, enum receipt_form form);

/* Whether the request wants receipts: it does unless it says Prefer: return=minimal (RFC 7240), which the answer then
 * confirms. While the handler runs only. */
bool api_wants_receipt(struct http_exchange *exchange);

/* Whether the request's token has one of `roles` (a bit each); if not, the answer has been set. *exact (may be NULL):
 * whether it may ask for exact figures. */
MUST_CHECK bool api_is_allowed(struct http_exchange *exchange, struct service *service, unsigned roles, bool *exact);

/* Puts the problem of a submission that was refused or is not known to be kept, and returns it. */
enum problem api_put_verdict_problem(struct buf *out, const struct submission *submission);

/* HTTP status of a verdict. */
unsigned api_verdict_status(const struct submission *submission);

/* Whether If-None-Match (RFC 9110 §13.1.2) names this ETag or is *. While the handler runs only. */
bool api_has_tag(const struct http_exchange *exchange, const char *tag);

/* Answers 200 with `body` and a strong ETag made from it, or 304 when If-None-Match names that. Takes over the bytes of
 * `body`. */
void api_answer_cached(struct http_exchange *exchange, const char *content_type, struct buf *body);

#endif
