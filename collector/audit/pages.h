/* The pages that a collector elsewhere serves, held against what its log names (PROTOCOL 6a, WEB.md). One thread. */
#ifndef COLLECTOR_AUDIT_PAGES_H
#define COLLECTOR_AUDIT_PAGES_H

#include "collector/audit/replay.h"
#include "collector/net/peer.h"

/* Fetches them as a stranger, and tells each file that is not as the manifest names it, and a manifest that is not that
 * of the log's newest page-released. That none are served is a note where the log names some. -1: *error. */
MUST_CHECK int pages_check(struct peer *peer, const struct replay_totals *totals, struct audit_findings *findings,
                           struct error *error);

#endif
