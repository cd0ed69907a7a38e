/* How a verb has much erased: by as many acts as it takes, one after the other, each with its event in a commit of its
 * own, so that none holds up who answers for long. All revisions of a response go in one of them. A run that is cut off
 * in between has erased what its acts have said; the same asked again does the rest. Main thread. */
#ifndef COLLECTOR_CMD_ERASE_LOTS_H
#define COLLECTOR_CMD_ERASE_LOTS_H

#include "collector/acts/erasing.h"
#include "collector/ops/config.h"

/* Has all that `all` names erased: its responses first, then its members with what is left of theirs; what has gone
 * meanwhile is passed over. Says `entry N` of each act, and where there are several beforehand that there will be.
 * `reference` may be NULL. `config` is that with which the store, which is in no transaction, was opened. Returns the
 * exit code: CLI_DONE also with *queued, where nobody has carried out an act in time, which is said; what would have
 * followed it is not asked for then. */
int cmd_erase_lots(const struct config *config, const struct erasing *all, const char *reason, const char *reference,
                   bool *queued);

#endif
