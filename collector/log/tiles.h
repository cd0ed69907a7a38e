/* The log's stored hashes for reading: the tiles used last, each with all the inner hashes that it makes, so that
 * proofs of entries that lie near each other share the reading and the hashing. Held is only what lies under a
 * checkpoint that was shown: that never changes, so nothing held here grows old. What the store has beyond it may be
 * gone after a failover, and something else in its place. A tile that has grown is read again and only what is new in
 * it hashed. Over one store handle, which it uses but does not own; one thread at a time. */
#ifndef COLLECTOR_LOG_TILES_H
#define COLLECTOR_LOG_TILES_H

#include "collector/store/store.h"

struct tiles;

/* NULL when there is no memory: half a MiB. Free with tiles_free. */
MUST_CHECK struct tiles *tiles_new(struct store *store);
void tiles_free(struct tiles *tiles); /* NULL is fine */

/* The tiles, and how many entries of the log the checkpoint is over that they are read for. */
struct tiles_under {
    struct tiles *tiles;
    uint64_t size;
};

/* A merkle_read of what lies under that checkpoint; context is a struct tiles_under. -1: tiles_error says why. */
int tiles_read(void *under, unsigned level, uint64_t index, struct merkle_hash *out);
const struct error *tiles_error(const struct tiles *tiles);

#endif
