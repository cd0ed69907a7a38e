/* Tells a store that wants to know what a batch will ask it for. Part of the ledger; the writer's alone. */
#ifndef COLLECTOR_INTAKE_FORESEE_H
#define COLLECTOR_INTAKE_FORESEE_H

#include "collector/intake/submission.h"

/* Right after store_begin. Nothing is made for a store that needs not be told. -1: *error says why. */
MUST_CHECK int foresee_batch(struct store *store, struct submission *const *list, size_t count, struct error *error);

#endif
