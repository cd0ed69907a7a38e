/* Which response replaced which, for a log of before schema 3: of three answers or more the store knew the last two.
 * Made once, when the log goes on under protocol 2, so that erasing need never read the log (adr/014). In the
 * ledger's transaction. */
#ifndef COLLECTOR_ACTS_LINKING_H
#define COLLECTOR_ACTS_LINKING_H

#include "collector/state/catalogue.h"
#include "collector/store/store.h"

/* Notes with store_revision_add what the log tells and `current` has forgotten. The log is read once, and not at all
 * where nobody has answered an action three times. -1: *error. */
MUST_CHECK int linking_make(struct store *store, const struct catalogue *catalogue, struct error *error);

#endif
