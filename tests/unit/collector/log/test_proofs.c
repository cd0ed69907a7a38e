/* What a commit proves: receipts of its own leaves and of any other, for as long as somebody holds it. */
#include "base/mem.h"
#include "collector/log/proofs.h"
#include "collector/log/tree.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

#define BEFORE 300
#define COUNT 20

static struct secret_key *secret;
static struct note_key key;

static void setup(void)
{
    uint8_t public_key[KEY_BYTES];
    kit_begin();
    secret = secret_key_new();
    cr_assert_not_null(secret);
    secret_key_public(secret, public_key);
    cr_assert_eq(note_key_make(&key, "example/log", public_key), 0);
}

static void teardown(void)
{
    secret_key_free(secret);
    kit_end();
}

TestSuite(proofs, .init = setup, .fini = teardown, .timeout = 60);

static void leaf_of(uint64_t index, struct merkle_hash *out)
{
    merkle_leaf(&index, sizeof index, out);
}

/* The proofs of a batch of COUNT leaves after BEFORE others. */
static struct proofs *make(void)
{
    struct merkle_hash unused[MERKLE_LEVELS], leaves[COUNT];
    struct merkle_edge edge;
    merkle_edge_init(&edge);
    for (uint64_t i = 0; i < BEFORE; i++) {
        leaf_of(i, &leaves[0]);
        merkle_edge_add(&edge, &leaves[0], unused);
    }
    for (uint64_t i = 0; i < COUNT; i++)
        leaf_of(BEFORE + i, &leaves[i]);
    struct merkle_batch *batch = merkle_batch_new(&edge, leaves, COUNT);
    cr_assert_not_null(batch);
    struct merkle_head head = {.size = BEFORE + COUNT};
    struct buf checkpoint;
    merkle_batch_root(batch, &head.root);
    buf_init(&checkpoint, NOTE_MAX);
    checkpoint_sign(&checkpoint, &head, &key, secret);
    cr_assert_eq(buf_check(&checkpoint), 0);
    struct proofs *proofs = proofs_new(&head, buf_text(&checkpoint), batch);
    cr_assert_not_null(proofs);
    buf_free(&checkpoint);
    return proofs;
}

static bool shows(const struct buf *receipt, uint64_t index)
{
    struct merkle_hash leaf;
    uint64_t found;
    leaf_of(index, &leaf);
    return receipt_check(receipt->data, receipt->len, &leaf, &key, &found, NULL) == 0 && found == index;
}

/* Stored hashes of the log above, each worked out anew. */
static int read_hash(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    (void)context;
    struct merkle_hash left, right;
    if (level == 0) {
        leaf_of(index, out);
        return 0;
    }
    if (read_hash(NULL, level - 1, 2 * index, &left) != 0 || read_hash(NULL, level - 1, 2 * index + 1, &right) != 0)
        return -1;
    merkle_node(&left, &right, out);
    return 0;
}

static int read_nothing(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    (void)context;
    (void)level;
    (void)index;
    (void)out;
    return -1;
}

Test(proofs, give_receipts_of_the_commit_alone)
{
    struct proofs *proofs = make();
    struct buf receipt;
    buf_init(&receipt, RECEIPT_MAX);
    for (uint64_t i = BEFORE; i < BEFORE + COUNT; i++) {
        buf_reset(&receipt);
        cr_assert_eq(proofs_put_receipt(&receipt, proofs, i, RECEIPT_TEXT), 0);
        cr_assert(shows(&receipt, i));
        cr_assert_not(shows(&receipt, i - 1));
    }
    static const uint64_t others[] = {0, BEFORE - 1, BEFORE + COUNT, UINT64_MAX};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        buf_reset(&receipt);
        cr_assert_eq(proofs_put_receipt(&receipt, proofs, others[i], RECEIPT_TEXT), -1);
        cr_assert_eq(receipt.len, 0);
    }
    buf_free(&receipt);
    proofs_release(proofs);
}

Test(proofs, give_receipts_of_any_leaf_from_stored_hashes)
{
    struct proofs *proofs = make();
    struct buf receipt;
    buf_init(&receipt, RECEIPT_MAX);
    for (uint64_t i = 0; i < BEFORE + COUNT; i++) {
        buf_reset(&receipt);
        cr_assert_eq(proofs_put_any_receipt(&receipt, proofs, i, RECEIPT_TEXT, read_hash, NULL), 0);
        cr_assert(shows(&receipt, i));
    }
    buf_reset(&receipt);
    cr_assert_eq(proofs_put_any_receipt(&receipt, proofs, BEFORE + COUNT, RECEIPT_TEXT, read_hash, NULL), -1);
    cr_assert_eq(proofs_put_any_receipt(&receipt, proofs, 3, RECEIPT_TEXT, read_nothing, NULL), -1);
    cr_assert_eq(receipt.len, 0);
    buf_free(&receipt);
    proofs_release(proofs);
}

Test(proofs, without_a_batch_prove_none_of_their_own)
{
    struct merkle_head head = {.size = 1};
    struct buf receipt;
    leaf_of(0, &head.root);
    struct proofs *proofs = proofs_new(&head, "checkpoint", NULL);
    cr_assert_not_null(proofs);
    cr_assert_eq(proofs->checkpoint_len, strlen("checkpoint"));
    buf_init(&receipt, RECEIPT_MAX);
    cr_assert_eq(proofs_put_receipt(&receipt, proofs, 0, RECEIPT_TEXT), -1);
    buf_free(&receipt);
    proofs_release(proofs);
}

Test(proofs, last_as_long_as_somebody_holds_them)
{
    struct latest *place = latest_new();
    cr_assert_not_null(place);
    cr_assert_null(proofs_now(place));
    struct proofs *first = make();
    latest_replace(place, first);
    struct proofs *held = proofs_now(place), *again = proofs_hold(held);
    cr_assert(held == first && again == first);
    latest_replace(place, make());
    struct proofs *second = proofs_now(place);
    cr_assert_neq(second, first);
    proofs_release(again);
    cr_assert_eq(held->head.size, BEFORE + COUNT);
    proofs_release(held);
    latest_free(place);
    cr_assert_eq(second->head.size, BEFORE + COUNT);
    proofs_release(second);
    proofs_release(NULL);
    cr_assert_null(proofs_hold(NULL));
}

Test(proofs, say_when_there_is_no_memory)
{
    struct merkle_head head = {.size = 0};
    struct buf receipt;
    for (unsigned n = 1; n <= 2; n++) {
        mem_fail_at(n);
        cr_assert_null(proofs_new(&head, "x", NULL));
    }
    mem_fail_at(1);
    cr_assert_null(latest_new());
    mem_fail_at(0);
    struct proofs *proofs = make();
    buf_init(&receipt, RECEIPT_MAX);
    mem_fail_at(1);
    cr_assert_eq(proofs_put_receipt(&receipt, proofs, BEFORE, RECEIPT_TEXT), -1);
    mem_fail_at(0);
    buf_free(&receipt);
    buf_init(&receipt, 40); /* a buffer that is too small */
    cr_assert_eq(proofs_put_receipt(&receipt, proofs, BEFORE, RECEIPT_TEXT), -1);
    buf_free(&receipt);
    proofs_release(proofs);
}
