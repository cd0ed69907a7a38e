#include "crypto/line.h"
#include "crypto/note.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(note, .init = vectors_start);

#define TEXT "first line\n\nthird line\n"
#define DASH "\xe2\x80\x94 "

static const uint8_t seed[KEY_BYTES] = {42};

/* A key pair by that name. The caller frees the secret. */
static struct secret_key *make_key(struct note_key *key, const char *name)
{
    uint8_t public_key[KEY_BYTES];
    struct secret_key *secret = secret_key_from_seed(seed);
    cr_assert_not_null(secret);
    secret_key_public(secret, public_key);
    cr_assert_eq(note_key_make(key, name, public_key), 0);
    return secret;
}

static void make_note(struct buf *out, struct note_key *key, const char *text)
{
    buf_init(out, NOTE_MAX + 100);
    struct secret_key *secret = make_key(key, "example.org/log");
    cr_assert_eq(note_sign(out, text, strlen(text), key, secret), 0);
    secret_key_free(secret);
}

static int open_text(const char *note, const struct note_key *key)
{
    size_t len;
    struct error error = {0};
    return note_open(note, strlen(note), key, &len, &error);
}

static int parse_key(const char *text, struct note_key *key)
{
    struct error error = {0};
    int result = note_key_parse(text, strlen(text), key, &error);
    cr_assert_eq(error.kind == ERROR_NONE, result == 0);
    return result;
}

static void check_vector(const struct json *vector, int *opened)
{
    const char *note = vectors_text(vector, "note");
    struct error error = {0};
    for (const struct json *v = json_first(json_member(vector, "vkey")); v != NULL; v = json_next(v)) {
        struct note_key key;
        struct buf back;
        size_t len;
        buf_init(&back, 400);
        cr_assert_eq(parse_key(json_text(v), &key), 0, "%s", json_text(v));
        note_key_put(&back, &key);
        cr_assert_str_eq(buf_text(&back), json_text(v));
        cr_assert_eq(note_open(note, strlen(note), &key, &len, &error), 0, "%s", error.text);
        cr_assert_eq(strncmp(note + len, "\n" DASH, 5), 0);
        buf_free(&back);
        ++*opened;
    }
}

Test(note, opens_those_of_c2sp_and_golang_and_no_malformed_one)
{
    struct json *document = vectors_load("signed-note/signed_notes.json");
    struct note_key key;
    int opened = 0, bad_keys = 0, malformed = 0;
    for (const struct json *v = json_first(json_member(document, "vectors")); v != NULL; v = json_next(v))
        check_vector(v, &opened);
    cr_assert_eq(opened, 4);
    for (const struct json *v = json_first(json_member(document, "bad_vkeys")); v != NULL; v = json_next(v), bad_keys++)
        cr_assert_eq(parse_key(json_text(v), &key), -1, "%s", json_text(v));
    cr_assert_eq(bad_keys, 2);

    cr_assert_eq(parse_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", &key), 0);
    for (const struct json *v = json_first(json_member(document, "malformed_notes")); v != NULL;
         v = json_next(v), malformed++)
        cr_assert_eq(open_text(json_text(v), &key), -1, "%s", json_text(v));
    cr_assert_eq(malformed, 6);
    json_free(document);
}

Test(note, is_refused_with_a_byte_that_is_no_utf_8)
{
    struct note_key key;
    struct buf note;
    const char *texts[] = {"\xff\n", "\xc3\x28\n", "\xed\xa0\x80\n", "tab\t\n", "\r\n", "\x1b[2J\n", "\n\x01\n"};
    make_note(&note, &key, TEXT);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf changed;
        buf_init(&changed, NOTE_MAX);
        buf_put_text(&changed, texts[i]);
        buf_put(&changed, note.data + strlen(TEXT), note.len - strlen(TEXT));
        struct error error = {0};
        size_t len;
        cr_assert_eq(note_split(changed.data, changed.len, &len, &error), -1);
        cr_assert_str_eq(error.text, "not lines of UTF-8 without control characters");
        buf_free(&changed);
    }
    buf_free(&note);
}

Test(note, that_was_signed_here_opens)
{
    struct note_key key;
    struct buf note;
    size_t len = 0;
    struct error error = {0};
    make_note(&note, &key, TEXT);
    cr_assert_eq(note_open(note.data, note.len, &key, &len, &error), 0, "%s", error.text);
    cr_assert_eq(len, strlen(TEXT));
    len = 0;
    cr_assert_eq(note_split(note.data, note.len, &len, &error), 0);
    cr_assert_eq(len, strlen(TEXT));
    buf_free(&note);
}

