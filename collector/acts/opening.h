/* How an older log comes under protocol 2: the event log-upgraded, with what was in force until then. Pure but for the
 * store's verbs that read. Part of the ledger's transaction. */
#ifndef COLLECTOR_ACTS_OPENING_H
#define COLLECTOR_ACTS_OPENING_H

#include "collector/acts/act.h"

/* Fills the event log-upgraded and its documents: the definition and the list in force, and the hashes of the
 * invitations that are not used yet. `work` has all above `event`, and in that `origin` and `operator_key`. -1:
 * work->error says why. opening_wipe in either case. */
MUST_CHECK int opening_upgrade(struct act_work *work);
void opening_wipe(struct act_work *work);

#endif
