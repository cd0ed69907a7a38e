/* The log's stored hashes for reading: the tiles used last, each with all the inner hashes that it makes, so that
 * proofs of entries that lie near each other share the reading and the hashing. A stored hash never changes, so nothing
 * held here grows old; a tile that has grown is read again and only what is new in it hashed. Over one store handle,
 * which it uses but does not own; one thread at a time. */
#ifndef COLLECTOR_LOG_TILES_H
#define COLLECTOR_LOG_TILES_H

#include "collector/store/store.h"

struct tiles;

/* NULL when there is no memory: half a MiB. Free with tiles_free. */
MUST_CHECK struct tiles *tiles_new(struct store *store);
void tiles_free(struct tiles *tiles); /* NULL is fine */

/* A merkle_read; context is a struct tiles. -1: tiles_error says why. */
int tiles_read(void *tiles, unsigned level, uint64_t index, struct merkle_hash *out);
const struct error *tiles_error(const struct tiles *tiles);

#endif
