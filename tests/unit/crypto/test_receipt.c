#include "crypto/receipt.h"
#include "tests/unit/crypto/small_log.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(receipt, .init = vectors_start);

#define HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define HEAD "c2sp.org/tlog-proof@v1\n"

static const uint8_t seed[KEY_BYTES] = {42};
static struct small_log small;

/* A small log with its key and its checkpoint, and a place for a receipt. */
struct bench {
    struct secret_key *secret;
    struct note_key key;
    struct buf checkpoint, text;
    struct error why;
};

static void bench_open(struct bench *b, uint64_t size)
{
    struct merkle_head head = {.size = size};
    uint8_t public_key[KEY_BYTES];
    small_log_init(&small, size);
    small_log_root(&small, 0, size, &head.root);
    b->why = (struct error){0};
    b->secret = secret_key_from_seed(seed);
    cr_assert_not_null(b->secret);
    secret_key_public(b->secret, public_key);
    cr_assert_eq(note_key_make(&b->key, "burgerpanel/wind", public_key), 0);
    buf_init(&b->checkpoint, NOTE_MAX);
    buf_init(&b->text, 2 * RECEIPT_MAX);
    checkpoint_sign(&b->checkpoint, &head, &b->key, b->secret);
    cr_assert_eq(buf_check(&b->checkpoint), 0);
}

static void bench_close(struct bench *b)
{
    secret_key_free(b->secret);
    buf_free(&b->checkpoint);
    buf_free(&b->text);
}

static void write_receipt(struct bench *b, uint64_t index)
{
    struct receipt receipt = {.index = index, .checkpoint = b->checkpoint.data, .checkpoint_len = b->checkpoint.len};
    int count = merkle_prove_inclusion(index, small.size, small_log_read, &small, receipt.proof);
    cr_assert_geq(count, 0);
    receipt.count = (size_t)count;
    buf_reset(&b->text);
    receipt_put(&b->text, &receipt, "\n");
    cr_assert_eq(buf_check(&b->text), 0);
}

static int check(struct bench *b, const struct merkle_hash *leaf)
{
    return receipt_check(b->text.data, b->text.len, leaf, &b->key, NULL, &b->why);
}

/* Whether a head, to which the bench's checkpoint is added, parses. */
static int parse_head(struct bench *b, const char *head, struct receipt *out)
{
    buf_reset(&b->text);
    buf_put_text(&b->text, head);
    buf_put(&b->text, b->checkpoint.data, b->checkpoint.len);
    return receipt_parse(b->text.data, b->text.len, out, &b->why);
}

Test(receipt, shows_that_its_entry_and_no_other_is_in_the_log)
{
    struct bench b;
    for (uint64_t size = 1; size <= 34; size += 3) {
        bench_open(&b, size);
        for (uint64_t index = 0; index < size; index++) {
            uint64_t told = UINT64_MAX;
            write_receipt(&b, index);
            cr_assert_eq(receipt_check(b.text.data, b.text.len, &small.stored[0][index], &b.key, &told, &b.why), 0,
                         "%s", b.why.text);
            cr_assert_eq(told, index);
            if (size == 1)
                continue;
            cr_assert_eq(check(&b, &small.stored[0][(index + 1) % size]), -1);
            cr_assert_str_eq(b.why.text, "the proof does not lead from the entry to the checkpoint");
        }
        bench_close(&b);
    }
}

Test(receipt, has_the_lines_of_tlog_proof)
{
    struct bench b;
    struct receipt receipt;
    bench_open(&b, 3);
    write_receipt(&b, 2);
    const char *want = HEAD "index 2\n";
    cr_assert_eq(strncmp(b.text.data, want, strlen(want)), 0);
    cr_assert_eq(b.text.len, strlen(want) + 45 + 1 + b.checkpoint.len);
    cr_assert_eq(receipt_parse(b.text.data, b.text.len, &receipt, &b.why), 0, "%s", b.why.text);
    cr_assert_eq(receipt.index, 2);
    cr_assert_eq(receipt.count, 1);
    cr_assert_eq(receipt.checkpoint_len, b.checkpoint.len);
    cr_assert_arr_eq(receipt.checkpoint, b.checkpoint.data, b.checkpoint.len);
    bench_close(&b);
}

Test(receipt, shows_nothing_with_any_byte_changed_or_missing)
{
    struct bench b;
    bench_open(&b, 13);
    write_receipt(&b, 9);
    for (size_t i = 0; i < b.text.len; i++) {
        b.text.data[i] ^= 1;
        cr_assert_eq(check(&b, &small.stored[0][9]), -1, "byte %zu", i);
        b.text.data[i] ^= 1;
        cr_assert_eq(receipt_check(b.text.data, i, &small.stored[0][9], &b.key, NULL, &b.why), -1, "cut at %zu", i);
    }
    cr_assert_eq(check(&b, &small.stored[0][9]), 0);
    bench_close(&b);
}