Test(note, is_not_made_of_what_is_no_text)
{
    static const char *const bad[] = {"", "no newline", "tab\t\n", "\xff\n", "cr\r\n"};
    struct note_key key;
    struct buf out;
    struct secret_key *secret = make_key(&key, "a");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        buf_init(&out, NOTE_MAX);
        cr_assert_eq(note_sign(&out, bad[i], strlen(bad[i]), &key, secret), -1);
        cr_assert_eq(out.len, 0);
        buf_free(&out);
    }
    buf_init(&out, 20);
    cr_assert_eq(note_sign(&out, TEXT, strlen(TEXT), &key, secret), -1, "no room");
    buf_free(&out);
    secret_key_free(secret);
}

Test(note, does_not_open_with_any_byte_changed)
{
    struct note_key key;
    struct buf note;
    make_note(&note, &key, TEXT);
    cr_assert_eq(open_text(note.data, &key), 0);
    for (size_t i = 0; i < note.len; i++) {
        note.data[i] ^= 1;
        cr_assert_eq(open_text(note.data, &key), -1, "byte %zu", i);
        note.data[i] ^= 1;
    }
    buf_free(&note);
}

Test(note, does_not_open_cut_short_or_with_more_behind)
{
    struct note_key key;
    struct buf note;
    size_t len;
    struct error error = {0};
    make_note(&note, &key, TEXT);
    for (size_t cut = 0; cut < note.len; cut++)
        cr_assert_eq(note_open(note.data, cut, &key, &len, &error), -1);
    for (const char *more = "\n x."; *more != '\0'; more++) {
        buf_put_char(&note, *more);
        cr_assert_eq(open_text(note.data, &key), -1);
        note.len--;
    }
    buf_free(&note);
}

/* The note with lines added after its signature. */
static int open_with(const char *lines, const struct note_key *key)
{
    struct note_key made;
    struct buf note;
    make_note(&note, &made, TEXT);
    buf_put_text(&note, lines);
    int result = open_text(note.data, !key ? &made : key);
    buf_free(&note);
    return result;
}

Test(note, passes_over_signatures_of_other_keys)
{
    cr_assert_eq(open_with(DASH "other/name TFRs4nE=\n", NULL), 0);
    cr_assert_eq(open_with(DASH "other AAAAAAA=\n" DASH "b\xc3\xa9"
                                "b AAAAAAAAAAAAAAAA\n",
                           NULL),
                 0);
    cr_assert_eq(open_with(DASH "example.org/log AAAAAAA=\n", NULL), 0, "the name alone makes it not ours");
}

