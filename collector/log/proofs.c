/* Counting, and receipts from a commit or from stored hashes. */
#include "collector/log/proofs.h"
#include "base/json.h"
#include "base/latest.h"
#include "base/mem.h"
#include <stdatomic.h>
#include <string.h>

struct counted {
    struct proofs proofs;
    atomic_uint holders;
};

/* The text between the quotes. */
static int escape_checkpoint(struct proofs *proofs)
{
    struct buf *json = &proofs->checkpoint_json;
    buf_init(json, RECEIPT_MAX);
    json_put_string(json, proofs->checkpoint, proofs->checkpoint_len);
    if (buf_check(json))
        return -1;
    json->len -= 2;
    memmove(json->data, json->data + 1, json->len);
    return 0;
}

static void destroy(struct proofs *proofs)
{
    merkle_batch_free(proofs->batch);
    mem_free(proofs->checkpoint);
    buf_free(&proofs->checkpoint_json);
    mem_free(proofs);
}

struct proofs *proofs_new(const struct merkle_head *head, const char *checkpoint, struct merkle_batch *batch)
{
    struct counted *counted = mem_calloc(1, sizeof *counted);
    if (!counted) {
        merkle_batch_free(batch);
        return NULL;
    }
    struct proofs *proofs = &counted->proofs;
    atomic_init(&counted->holders, 1);
    *proofs = (struct proofs){.head = *head, .checkpoint_len = strlen(checkpoint), .batch = batch};
    proofs->checkpoint = mem_copy_text(checkpoint, proofs->checkpoint_len);
    if (proofs->checkpoint && escape_checkpoint(proofs) == 0)
        return proofs;
    destroy(proofs);
    return NULL;
}

struct proofs *proofs_hold(struct proofs *proofs)
{
    if (proofs)
        atomic_fetch_add_explicit(&((struct counted *)proofs)->holders, 1, memory_order_relaxed);
    return proofs;
}

void proofs_release(struct proofs *proofs)
{
    if (!proofs || atomic_fetch_sub_explicit(&((struct counted *)proofs)->holders, 1, memory_order_acq_rel) != 1)
        return;
    destroy(proofs);
}

static int put(struct buf *out, const struct proofs *proofs, struct receipt *receipt, enum receipt_form form)
{
    bool json = form == RECEIPT_JSON;
    receipt->checkpoint = json ? proofs->checkpoint_json.data : proofs->checkpoint;
    receipt->checkpoint_len = json ? proofs->checkpoint_json.len : proofs->checkpoint_len;
    receipt_put(out, receipt, json ? "\\n" : "\n");
    return buf_check(out);
}

int proofs_put_receipt(struct buf *out, const struct proofs *proofs, uint64_t index, enum receipt_form form)
{
    struct receipt receipt;
    int count = proofs->batch ? merkle_batch_prove(proofs->batch, index, receipt.proof) : -1;
    if (count < 0)
        return -1;
    receipt.index = index;
    receipt.count = (size_t)count;
    return put(out, proofs, &receipt, form);
}

int proofs_put_any_receipt(struct buf *out, const struct proofs *proofs, uint64_t index, enum receipt_form form,
                           merkle_read *read, void *context)
{
    struct receipt receipt;
    int count = merkle_prove_inclusion(index, proofs->head.size, read, context, receipt.proof);
    if (count < 0)
        return -1;
    receipt.index = index;
    receipt.count = (size_t)count;
    return put(out, proofs, &receipt, form);
}

/* The place. */

static void *hold(void *thing)
{
    return proofs_hold(thing);
}

static void release(void *thing)
{
    proofs_release(thing);
}

struct proofs_latest *proofs_latest_new(void)
{
    return (struct proofs_latest *)latest_new(hold, release);
}

void proofs_latest_free(struct proofs_latest *place)
{
    latest_free((struct latest *)place);
}

struct proofs *proofs_now(struct proofs_latest *place)
{
    return latest_now((struct latest *)place);
}

void proofs_replace(struct proofs_latest *place, struct proofs *next)
{
    latest_replace((struct latest *)place, next);
}
