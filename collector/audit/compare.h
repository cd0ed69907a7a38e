/* What a store keeps beside its log against what an audit worked out. One thread. */
#ifndef COLLECTOR_AUDIT_COMPARE_H
#define COLLECTOR_AUDIT_COMPARE_H

#include "base/error.h"
#include "collector/audit/replay.h"

/* The current responses that follow from the log, ascending by round, member and action. */
struct currents {
    /* 1: *out is the next, until another is asked for; 0: there is none any more; -1: *error. */
    int (*next)(void *context, struct fold_current *out, struct error *error);
    void *context;
};

/* Members, invitations, current responses, counters: tells each difference, and goes through all of `currents`. 0, also
 * with findings; -1: the store can't be read, there is no memory, or what rests on scratch failed: *error. */
MUST_CHECK int compare_folds(const struct replay *replay, const struct currents *currents, struct store *store,
                             struct audit_findings *findings, struct error *error);

/* What is in force, and the releases with their files. As above. */
MUST_CHECK int compare_force(const struct replay *replay, struct store *store, struct audit_findings *findings,
                             struct error *error);

#endif