Test(note, refuses_malformed_signature_lines_whosever_they_are)
{
    static const char *const bad[] = {
        DASH "other AAAAAA==\n",
        DASH "other AAAA\n",
        DASH "other \n",
        DASH "other\n",
        DASH " AAAAAAA=\n",
        DASH "AAAAAAA=\n",
        DASH "other AAAAAAA\n",
        DASH "other AAAAAAB=\n",
        DASH "other AAAAAAA= \n",
        DASH "other  AAAAAAA=\n",
        DASH "a b AAAAAAA=\n",
        DASH "a+b AAAAAAA=\n",
        "- other AAAAAAA=\n",
        "other AAAAAAA=\n",
        DASH "o\xc2\xa0o AAAAAAA=\n",
        DASH "o\xe3\x80\x80o AAAAAAA=\n",
        " " DASH "a AAAAAAA=\n",
        "\xe2\x80\x94"
        "a AAAAAAA=\n",
        DASH "other AAAA=AAA\n",
        DASH "other AAAAAA_=\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(open_with(bad[i], NULL), -1, "%s", bad[i]);
}

Test(note, is_refused_when_one_of_our_own_signatures_fails)
{
    struct note_key key;
    struct buf line;
    uint8_t bytes[NOTE_ID_BYTES + SIGNATURE_BYTES] = {0};
    struct secret_key *secret = make_key(&key, "example.org/log");
    memcpy(bytes, key.id, NOTE_ID_BYTES);
    for (size_t len = NOTE_ID_BYTES + 1; len <= sizeof bytes; len++) {
        buf_init(&line, 200);
        buf_put_text(&line, DASH "example.org/log ");
        line_put_base64(&line, bytes, len);
        buf_put_char(&line, '\n');
        cr_assert_eq(open_with(buf_text(&line), NULL), -1);
        buf_free(&line);
    }
    secret_key_free(secret);
}

Test(note, does_not_open_with_another_key_or_name)
{
    struct note_key key, other;
    uint8_t other_seed[KEY_BYTES] = {43}, public_key[KEY_BYTES];
    secret_key_free(make_key(&key, "example.org/other"));
    cr_assert_eq(open_with("", &key), -1, "the same key by another name");
    struct secret_key *secret = secret_key_from_seed(other_seed);
    secret_key_public(secret, public_key);
    cr_assert_eq(note_key_make(&other, "example.org/log", public_key), 0);
    cr_assert_eq(open_with("", &other), -1);
    memcpy(other.id, key.id, NOTE_ID_BYTES);
    cr_assert_eq(open_with("", &other), -1);
    secret_key_free(secret);
}

Test(note, may_bear_sixteen_large_signatures_and_not_be_longer_than_its_limit)
{
    static uint8_t large[4 + 4900];
    struct note_key key;
    struct buf note;
    size_t len;
    struct error error = {0};
    make_note(&note, &key, TEXT);
    for (int i = 0; i < 16; i++) {
        buf_put_text(&note, DASH "witness ");
        line_put_base64(&note, large, sizeof large);
        buf_put_char(&note, '\n');
    }
    cr_assert_eq(buf_check(&note), 0);
    cr_assert_eq(note_open(note.data, note.len, &key, &len, &error), 0, "%s", error.text);
    while (note.len < NOTE_MAX + 1)
        buf_put_char(&note, '\n');
    cr_assert_eq(note_open(note.data, note.len, &key, &len, &error), -1);
    cr_assert_str_eq(error.text, "note too long");
    buf_free(&note);
}

Test(note, key_is_named_by_utf_8_without_spaces_pluses_and_controls)
{
    static const char *const good[] = {"a", "example.org/log", "b\xc3\xa9guin", "\xe2\x80\x94",
                                       "burgerpanel/wind-2026"};
    static const char *const bad[] = {"",
                                      "a b",
                                      " a",
                                      "a+b",
                                      "+",
                                      "a\n",
                                      "a\tb",
                                      "\x7f\xff",
                                      "a\xc2\x85",
                                      "a\xc2\xa0z",
                                      "\xe1\x9a\x80",
                                      "\xe2\x80\x80",
                                      "\xe2\x80\x8a",
                                      "\xe2\x80\xa8",
                                      "\xe2\x80\xa9",
                                      "\xe2\x80\xaf",
                                      "\xe2\x81\x9f",
                                      "\xe3\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xc3"};
    char longest[257];
    struct note_key key;
    uint8_t public_key[KEY_BYTES] = {0};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_assert(note_name_is_good(good[i], strlen(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(note_name_is_good(bad[i], strlen(bad[i])), "%s", bad[i]);
        cr_assert_eq(note_key_make(&key, bad[i], public_key), -1);
    }
    cr_assert_not(note_name_is_good("a\0b", 3));
    memset(longest, 'a', sizeof longest);
    cr_assert(note_name_is_good(longest, 255));
    cr_assert_not(note_name_is_good(longest, 256));
    longest[255] = '\0';
    cr_assert_eq(note_key_make(&key, longest, public_key), 0);
    cr_assert_str_eq(key.name, longest);
}

#define GOOD_KEY "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

Test(note, key_is_read_in_its_one_form_only)
{
    static const char *const bad[] = {
        "",
        "+",
        "++",
        "+++",
        "example.com/log/testdata",
        "example.com/log/testdata+",
        "example.com/log/testdata+33d7b496",
        "example.com/log/testdata+33d7b496+",
        "+33d7b496+" GOOD_KEY,
        "example.com/log/testdata+33d7b497+" GOOD_KEY,
        "example.com/log/testdata+33D7B496+" GOOD_KEY,
        "example.com/log/testdata+33d7b49+" GOOD_KEY,
        "example.com/log/testdata+033d7b496+" GOOD_KEY,
        "example.com/log/testdatb+33d7b496+" GOOD_KEY,
        "example.com/log/testdata+33d7b496+" GOOD_KEY "\n",
        "example.com/log/testdata+33d7b496+" GOOD_KEY "=",
        "example.com/log/testdata+33d7b496+" GOOD_KEY "AAAA",
        "example.com/log/testdata+33d7b496 " GOOD_KEY,
        "example.com/log/testdata+33d7b496+AuHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
        "example.com/log testdata+33d7b496+" GOOD_KEY,
    };
    struct note_key key;
    cr_assert_eq(parse_key("example.com/log/testdata+33d7b496+" GOOD_KEY, &key), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(parse_key(bad[i], &key), -1, "%s", bad[i]);
    cr_assert_eq(note_key_parse(NULL, 0, &key, NULL), -1);
}

Test(note, key_of_small_order_is_refused_though_its_id_is_right)
{
    struct note_key key, read;
    struct buf text;
    struct error error = {0};
    const uint8_t identity[KEY_BYTES] = {1};
    buf_init(&text, 200);
    cr_assert_eq(note_key_make(&key, "a", identity), 0);
    note_key_put(&text, &key);
    cr_assert_eq(note_key_parse(text.data, text.len, &read, &error), -1);
    cr_assert_str_eq(error.text, "the key is no acceptable Ed25519 key");
    buf_free(&text);
}
