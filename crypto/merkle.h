/* The tree over the log: RFC 9162 §2.1 with SHA-256. A stored hash (level, index) is the root of the full subtree over
 * the leaves index·2^level up to and without (index+1)·2^level; level 0 holds the leaf hashes. A stored hash never
 * changes, so whoever keeps them (the store, as tiles) hands them out through merkle_read. No I/O. Any thread. */
#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

#include "base/compiler.h"
#include "crypto/crypto.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERKLE_LEVELS 64
#define MERKLE_PROOF_MAX 64 /* hashes in a proof, of either kind */
#define MERKLE_SIZE_MAX ((uint64_t)1 << 63) /* leaves in a tree; so no proof is longer */

struct merkle_hash {
    uint8_t bytes[SHA256_BYTES];
};

/* The hash of an entry, of an inner node, and of the tree without leaves (RFC 9162 §2.1.1). `out` may be one of the
 * others. */
void merkle_leaf(const void *data, size_t len, struct merkle_hash *out);
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *out);
void merkle_empty(struct merkle_hash *out);

/* The root over `count` hashes that stand side by side: leaf hashes, or stored hashes of one level. */
void merkle_root(const struct merkle_hash *hashes, size_t count, struct merkle_hash *out);

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

/* Gives the stored hash (level, index). 0; -1 when it can't be had, which then ends what asked for it. */
typedef int merkle_read(void *context, unsigned level, uint64_t index, struct merkle_hash *out);

/* The right edge of a tree: all that is needed to let it grow. Where bit l of `size` is set, hashes[l] is the last
 * stored hash of level l; together these cover all leaves. A plain value. */
struct merkle_edge {
    uint64_t size;
    struct merkle_hash hashes[MERKLE_LEVELS];
};

/* The edge of the tree without leaves. */
void merkle_edge_init(struct merkle_edge *edge);

/* The edge of the tree of `size` leaves, from one stored hash for each bit of `size`. -1 when one can't be read or
 * `size` is over MERKLE_SIZE_MAX. */
MUST_CHECK int merkle_edge_load(struct merkle_edge *edge, uint64_t size, merkle_read *read, void *context);

/* Adds a leaf hash; the size is to be below MERKLE_SIZE_MAX. Returns how many stored hashes it completed, at least 1:
 * completed[l] is (l, the size before >> l), for each l below that number. */
unsigned merkle_edge_add(struct merkle_edge *edge, const struct merkle_hash *leaf,
                         struct merkle_hash completed[static MERKLE_LEVELS]);

void merkle_edge_root(const struct merkle_edge *edge, struct merkle_hash *out);

/* A batch of leaves appended at once, for the writer. */

/* Leaves added to an edge, with every stored hash that they complete: what there is to store, the new root and a proof
 * for each of the leaves, all without reading a stored hash. About 2·count hashes of memory, as much hashing.
 * Immutable. */
struct merkle_batch;

/* Adds `count` leaf hashes to `before`; both are copied. NULL when there is no memory or the tree would outgrow
 * MERKLE_SIZE_MAX. Free with merkle_batch_free. */
MUST_CHECK struct merkle_batch *merkle_batch_new(const struct merkle_edge *before, const struct merkle_hash *leaves,
                                                 size_t count);
void merkle_batch_free(struct merkle_batch *batch);

/* The edge after the batch. The batch's. */
const struct merkle_edge *merkle_batch_edge(const struct merkle_batch *batch);

/* The stored hashes of that level which the batch completed: *count of them (0 also for a level from MERKLE_LEVELS up),
 * at the indexes from *first on. The batch's. */
const struct merkle_hash *merkle_batch_level(const struct merkle_batch *batch, unsigned level, uint64_t *first,
                                             size_t *count);

void merkle_batch_root(const struct merkle_batch *batch, struct merkle_hash *out);

/* The inclusion proof of one of the batch's own leaves in the tree after the batch. Returns the number of hashes, or -1
 * when `index` is not of the batch. */
MUST_CHECK int merkle_batch_prove(const struct merkle_batch *batch, uint64_t index,
                                  struct merkle_hash proof[static MERKLE_PROOF_MAX]);

/* Proofs of any leaf and any two trees, from stored hashes. */

/* The root of the tree of `size` leaves. -1 as merkle_edge_load. */
MUST_CHECK int merkle_root_at(uint64_t size, merkle_read *read, void *context, struct merkle_hash *out);

/* The proof that leaf `index` is in the tree of `size` leaves (RFC 9162 §2.1.3.1), from the leaf up. Returns the number
 * of hashes; -1 when a hash can't be read, `index` is not below `size`, or `size` is over MERKLE_SIZE_MAX. */
MUST_CHECK int merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_read *read, void *context,
                                      struct merkle_hash proof[static MERKLE_PROOF_MAX]);

/* The proof that the tree of `size2` leaves begins with all of the tree of `size1` leaves (RFC 9162 §2.1.4.1). Returns
 * the number of hashes, none for equal sizes; -1 when a hash can't be read, `size1` is 0 or over `size2`, or `size2`
 * over MERKLE_SIZE_MAX. */
MUST_CHECK int merkle_prove_consistency(uint64_t size1, uint64_t size2, merkle_read *read, void *context,
                                        struct merkle_hash proof[static MERKLE_PROOF_MAX]);

/* Whether a proof of `count` hashes shows that `leaf` has `index` in the tree of `size` leaves and that root (RFC 9162
 * §2.1.3.2). */
bool merkle_inclusion_holds(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                            const struct merkle_hash *proof, size_t count, const struct merkle_hash *root);

/* The head of a tree. */
struct merkle_head {
    uint64_t size;
    struct merkle_hash root;
};

/* Whether a proof of `count` hashes shows that `second` begins with all of `first` (RFC 9162 §2.1.4.2). A first of size
 * 0 is refused: it would say nothing. */
bool merkle_consistency_holds(const struct merkle_head *first, const struct merkle_head *second,
                              const struct merkle_hash *proof, size_t count);

#endif
