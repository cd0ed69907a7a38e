/* What whoever runs the collector watches: counters of this process, as OpenMetrics text. A note costs a few relaxed
 * additions, a batch of them by the one writer; no request that succeeds makes one of its own. Knows no HTTP library.
 * Any thread. */
#ifndef COLLECTOR_OPS_METRICS_H
#define COLLECTOR_OPS_METRICS_H

#include "collector/intake/submission.h"

#define METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* A batch has been applied in that many microseconds, and each of its submissions has its verdict. */
void metrics_note_batch(struct submission *const *list, size_t count, int64_t microseconds);

/* A problem has been told: as an answer, or as a line of a batch. */
void metrics_note_problem(enum problem problem);

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
