/* Signed notes, their keys and the checkpoints in them, of any bytes. What must hold: a note's text ends where its
 * empty line begins; a key that was read is written to the same characters; the origin, size and root of a checkpoint
 * are written to the lines that they were read from; a text that may be signed opens under its key, as it was, and with
 * any byte changed it does not; nothing that was not signed by the key opens under it. */
#include "base/mem.h"
#include "crypto/checkpoint.h"
#include "crypto/line.h"
#include "tests/fuzz/fuzz.h"

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

static void read_checkpoint(const char *text, size_t len)
{
    struct merkle_head head;
    size_t origin_len;
    struct error error = {0};
    if (checkpoint_parse(text, len, &head, &origin_len, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return;
    }
    struct buf again;
    buf_init(&again, len + 64);
    buf_put(&again, text, origin_len);
    buf_printf(&again, "\n%llu\n", (unsigned long long)head.size);
    line_put_base64(&again, head.root.bytes, sizeof head.root.bytes);
    buf_put_char(&again, '\n');
    fuzz_require(buf_check(&again) == 0 && again.len <= len && memcmp(again.data, text, again.len) == 0);
    buf_free(&again);
}

static void read_note(const char *note, size_t len)
{
    size_t text_len, opened_len;
    struct merkle_head head;
    struct error error = {0};
    if (note_split(note, len, &text_len, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        fuzz_require(note_open(note, len, &key, &opened_len, NULL) < 0);
        return;
    }
    fuzz_require(text_len > 0 && text_len < len && note[text_len - 1] == '\n' && note[text_len] == '\n');
    read_checkpoint(note, text_len);
    if (note_open(note, len, &key, &opened_len, NULL) == 0)
        fuzz_require(opened_len == text_len);
    if (checkpoint_open(note, len, &key, &head, NULL) == 0)
        fuzz_require(strncmp(note, key.name, strlen(key.name)) == 0 && note[strlen(key.name)] == '\n');
}

static void read_key(const char *text, size_t len)
{
    struct note_key read;
    struct error error = {0};
    struct buf out;
    if (note_key_parse(text, len, &read, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return;
    }
    fuzz_require(note_name_is_good(read.name, strlen(read.name)) && key_is_acceptable(read.public_key));
    buf_init(&out, len);
    note_key_put(&out, &read);
    fuzz_require(buf_check(&out) == 0 && out.len == len && memcmp(out.data, text, len) == 0);
    buf_free(&out);
}

static void sign_and_open(const uint8_t *data, size_t len)
{
    struct buf note;
    size_t text_len;
    buf_init(&note, NOTE_MAX + 1024);
    if (len > 0 && note_sign(&note, (const char *)data, len, &key, secret) == 0 && note.len <= NOTE_MAX) {
        fuzz_require(note_open(note.data, note.len, &key, &text_len, NULL) == 0);
        fuzz_require(text_len == len && memcmp(note.data, data, len) == 0);
        note.data[data[0] % len] ^= 1;
        fuzz_require(note_open(note.data, note.len, &key, &text_len, NULL) < 0);
    }
    buf_free(&note);
}

int fuzz_note(const uint8_t *data, size_t len)
{
    if (!secret)
        make_key();
    read_note((const char *)data, len);
    read_checkpoint((const char *)data, len);
    read_key((const char *)data, len);
    sign_and_open(data, len);
    return 0;
}
