/* The counters of each action in a round, kept in memory from batch to batch: the writer is the only one who changes
 * them, so they need reading once. Part of the ledger; the writer's alone. */
#ifndef COLLECTOR_INTAKE_COUNTERS_H
#define COLLECTOR_INTAKE_COUNTERS_H

#include "collector/state/tally.h"
#include "collector/store/store.h"

struct counters;

/* NULL when there is no memory. Free with counters_free. */
MUST_CHECK struct counters *counters_new(void);
void counters_free(struct counters *counters); /* NULL is fine */

/* The counters of `action` in `round`, `layout->slots` of them, read from the store when they are first asked for; the
 * caller may change them until counters_write, which then writes them. `layout` must last until counters_forget. NULL:
 * *error says why. */
MUST_CHECK int64_t *counters_take(struct counters *counters, struct store *store, int64_t round, int64_t action,
                                  const struct tally_layout *layout, struct error *error);

/* Writes all that were taken since the last call, inside the caller's transaction. -1: *error says why. */
MUST_CHECK int counters_write(struct counters *counters, struct store *store, struct error *error);

/* The store may hold others now: they are read anew. */
void counters_forget(struct counters *counters);

#endif
