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

/* Takes over the tree of `size` leaves from the store's tiles. -1: *error says why. */
MUST_CHECK int tree_load(struct tree *tree, struct store *store, uint64_t size, struct error *error);

/* Writes what `count` more leaf hashes change, inside the caller's transaction, in which their entries have been
 * appended. *batch, the caller's to free, has the new root and the proofs; the tree itself stays as it was until
 * tree_accept. -1: *error says why, also when the log is then of another size than the tree. */
MUST_CHECK int tree_extend(struct tree *tree, struct store *store, const struct merkle_hash *leaves, size_t count,
                           struct merkle_batch **batch, struct error *error);

/* The transaction of the last tree_extend has committed: the tree is what it made. */
void tree_accept(struct tree *tree, const struct merkle_batch *batch);

/* Reads a tile, of which at least the first `wanted` hashes must be there. 0, and how many are in *width; -1:
 * *error says why. */
MUST_CHECK int tree_read_tile(struct store *store, unsigned level, uint64_t index, unsigned wanted,
                              struct merkle_hash hashes[static TILE_WIDTH], unsigned *width, struct error *error);

/* What tree_read reads with, both of the calling thread. */
struct tree_reader {
    struct store *store;
    struct error *error; /* why it failed */
};

/* A merkle_read over a store's tiles; context is a struct tree_reader. */
int tree_read(void *reader, unsigned level, uint64_t index, struct merkle_hash *out);

/* Size and root of the log as the handle's transaction sees it. -1: *error says why. Any thread. */
MUST_CHECK int tree_head(struct store *store, struct merkle_head *out, struct error *error);

#endif