Test(receipt, of_another_log_shows_nothing)
{
    struct bench b;
    uint8_t other[KEY_BYTES] = {1, 2};
    bench_open(&b, 13);
    write_receipt(&b, 9);
    struct secret_key *secret = secret_key_from_seed(other);
    secret_key_public(secret, other);
    cr_assert_eq(note_key_make(&b.key, "burgerpanel/wind", other), 0);
    cr_assert_eq(check(&b, &small.stored[0][9]), -1);
    cr_assert_str_eq(b.why.text, "not signed by this key");
    secret_key_free(secret);
    bench_close(&b);
}

Test(receipt, is_refused_in_any_other_form)
{
    static const char *const bad[] = {
        "",
        "index 0\n\n",
        HEAD "\n",
        HEAD "index 0\n",
        HEAD "index 0\n" HASH,
        HEAD "index 00\n\n",
        HEAD "index 01\n\n",
        HEAD "index -1\n\n",
        HEAD "index  1\n\n",
        HEAD "index 1 \n\n",
        HEAD "index\n\n",
        HEAD "index \n\n",
        HEAD "Index 1\n\n",
        HEAD "index 18446744073709551616\n\n",
        HEAD "extra AAAA\nindex 0\n\n",
        HEAD "extra \nindex 0\n\n",
        HEAD "index 0\nextra AAAA\n\n",
        HEAD "index 0\nAAAA\n\n",
        HEAD "index 0\n " HASH "\n",
        HEAD "index 0\n" HASH "\n\n",
        HEAD "index 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n\n",
        HEAD "index 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r\n\n",
        HEAD "index 0\r\n\n",
        "c2sp.org/tlog-proof@v2\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1 \nindex 0\n\n",
        "\xef\xbb\xbf" HEAD "index 0\n\n",
        " " HEAD "index 0\n\n",
    };
    struct bench b;
    struct receipt receipt;
    bench_open(&b, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(parse_head(&b, bad[i], &receipt), -1, "%s", bad[i]);
    cr_assert_eq(parse_head(&b, HEAD "index 0\n\n", &receipt), 0, "%s", b.why.text);
    cr_assert_eq(parse_head(&b, HEAD "index 18446744073709551615\n" HASH "\n", &receipt), 0, "%s", b.why.text);
    cr_assert_eq(receipt.count, 1);
    bench_close(&b);
}

Test(receipt, has_at_most_64_hashes_and_a_bounded_length)
{
    struct bench b;
    struct receipt receipt;
    bench_open(&b, 1);
    struct receipt longest = {
        .index = 5, .count = MERKLE_PROOF_MAX, .checkpoint = b.checkpoint.data, .checkpoint_len = b.checkpoint.len};
    receipt_put(&b.text, &longest, "\n");
    cr_assert_eq(receipt_parse(b.text.data, b.text.len, &receipt, &b.why), 0);
    cr_assert_eq(receipt.count, MERKLE_PROOF_MAX);
    buf_reset(&b.text);
    buf_put_text(&b.text, HEAD "index 5\n");
    for (size_t i = 0; i <= MERKLE_PROOF_MAX; i++)
        buf_put_text(&b.text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    buf_printf(&b.text, "\n%s", b.checkpoint.data);
    cr_assert_eq(receipt_parse(b.text.data, b.text.len, &receipt, &b.why), -1);
    cr_assert_str_eq(b.why.text, "proof too long");
    while (b.text.len <= RECEIPT_MAX)
        buf_put_char(&b.text, 'x');
    cr_assert_eq(receipt_parse(b.text.data, b.text.len, &receipt, &b.why), -1);
    cr_assert_str_eq(b.why.text, "receipt too long");
    bench_close(&b);
}

/* Its signatures are elided with [...], and it has an extra line: refused with that line and without. */
Test(receipt, example_of_c2sp_is_refused)
{
    struct buf text, rest;
    struct receipt receipt;
    struct error error = {0};
    const char *index;
    buf_init(&text, RECEIPT_MAX);
    buf_init(&rest, RECEIPT_MAX);
    vectors_read("c2sp/tlog-proof_example_syntax.txt", &text);
    cr_assert_eq(receipt_parse(text.data, text.len, &receipt, &error), -1);
    cr_assert_str_eq(error.text, "second line is no index");
    index = strstr(buf_text(&text), "index ");
    cr_assert_not_null(index);
    buf_put_text(&rest, HEAD);
    buf_put_text(&rest, index);
    cr_assert_eq(receipt_parse(rest.data, rest.len, &receipt, &error), -1);
    cr_assert_str_eq(error.text, "malformed signature line");
    buf_free(&text);
    buf_free(&rest);
}
