/* The Merkle tree over the log, as the store keeps it: tiles, of which full ones never change. Holds in memory what it
 * needs to grow: the right edge and the last tile of each level. The writer's alone, but for tree_read. */
#ifndef COLLECTOR_LOG_TREE_H
#define COLLECTOR_LOG_TREE_H

#include "collector/store/store.h"
#include "crypto/merkle.h"

struct tree;

/* A tree without leaves; NULL when there is no memory. Free with tree_free. */
MUST_CHECK struct tree *tree_new(void);
void tree_free(struct tree *tree);

/* Takes over the tree of `size` leaves from the store's tiles. STORE_FAILED: store_error says why. */
MUST_CHECK enum store_result tree_load(struct tree *tree, struct store *store, uint64_t size);

/* Writes what `count` more leaf hashes change, inside the caller's transaction, in which their entries have been
 * appended; a log that is then of another size than the tree is STORE_FAILED. *batch, the caller's to free, has the new
 * root and the proofs; the tree itself stays as it was until tree_accept. */
MUST_CHECK enum store_result tree_extend(struct tree *tree, struct store *store, const struct merkle_hash *leaves,
                                         size_t count, struct merkle_batch **batch);

/* The transaction of the last tree_extend has committed: the tree is what it made. */
void tree_accept(struct tree *tree, const struct merkle_batch *batch);

/* Reads a tile, of which at least the first `wanted` hashes must be there. 0, and how many are in *width; -1:
 * store_error says why. */
MUST_CHECK int tree_read_tile(struct store *store, unsigned level, uint64_t index, unsigned wanted,
                              struct merkle_hash hashes[static TILE_WIDTH], unsigned *width);

/* A merkle_read over a store's tiles; context is a struct store of the calling thread. */
int tree_read(void *store, unsigned level, uint64_t index, struct merkle_hash *out);

/* Size and root of the log as the handle's transaction sees it. STORE_FAILED: store_error says why. Any thread. */
MUST_CHECK enum store_result tree_head(struct store *store, struct merkle_head *out);

#endif
