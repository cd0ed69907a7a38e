/* What one batch does to the state: in order, in one transaction. The writer's alone; pure but for the store's verbs. */
#ifndef COLLECTOR_LEDGER_H
#define COLLECTOR_LEDGER_H

#include "collector/roster.h"
#include "collector/submission.h"

struct ledger;

/* A ledger on an open store, which it uses but does not own, like roster and place. Loads the roster and the catalogue in force into `place`.
 * NULL: store_error says why. Free with ledger_free. */
MUST_CHECK struct ledger *ledger_new(struct store *store, struct roster *roster, struct catalogue_place *place);
void ledger_free(struct ledger *ledger);

/* Applies `count` submissions in one transaction and sets the verdict of each. 0: committed to stable storage. -1: nothing is kept,
 * every verdict is VERDICT_UNAVAILABLE, the error is logged; the ledger may be used again when the store works again. What an
 * administrator changed in the meantime is taken over first; a submission that was checked against an older catalogue gets
 * VERDICT_UNAVAILABLE (sending it again has it checked anew). */
MUST_CHECK int ledger_apply(struct ledger *ledger, struct submission *const *list, size_t count);

/* Takes over what administrators changed, where they did. -1: the error is logged. */
MUST_CHECK int ledger_refresh(struct ledger *ledger);

/* Entries in the log. */
int64_t ledger_size(const struct ledger *ledger);

#endif
