/* What whoever runs the collector watches: counters of this process, as OpenMetrics text. A note costs a few relaxed
 * additions, a batch of them by the one writer; no request that succeeds makes one of its own. Knows no HTTP library
 * and no submission: it is given numbers. Any thread. */
#ifndef COLLECTOR_OPS_METRICS_H
#define COLLECTOR_OPS_METRICS_H

#include "base/buf.h"
#include "panel/problem.h"

#define METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

enum metrics_kind { METRICS_ENROLMENT, METRICS_RESPONSE, METRICS_ERASURE, METRICS_ACT, METRICS_KINDS };

/* What became of one batch of submissions. */
struct metrics_batch {
    size_t count; /* in all; refused ones are told as problems, and counted there */
    uint64_t accepted[METRICS_KINDS], repeated[METRICS_KINDS];
    uint64_t uncommitted; /* of any kind */
    int64_t microseconds; /* to apply and commit it; what is negative counts as 0 */
};

void metrics_note_batch(const struct metrics_batch *batch);

/* A batch waited for so long until it could write, others who write having gone before it, or until it gave that up. */
void metrics_note_lane(int64_t microseconds);

/* A commit has failed; whether what was in it is kept, nobody may know. */
void metrics_note_failed_commit(void);

/* The store has been opened again after a failure. */
void metrics_note_reopened(void);

/* The store holds so many entries, as the writer has read or written last; by the writer alone. */
void metrics_note_stored(uint64_t entries);

/* A problem has been told: as an answer, or as a line of a batch. */
void metrics_note_problem(enum problem problem);

/* What is bounded by address. */
enum metrics_limit { METRICS_LIMIT_CONNECTIONS, METRICS_LIMIT_ENROLMENTS, METRICS_LIMIT_TOKENS, METRICS_LIMITS };

/* Somebody has been told to come back later, since their address has had enough for now. */
void metrics_note_limited(enum metrics_limit what);

/* A member has been shown what is kept of them. */
void metrics_note_access(void);

/* What is measured when it is asked for. */
struct metrics_state {
    uint64_t queue_depth; /* submissions that wait for the writer */
    uint64_t queue_capacity;
    uint64_t log_entries;
    uint64_t members;
    bool healthy; /* the store takes commits */
};

/* Puts the whole exposition, with its EOF. */
void metrics_put(struct buf *out, const struct metrics_state *state);

#endif
