/* A list by size and root, so that what contradicts each other stands side by side. See seen.h. */
#include "client/log/seen.h"
#include "base/list.h"
#include "base/mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int seen_add(struct seen_list *seen, const struct merkle_head *head, const struct slice *checkpoint)
{
    struct seen_checkpoint *list = list_grow(seen->list, seen->count, &seen->capacity, sizeof *list);
    if (!list)
        return -1;
    seen->list = list;
    char *text = mem_copy_text(checkpoint->text, checkpoint->len);
    if (!text)
        return -1;
    seen->list[seen->count++] = (struct seen_checkpoint){*head, text, checkpoint->len};
    return 0;
}

struct gathering {
    struct seen_list *seen;
    const struct note_key *key;
    const struct seen_listener *listener;
};

static int gather_receipt(void *context, const struct member_receipt *receipt)
{
    struct gathering *gathering = context;
    struct receipts_proof proof;
    struct error wrong = {0};
    bool holds = receipts_check(receipt, gathering->key, &proof, &wrong) == 0;
    if (gathering->listener)
        gathering->listener->receipt_checked(gathering->listener->context, receipt, &wrong);
    if (!holds || seen_add(gathering->seen, &proof.head, &proof.checkpoint) == 0)
        return 0;
    errno = ENOMEM;
    return -1;
}

int seen_gather(struct seen_list *seen, const struct profile *profile, const struct seen_listener *listener)
{
    const struct pin *pin = profile->pin;
    struct gathering gathering = {seen, &pin->key, listener};
    struct slice pinned = {pin->checkpoint, pin->checkpoint_len};
    if (receipts_each(profile, gather_receipt, &gathering) != 0)
        return -1;
    if (seen_add(seen, &pin->head, &pinned) < 0) {
        errno = ENOMEM;
        return -1;
    }
    seen_sort(seen);
    return 0;
}

static int compare_heads(const void *a, const void *b)
{
    const struct merkle_head *x = &((const struct seen_checkpoint *)a)->head,
                             *y = &((const struct seen_checkpoint *)b)->head;
    if (x->size != y->size)
        return x->size > y->size ? 1 : -1;
    return memcmp(x->root.bytes, y->root.bytes, sizeof x->root.bytes);
}

void seen_sort(struct seen_list *seen)
{
    size_t distinct = 0;
    if (seen->count > 1)
        qsort(seen->list, seen->count, sizeof *seen->list, compare_heads);
    for (size_t i = 0; i < seen->count; i++) {
        if (distinct > 0 && compare_heads(&seen->list[distinct - 1], &seen->list[i]) == 0)
            mem_free(seen->list[i].text);
        else
            seen->list[distinct++] = seen->list[i];
    }
    seen->count = distinct;
}

const struct seen_checkpoint *seen_find_fork(const struct seen_list *seen)
{
    for (size_t i = 1; i < seen->count; i++)
        if (seen->list[i - 1].head.size == seen->list[i].head.size)
            return &seen->list[i - 1];
    return NULL;
}

void seen_free(struct seen_list *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        mem_free(seen->list[i].text);
    mem_free(seen->list);
    *seen = (struct seen_list){0};
}
