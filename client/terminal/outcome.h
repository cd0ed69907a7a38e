/* Tells a person how deliveries went, the same for respond and sync. Main thread only. */
#ifndef CLIENT_TERMINAL_OUTCOME_H
#define CLIENT_TERMINAL_OUTCOME_H

#include "client/net/deliver.h"

/* A line on standard error about one response that was settled, with the collector's faults when it was refused.
 * A deliver_told; `context` is not looked at. */
void outcome_tell(void *context, const struct response_id *id, enum delivery delivery,
                  const struct http_answer *answer);

/* A line about what still waits, when sending stopped at `stopped_by`. Returns the exit code: 0 when it only waits for
 * a connection. */
int outcome_tell_rest(enum delivery stopped_by, const struct delivery_count *count, const struct http_answer *answer);

/* The currentRevision of a stale-revision problem, as the collector gave it; 0 when it is no such problem. */
int64_t outcome_current_revision(const struct buf *problem);

/* Whether it is a stale-context problem: the questions are not those that were shown. */
bool outcome_is_of_context(const struct buf *problem);

#endif
