#include "crypto/checkpoint.h"
#include "crypto/line.h"
#include "crypto/tile.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(checkpoint, .init = vectors_start);

#define ORIGIN "burgerpanel/wind"
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static const uint8_t seed[KEY_BYTES] = {42};

static struct secret_key *make_key(struct note_key *key)
{
    uint8_t public_key[KEY_BYTES];
    struct secret_key *secret = secret_key_from_seed(seed);
    cr_assert_not_null(secret);
    secret_key_public(secret, public_key);
    cr_assert_eq(note_key_make(key, ORIGIN, public_key), 0);
    return secret;
}

static int parse(const char *text, struct merkle_head *head)
{
    size_t origin_len;
    struct error error = {0};
    int result = checkpoint_parse(text, strlen(text), head, &origin_len, &error);
    cr_assert_eq(error.kind == ERROR_NONE, result == 0);
    return result;
}

Test(checkpoint, that_was_signed_here_opens)
{
    static const uint64_t sizes[] = {0, 1, 12, 9007199254740993, UINT64_MAX};
    struct note_key key;
    struct secret_key *secret = make_key(&key);
    for (size_t i = 0; i < 5; i++) {
        struct merkle_head head = {.size = sizes[i]}, opened;
        struct buf note;
        struct error error = {0};
        merkle_leaf("xxxxx", i, &head.root);
        buf_init(&note, 1000);
        checkpoint_sign(&note, &head, &key, secret);
        cr_assert_eq(buf_check(&note), 0);
        cr_assert_eq(checkpoint_open(note.data, note.len, &key, &opened, &error), 0, "%s", error.text);
        cr_assert_eq(opened.size, sizes[i]);
        cr_assert(merkle_equal(&opened.root, &head.root));
        buf_free(&note);
    }
    secret_key_free(secret);
}

Test(checkpoint, has_three_lines_of_text_and_one_signature)
{
    struct note_key key;
    struct merkle_head head = {.size = 0};
    struct buf note;
    struct secret_key *secret = make_key(&key);
    merkle_empty(&head.root);
    buf_init(&note, 1000);
    checkpoint_sign(&note, &head, &key, secret);
    const char *want = ORIGIN "\n0\n" ROOT "\n\n\xe2\x80\x94 " ORIGIN " ";
    cr_assert_eq(strncmp(buf_text(&note), want, strlen(want)), 0, "%s", buf_text(&note));
    cr_assert_eq(note.len, strlen(want) + LINE_BASE64_LENGTH(68) + 1);
    buf_free(&note);
    buf_init(&note, 100);
    checkpoint_sign(&note, &head, &key, secret);
    cr_assert_eq(buf_check(&note), -1, "no room");
    buf_free(&note);
    secret_key_free(secret);
}

Test(checkpoint, of_another_origin_does_not_open_though_our_key_signed_it)
{
    static const char text[] = "burgerpanel/zon\n0\n" ROOT "\n", three[] = ORIGIN "\n0\n" ROOT "\n";
    struct note_key key;
    struct merkle_head head = {.size = 9};
    struct buf note;
    struct error error = {0};
    struct secret_key *secret = make_key(&key);
    buf_init(&note, 1000);
    cr_assert_eq(note_sign(&note, text, strlen(text), &key, secret), 0);
    cr_assert_eq(checkpoint_open(note.data, note.len, &key, &head, &error), -1);
    cr_assert_str_eq(error.text, "the origin is not that of the key");
    buf_reset(&note);
    cr_assert_eq(note_sign(&note, three + 1, strlen(three + 1), &key, secret), 0);
    cr_assert_eq(checkpoint_open(note.data, note.len, &key, &head, &error), -1);
    buf_reset(&note);
    cr_assert_eq(note_sign(&note, "free text\n", 10, &key, secret), 0);
    cr_assert_eq(checkpoint_open(note.data, note.len, &key, &head, &error), -1);
    cr_assert_eq(head.size, 9, "written on success only");
    buf_free(&note);
    secret_key_free(secret);
}

Test(checkpoint, text_may_have_extension_lines)
{
    struct merkle_head head;
    cr_assert_eq(parse(ORIGIN "\n5\n" ROOT "\n", &head), 0);
    cr_assert_eq(head.size, 5);
    cr_assert_eq(parse("any origin at all\n18446744073709551615\n" ROOT "\nmore\nand more\n", &head), 0);
    cr_assert_eq(head.size, UINT64_MAX);
}

Test(checkpoint, text_is_refused_in_any_other_form)
{
    static const char *const bad[] = {
        "",
        "\n",
        ORIGIN "\n",
        ORIGIN "\n5\n",
        ORIGIN "\n5\n" ROOT,
        "\n5\n" ROOT "\n",
        ORIGIN "\n\n" ROOT "\n",
        ORIGIN "\n05\n" ROOT "\n",
        ORIGIN "\n-5\n" ROOT "\n",
        ORIGIN "\n 5\n" ROOT "\n",
        ORIGIN "\n5 \n" ROOT "\n",
        ORIGIN "\n0x5\n" ROOT "\n",
        ORIGIN "\n18446744073709551616\n" ROOT "\n",
        ORIGIN "\n5\n\n",
        ORIGIN "\n5\n" ROOT " \n",
        ORIGIN "\n5\n " ROOT "\n",
        ORIGIN "\n5\n" ROOT "AAAA\n",
        ORIGIN "\n5\nAAAA\n",
        ORIGIN "\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        ORIGIN "\n5\n" ROOT "\n\n",
        ORIGIN "\n5\n" ROOT "\n\nmore\n",
        ORIGIN "\n5\n" ROOT "\nmore",
        ORIGIN "\r\n5\r\n" ROOT "\r\n",
        ORIGIN "\n5\n47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        ORIGIN "\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
    };
    struct merkle_head head;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(parse(bad[i], &head), -1, "%s", bad[i]);
}

