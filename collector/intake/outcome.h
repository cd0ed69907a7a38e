/* What became of a batch, for who watches the collector (ops/metrics.h). Inside the intake room; the writer's. */
#ifndef COLLECTOR_INTAKE_OUTCOME_H
#define COLLECTOR_INTAKE_OUTCOME_H

#include "collector/intake/submission.h"

/* Counts the verdicts of `count` submissions, which took so long together. How many of them stand in the log now, new
 * ones and those that stood there already. */
size_t outcome_note(struct submission *const *list, size_t count, int64_t microseconds);

#endif
