/* What a collector elsewhere shows now to anyone, held against what its log has in force: panel definition, action
 * list, follow-ups. What is shown and not signed for is what members go by. One thread. */
#ifndef COLLECTOR_AUDIT_SHOWN_H
#define COLLECTOR_AUDIT_SHOWN_H

#include "collector/audit/remote.h"
#include "collector/audit/replay.h"

/* The replay is of its first `size` entries, and at its end; what an entry behind them has changed meanwhile is no
 * finding. -1: *error. */
MUST_CHECK int shown_check(struct remote *remote, const struct replay *replay, int64_t size, struct error *error);

#endif
