/* See consistency.h. */
#include "client/log/consistency.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static enum consistency_verdict compare_roots(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return merkle_equal(a, b) ? CONSISTENCY_CONTINUES : CONSISTENCY_TWO_HISTORIES;
}

/* The proof did not hold. Either the newer tree had another root when it was as small as the older one, and the same
 * proof shows that; or the hashes are not of the newer tree at all. */
static enum consistency_verdict blame(const struct merkle_head *older, const struct merkle_head *newer,
                                      merkle_read *read, void *context)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    struct merkle_head then = {.size = older->size};
    int count = merkle_prove_consistency(older->size, newer->size, read, context, proof);
    if (count < 0 || merkle_root_at(older->size, read, context, &then.root) != 0)
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
    return blame(older, newer, read, context);
}

/* What was seen. */

int consistency_add(struct consistency_list *seen, const struct merkle_head *head, const char *checkpoint, size_t len)
{
    if (seen->count == seen->room) {
        size_t room = seen->room ? seen->room * 2 : 64;
        struct consistency_seen *list = mem_resize(seen->list, room, sizeof *list);
        if (!list)
            return -1;
        seen->list = list;
        seen->room = room;
    }
    char *copy = mem_copy_text(checkpoint, len);
    if (!copy)
        return -1;
    seen->list[seen->count++] = (struct consistency_seen){*head, copy, len};
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct merkle_head *x = &((const struct consistency_seen *)a)->head,
                             *y = &((const struct consistency_seen *)b)->head;
    if (x->size != y->size)
        return x->size > y->size ? 1 : -1;
    return memcmp(x->root.bytes, y->root.bytes, sizeof x->root.bytes);
}

void consistency_sort(struct consistency_list *seen)
{
    size_t kept = 0;
    if (seen->count > 1)
        qsort(seen->list, seen->count, sizeof *seen->list, compare);
    for (size_t i = 0; i < seen->count; i++) {
        if (kept > 0 && compare(&seen->list[kept - 1], &seen->list[i]) == 0)
            mem_free(seen->list[i].checkpoint);
        else
            seen->list[kept++] = seen->list[i];
    }
    seen->count = kept;
}

const struct consistency_seen *consistency_find_fork(const struct consistency_list *seen)
{
    for (size_t i = 1; i < seen->count; i++)
        if (seen->list[i - 1].head.size == seen->list[i].head.size)
            return &seen->list[i - 1];
    return NULL;
}

void consistency_free(struct consistency_list *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        mem_free(seen->list[i].checkpoint);
    mem_free(seen->list);
    *seen = (struct consistency_list){0};
}
