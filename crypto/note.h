/* Signed notes and the keys that verify them: c2sp.org/signed-note, Ed25519 (type 0x01) alone. Knows no log. Bytes in,
 * values out. Any thread. Where reading fails, *error
 * (may be NULL) is ERROR_REFUSED with a phrase in English. */
#ifndef CRYPTO_NOTE_H
#define CRYPTO_NOTE_H

#include "base/error.h"
#include "crypto/key.h"

#define NOTE_MAX ((size_t)128 * 1024) /* bytes of a note; sixteen post-quantum signatures of others fit */
#define NOTE_NAME_SIZE 256 /* a key name of at most 255 bytes, and a NUL */
#define NOTE_ID_BYTES 4

/* A key that verifies notes. A plain value. */
struct note_key {
    char name[NOTE_NAME_SIZE];
    uint8_t id[NOTE_ID_BYTES]; /* SHA-256(name, newline, 0x01, public key), its first four bytes */
    uint8_t public_key[KEY_BYTES];
};

/* Whether a key may bear that name: 1 to 255 bytes of UTF-8 without Unicode space, plus or control character. */
bool note_name_is_good(const char *name, size_t len);

/* The key of that name. -1 when the name is not a good one. */
MUST_CHECK int note_key_make(struct note_key *out, const char *name, const uint8_t public_key[static KEY_BYTES]);

/* Reads `len` characters `name+id+key`: the id as 8 lower-case hexadecimal digits, the key as base64 of 0x01 and 32
 * bytes. -1, with *error: not of that form, an id that is not the key's, or a key that
 * key_is_acceptable refuses. */
MUST_CHECK int note_key_parse(const char *text, size_t len, struct note_key *out, struct error *error);

/* Appends the same. */
void note_key_put(struct buf *out, const struct note_key *key);

/* Appends the note of a text, signed: the text, an empty line, one signature line. `secret` is the secret half of
 * `key`. -1 when the text is none (it must end in a newline and be UTF-8 without other control characters) or `out`
 * can't take the note. */
MUST_CHECK int note_sign(struct buf *out, const char *text, size_t len, const struct note_key *key,
                         const struct secret_key *secret);

/* Whether `len` bytes have the form of a note, at most NOTE_MAX: a text, an empty line, one or more signature lines. 0,
 * with the length of the text (its last newline included); -1 with *error. Says nothing of who signed. */
MUST_CHECK int note_split(const char *note, size_t len, size_t *text_len, struct error *error);

/* note_split, then the signatures under `key`, of which there must be one and none may fail; those of other keys are
 * passed over. 0, with the length of the text, which may then be believed; -1 with *error. */
MUST_CHECK int note_open(const char *note, size_t len, const struct note_key *key, size_t *text_len,
                         struct error *error);

#endif