/* The tree note of golang's sumdb has the three lines of a checkpoint; its origin is a fixed phrase. */
Test(checkpoint, text_of_sumdb_is_one)
{
    struct json *document = vectors_load("sumdb/tlog_note.json");
    const struct json *tree = json_member(document, "format_tree");
    const char *golden = vectors_text(tree, "golden"), *phrase = "go.sum database tree";
    struct error error = {0};
    struct merkle_head head;
    size_t origin_len;
    int bad = 0;
    cr_assert_eq(checkpoint_parse(golden, strlen(golden), &head, &origin_len, &error), 0);
    cr_assert_eq((int64_t)head.size, vectors_integer(tree, "n"));
    cr_assert(origin_len == strlen(phrase) && strncmp(golden, phrase, origin_len) == 0);
    for (const struct json *v = json_first(json_member(document, "bad_trees")); v != NULL; v = json_next(v)) {
        const char *text = json_text(v);
        bool taken = checkpoint_parse(text, strlen(text), &head, &origin_len, &error) == 0 &&
                     origin_len == strlen(phrase) && strncmp(text, phrase, origin_len) == 0;
        cr_assert_not(taken, "%s", text);
        bad++;
    }
    cr_assert_eq(bad, 3);
    json_free(document);
}

/* No keys are known for these; that they are well-formed is what can be said. */
Test(checkpoint, examples_of_c2sp_have_the_form)
{
    static const char *const names[] = {"c2sp/tlog-checkpoint_example.txt", "c2sp/tlog-cosignature_example.txt"};
    for (size_t i = 0; i < 2; i++) {
        struct buf note;
        struct merkle_head head;
        size_t len, origin_len;
        struct error error = {0};
        buf_init(&note, NOTE_MAX);
        vectors_read(names[i], &note);
        cr_assert_eq(note_split(note.data, note.len, &len, &error), 0, "%s", error.text);
        cr_assert_eq(checkpoint_parse(note.data, len, &head, &origin_len, &error), 0, "%s", error.text);
        cr_assert_eq(head.size, 20852163);
        cr_assert_eq(origin_len, strlen("example.com/behind-the-sofa"));
        buf_free(&note);
    }
}

#define TESTLOG_SIZE 15

/* Reads the entry bundle of the log when it had `size` entries, into leaf hashes. */
static void read_bundle(unsigned size, struct merkle_hash leaves[static TESTLOG_SIZE])
{
    char name[64];
    struct buf bundle;
    buf_init(&bundle, 65536);
    snprintf(name, sizeof name, "tessera-testlog/tile/entries/000.p/%u", size);
    vectors_read(name, &bundle);
    const uint8_t *at = (const uint8_t *)bundle.data, *end = at + bundle.len;
    for (unsigned i = 0; i < size; i++) {
        cr_assert_geq(end - at, 2);
        size_t len = (size_t)at[0] << 8 | at[1];
        cr_assert_geq((size_t)(end - at), 2 + len);
        merkle_leaf(at + 2, len, &leaves[i]);
        at += 2 + len;
    }
    cr_assert_eq(at, end);
    buf_free(&bundle);
}

static void check_tile(unsigned size, const struct merkle_hash leaves[static TESTLOG_SIZE])
{
    const struct tile tile = {0, 0, tile_width_at(0, 0, size)};
    char path[TILE_PATH_SIZE], name[100];
    struct buf bytes;
    buf_init(&bytes, 8192);
    tile_format(&tile, path);
    snprintf(name, sizeof name, "tessera-testlog/%s", path);
    vectors_read(name, &bytes);
    cr_assert_eq(bytes.len, size * sizeof leaves[0]);
    cr_assert_arr_eq(bytes.data, leaves, bytes.len);
    buf_free(&bytes);
}

static void check_testlog(const char *name, unsigned size, const struct note_key *key, struct merkle_head *head)
{
    struct merkle_hash leaves[TESTLOG_SIZE], root;
    struct buf note;
    struct error error = {0};
    buf_init(&note, NOTE_MAX);
    vectors_read(name, &note);
    cr_assert_eq(checkpoint_open(note.data, note.len, key, head, &error), 0, "%s: %s", name, error.text);
    cr_assert_eq(head->size, size);
    if (size > 0) {
        read_bundle(size, leaves);
        check_tile(size, leaves);
    }
    merkle_root(leaves, size, &root);
    cr_assert(merkle_equal(&root, &head->root), "%s", name);
    buf_free(&note);
}

Test(checkpoint, tiles_and_entries_of_the_tessera_log_agree_at_every_size)
{
    struct merkle_head heads[TESTLOG_SIZE + 1], last;
    struct note_key key;
    struct buf text;
    char name[64];
    struct error error = {0};
    buf_init(&text, 400);
    vectors_read("tessera-testlog/log_public_key.vkey", &text);
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    cr_assert_eq(note_key_parse(text.data, text.len, &key, &error), 0, "%s", error.text);
    unsigned count = 0;
    for (; count <= TESTLOG_SIZE; count++) {
        snprintf(name, sizeof name, "tessera-testlog/checkpoint.%u", count);
        check_testlog(name, count, &key, &heads[count]);
    }
    check_testlog("tessera-testlog/checkpoint", TESTLOG_SIZE, &key, &last);
    cr_assert_eq(count, 16);
    cr_assert(merkle_equal(&last.root, &heads[TESTLOG_SIZE].root));
    buf_free(&text);
}
