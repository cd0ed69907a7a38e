/* The HTTP API's resources (PROTOCOL 9), one file each: api_members.c, api_responses.c, api_batches.c, api_panel.c. They read the exchange,
 * call the rooms below, and set the answer. */
#ifndef COLLECTOR_API_H
#define COLLECTOR_API_H

#include "collector/commit.h"
#include "collector/http.h"
#include "collector/submit.h"
#include "collector/workers.h"

/* What the handlers work with; the server's context. */
struct service {
    struct roster *roster;
    struct catalogue_place *place;
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

/* --- what the resources share: api.c --------------------------------------------------------------------------------------- */

/* Sets a refusal as the answer. */
void api_answer_refusal(struct http_exchange *exchange, const struct refusal *refusal);

/* Puts a refusal as a problem's JSON object, with its errors[]. */
void api_put_refusal(struct buf *out, const struct refusal *refusal);

/* Puts the JSON members that tell of a submission's outcome, without braces: of an accepted or repeated one. */
void api_put_outcome(struct buf *out, const struct submission *submission);

/* Puts the problem of a submission that was refused or is not known to be kept. */
void api_put_verdict_problem(struct buf *out, const struct submission *submission);

/* HTTP status of a verdict. */
unsigned api_verdict_status(const struct submission *submission);

/* Suspends the exchange and hands the submission to the writer; the answer follows by itself. Takes the submission over. */
void api_commit(struct http_exchange *exchange, struct service *service, struct submission *submission);

/* Answers 200 with `body` and a strong ETag made from it, or 304 when If-None-Match names that. Takes over the bytes of `body`. */
void api_answer_cached(struct http_exchange *exchange, const char *content_type, struct buf *body);

#endif
