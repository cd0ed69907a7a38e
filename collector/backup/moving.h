/* A whole store moved into another, of the same kind or the other: the same log, so that the keys, the checkpoint and
 * every receipt go on as they are. Row by row through the store's verbs, in transactions of some thousands; until all
 * of it is there and has been held against what it came from, the new store is marked as one that nobody can open.
 * Main thread. */
#ifndef COLLECTOR_BACKUP_MOVING_H
#define COLLECTOR_BACKUP_MOVING_H

#include "collector/store/store.h"
#include "crypto/merkle.h"

struct moved {
    struct merkle_head head; /* of the log */
    int64_t members, currents; /* rows, those of who or what was erased among them */
};

/* Copies all of `from` into `to`, which is empty; the caller serves both. `each` is told how many of how many entries
 * are there, and ends it by other than 0. 0 and *out: `to` is whole. -1: *error; where `to` has been begun it is left
 * marked, and has to be thrown away; error->kind ERROR_NONE: `each` has ended it. */
MUST_CHECK int moving_run(struct store *from, struct store *to, store_copy_fn *each, void *context, struct moved *out,
                          struct error *error);

#endif
