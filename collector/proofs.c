/* Counting, and receipts from a commit or from stored hashes. */
#include "collector/proofs.h"
#include "base/mem.h"
#include "collector/place.h"
#include <stdatomic.h>
#include <string.h>

struct counted {
    struct proofs proofs;
    atomic_uint holders;
};

struct proofs *proofs_new(const struct merkle_head *head, const char *checkpoint, struct merkle_batch *batch)
{
    struct counted *counted = mem_calloc(1, sizeof *counted);
    size_t len = strlen(checkpoint);
    if (counted == NULL || (counted->proofs.checkpoint = mem_copy_text(checkpoint, len)) == NULL) {
        mem_free(counted);
        merkle_batch_free(batch);
        return NULL;
    }
    atomic_init(&counted->holders, 1);
    counted->proofs.head = *head;
    counted->proofs.checkpoint_len = len;
    counted->proofs.batch = batch;
    return &counted->proofs;
}

struct proofs *proofs_hold(struct proofs *proofs)
{
    if (proofs != NULL)
        atomic_fetch_add_explicit(&((struct counted *)proofs)->holders, 1, memory_order_relaxed);
    return proofs;
}

void proofs_release(struct proofs *proofs)
{
    if (proofs == NULL || atomic_fetch_sub_explicit(&((struct counted *)proofs)->holders, 1, memory_order_acq_rel) != 1)
        return;
    merkle_batch_free(proofs->batch);
    mem_free(proofs->checkpoint);
    mem_free(proofs);
}

int proofs_put_receipt(struct buf *out, const struct proofs *proofs, uint64_t index)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    int count = proofs->batch != NULL ? merkle_batch_prove(proofs->batch, index, proof) : -1;
    if (count < 0)
        return -1;
    receipt_put(out, index, proof, (size_t)count, proofs->checkpoint, proofs->checkpoint_len);
    return buf_check(out);
}

int proofs_put_any_receipt(struct buf *out, const struct proofs *proofs, uint64_t index, merkle_read *read, void *context)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    int count = merkle_prove_inclusion(index, proofs->head.size, read, context, proof);
    if (count < 0)
        return -1;
    receipt_put(out, index, proof, (size_t)count, proofs->checkpoint, proofs->checkpoint_len);
    return buf_check(out);
}

/* --- the place ------------------------------------------------------------------------------------------------------------- */

static void *hold(void *thing)
{
    return proofs_hold(thing);
}

static void release(void *thing)
{
    proofs_release(thing);
}

struct proofs_place *proofs_place_new(void)
{
    return (struct proofs_place *)place_new(hold, release);
}

void proofs_place_free(struct proofs_place *place)
{
    place_free((struct place *)place);
}

struct proofs *proofs_now(struct proofs_place *place)
{
    return place_now((struct place *)place);
}

void proofs_replace(struct proofs_place *place, struct proofs *next)
{
    place_replace((struct place *)place, next);
}
