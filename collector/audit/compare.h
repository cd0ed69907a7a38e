/* What a store keeps beside its log (members, invitations, current responses, counters) against what an audit worked
 * out. One thread. */
#ifndef COLLECTOR_AUDIT_COMPARE_H
#define COLLECTOR_AUDIT_COMPARE_H

#include "base/error.h"
#include "collector/audit/findings.h"
#include "collector/audit/fold.h"

/* Tells each difference between `fold`, whose numbers are those of `catalogue`, and the store. 0, also with findings;
 * -1: the store can't be read, or there is no memory: *error. */
MUST_CHECK int compare_store(const struct fold *fold, const struct catalogue *catalogue, struct store *store,
                             struct audit_findings *findings, struct error *error);

#endif
