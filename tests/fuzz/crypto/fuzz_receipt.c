/* Receipts (tlog-proof) of any bytes. What must hold: a receipt that was read is written to the same bytes, and through
 * JSON to the same again; its checkpoint has the form of a note; nothing but what the log's key has signed proves
 * anything. Then the bytes as a tree: each entry's own receipt proves it, and no other leaf. */
#include "base/json.h"
#include "crypto/receipt.h"
#include "tests/fuzz/fuzz.h"

#define LEAVES_MAX 64

static struct secret_key *secret;
static struct note_key key;

static void make_key(void)
{
    static const uint8_t seed[KEY_BYTES] = {2};
    uint8_t public_key[KEY_BYTES];
    fuzz_require(crypto_start() == 0);
    secret = secret_key_from_seed(seed);
    fuzz_require(secret != NULL);
    secret_key_public(secret, public_key);
    fuzz_require(note_key_make(&key, "burgerpanel/wau", public_key) == 0);
}

/* As api/outcomes has it: the inside of a JSON string, of a checkpoint that is such an inside already. */
static void write_as_json(const struct receipt *receipt, const char *text, size_t len)
{
    struct buf inside, out;
    struct receipt escaped = *receipt;
    buf_init(&inside, RECEIPT_MAX * 6);
    buf_init(&out, RECEIPT_MAX * 12);
    json_put_string(&inside, receipt->checkpoint, receipt->checkpoint_len);
    fuzz_require(buf_check(&inside) == 0);
    escaped.checkpoint = inside.data + 1;
    escaped.checkpoint_len = inside.len - 2;
    buf_put_char(&out, '"');
    receipt_put(&out, &escaped, "\\n");
    buf_put_char(&out, '"');
    fuzz_require(buf_check(&out) == 0);
    struct json *document = json_parse(out.data, out.len, NULL);
    fuzz_require(document && json_text(document) && strlen(json_text(document)) == len);
    fuzz_require(memcmp(json_text(document), text, len) == 0);
    json_free(document);
    buf_free(&inside);
    buf_free(&out);
}

static void read_receipt(const char *text, size_t len)
{
    struct receipt receipt;
    struct error error = {0};
    struct merkle_hash leaf;
    struct buf out;
    size_t text_len;
    merkle_leaf("x", 1, &leaf);
    if (receipt_parse(text, len, &receipt, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        fuzz_require(receipt_check(text, len, &leaf, &key, NULL, NULL) < 0);
        return;
    }
    fuzz_require(receipt.count <= MERKLE_PROOF_MAX);
    fuzz_require(note_split(receipt.checkpoint, receipt.checkpoint_len, &text_len, NULL) == 0);
    buf_init(&out, RECEIPT_MAX);
    receipt_put(&out, &receipt, "\n");
    fuzz_require(buf_check(&out) == 0 && out.len == len && memcmp(out.data, text, len) == 0);
    buf_free(&out);
    write_as_json(&receipt, text, len);
    fuzz_require(receipt_check(text, len, &leaf, &key, NULL, NULL) < 0);
}

/* A tree of so many leaves, each a byte; the receipt of one of them. */
static void prove(const uint8_t *data, size_t count, size_t index)
{
    struct merkle_hash leaves[LEAVES_MAX], other;
    struct merkle_edge edge;
    struct merkle_head head = {.size = count};
    struct receipt receipt = {.index = index};
    struct buf checkpoint, text;
    uint64_t proven;
    merkle_edge_init(&edge);
    for (size_t i = 0; i < count; i++)
        merkle_leaf(&data[i], 1, &leaves[i]);
    struct merkle_batch *batch = merkle_batch_new(&edge, leaves, count);
    fuzz_require(batch != NULL);
    merkle_batch_root(batch, &head.root);
    buf_init(&checkpoint, NOTE_MAX);
    buf_init(&text, RECEIPT_MAX);
    checkpoint_sign(&checkpoint, &head, &key, secret);
    receipt.count = (size_t)merkle_batch_prove(batch, index, receipt.proof);
    receipt.checkpoint = checkpoint.data;
    receipt.checkpoint_len = checkpoint.len;
    receipt_put(&text, &receipt, "\n");
    fuzz_require(buf_check(&text) == 0);
    fuzz_require(receipt_check(text.data, text.len, &leaves[index], &key, &proven, NULL) == 0 && proven == index);
    merkle_leaf("another", 7, &other);
    fuzz_require(receipt_check(text.data, text.len, &other, &key, &proven, NULL) < 0);
    merkle_batch_free(batch);
    buf_free(&checkpoint);
    buf_free(&text);
}

int fuzz_receipt(const uint8_t *data, size_t len)
{
    if (!secret)
        make_key();
    read_receipt((const char *)data, len);
    if (len > 0 && len <= LEAVES_MAX)
        prove(data, len, data[0] % len);
    return 0;
}
