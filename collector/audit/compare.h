/* What a store keeps beside its log against what an audit worked out. One thread. */
#ifndef COLLECTOR_AUDIT_COMPARE_H
#define COLLECTOR_AUDIT_COMPARE_H

#include "base/error.h"
#include "collector/audit/replay.h"

/* Members, invitations, current responses, counters: tells each difference. 0, also with findings; -1: the store can't
 * be read, or there is no memory: *error. */
MUST_CHECK int compare_folds(const struct replay *replay, struct store *store, struct audit_findings *findings,
                             struct error *error);

/* What is in force, and the releases with their files. As above. */
MUST_CHECK int compare_force(const struct replay *replay, struct store *store, struct audit_findings *findings,
                             struct error *error);

#endif
