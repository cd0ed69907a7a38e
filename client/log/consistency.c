/* One proof answers the good case; only where it fails is it asked why, by what the tree was when it was as small as
 * the older one. See consistency.h. */
#include "client/log/consistency.h"

static enum consistency_verdict compare_roots(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return merkle_equal(a, b) ? CONSISTENCY_CONTINUES : CONSISTENCY_TWO_HISTORIES;
}

/* The proof did not hold. Either the newer tree had another root when it was as small as the older one, and the same
 * proof shows that; or the hashes are not of the newer tree at all. */
static enum consistency_verdict find_blame(const struct merkle_head *older, const struct merkle_head *newer,
                                           merkle_read *read, void *context)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    struct merkle_head then = {.size = older->size};
    int count = merkle_prove_consistency(older->size, newer->size, read, context, proof);
    if (count < 0 || merkle_root_at(older->size, read, context, &then.root) < 0)
        return CONSISTENCY_UNREAD;
    return merkle_consistency_holds(&then, newer, proof, (size_t)count) ? CONSISTENCY_TWO_HISTORIES
                                                                        : CONSISTENCY_FALSE_TILES;
}

enum consistency_verdict consistency_continues(const struct merkle_head *older, const struct merkle_head *newer,
                                               merkle_read *read, void *context)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX], nothing;
    merkle_empty(&nothing);
    if (older->size == 0 && !merkle_equal(&older->root, &nothing))
        return CONSISTENCY_TWO_HISTORIES;
    if (older->size > newer->size)
        return CONSISTENCY_SMALLER;
    if (older->size == newer->size)
        return compare_roots(&older->root, &newer->root);
    if (older->size == 0)
        return CONSISTENCY_CONTINUES;
    int count = merkle_prove_consistency(older->size, newer->size, read, context, proof);
    if (count < 0)
        return CONSISTENCY_UNREAD;
    if (merkle_consistency_holds(older, newer, proof, (size_t)count))
        return CONSISTENCY_CONTINUES;
    return find_blame(older, newer, read, context);
}
