/* Receipts from a commit, or from stored hashes. Knows no store and signs nothing. */
#include "collector/log/proofs.h"
#include "base/json.h"
#include "base/mem.h"
#include <string.h>

/* The text between the quotes. */
static int escape_checkpoint(struct proofs *proofs)
{
    struct buf *json = &proofs->checkpoint_json;
    buf_init(json, RECEIPT_MAX);
    json_put_string(json, proofs->checkpoint, proofs->checkpoint_len);
    if (buf_check(json) < 0)
        return -1;
    json->len -= 2;
    memmove(json->data, json->data + 1, json->len);
    return 0;
}

static void destroy_proofs(void *value)
{
    struct proofs *proofs = value;
    merkle_batch_free(proofs->batch);
    mem_free(proofs->checkpoint);
    buf_free(&proofs->checkpoint_json);
    mem_free(proofs);
}

struct proofs *proofs_new(const struct merkle_head *head, const char *checkpoint, struct merkle_batch *batch)
{
    struct proofs *proofs = mem_calloc(1, sizeof *proofs);
    if (!proofs) {
        merkle_batch_free(batch);
        return NULL;
    }
    counted_init(&proofs->counted, destroy_proofs);
    proofs->head = *head;
    proofs->checkpoint_len = strlen(checkpoint);
    proofs->batch = batch;
    proofs->checkpoint = mem_copy_text(checkpoint, proofs->checkpoint_len);
    if (proofs->checkpoint && escape_checkpoint(proofs) == 0)
        return proofs;
    destroy_proofs(proofs);
    return NULL;
}

struct proofs *proofs_hold(struct proofs *proofs)
{
    return counted_hold(proofs);
}

void proofs_release(struct proofs *proofs)
{
    counted_release(proofs);
}

static int put_signed_receipt(struct buf *out, const struct proofs *proofs, struct receipt *receipt,
                              enum receipt_form form)
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
    return put_signed_receipt(out, proofs, &receipt, form);
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
    return put_signed_receipt(out, proofs, &receipt, form);
}

struct proofs *proofs_now(struct latest *latest)
{
    return latest_now(latest);
}
