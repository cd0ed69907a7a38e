/* Notes: written by the log, read by whoever holds its verifier key. */
#include "crypto/note.h"
#include "base/lang.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "crypto/line.h"
#include <sodium.h>
#include <string.h>

#define TYPE_ED25519 0x01
#define DASH "\xe2\x80\x94 " /* U+2014 and a space begin a signature line */
#define ID_DIGITS (2 * NOTE_ID_BYTES)

/* Keys. */

/* Unicode's White_Space beyond ASCII, as UTF-8. */
static const char *const spaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83",
    "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
    "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

static bool is_space(const char *at, size_t step)
{
    if (step == 1)
        return *at == ' ';
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (strlen(spaces[i]) == step && memcmp(spaces[i], at, step) == 0)
            return true;
    return false;
}

static bool is_control(char c)
{
    return (uint8_t)c < 0x20;
}

bool note_name_is_good(const char *name, size_t len)
{
    if (len == 0 || len >= NOTE_NAME_SIZE)
        return false;
    for (size_t i = 0, step; i < len; i += step) {
        step = utf8_step(name + i, len - i);
        if (step == 0 || is_control(name[i]) || name[i] == '+' || is_space(name + i, step))
            return false;
    }
    return true;
}

static void fill_key(struct note_key *key, const struct line *name, const uint8_t public_key[static KEY_BYTES])
{
    uint8_t bytes[NOTE_NAME_SIZE + 1 + KEY_BYTES], hash[SHA256_BYTES];
    memset(key, 0, sizeof *key);
    memcpy(key->name, name->text, name->len);
    memcpy(key->public_key, public_key, KEY_BYTES);
    memcpy(bytes, name->text, name->len);
    bytes[name->len] = '\n';
    bytes[name->len + 1] = TYPE_ED25519;
    memcpy(bytes + name->len + 2, public_key, KEY_BYTES);
    crypto_sha256(bytes, name->len + 2 + KEY_BYTES, hash);
    memcpy(key->id, hash, NOTE_ID_BYTES);
}

int note_key_make(struct note_key *out, const char *name, const uint8_t public_key[static KEY_BYTES])
{
    struct line text = {name, strlen(name)};
    if (!note_name_is_good(text.text, text.len))
        return -1;
    fill_key(out, &text, public_key);
    return 0;
}

int note_key_parse(const char *text, size_t len, struct note_key *out, struct error *error)
{
    const char *plus = len == 0 ? NULL : memchr(text, '+', len);
    struct line name = {text, !plus ? 0 : (size_t)(plus - text)};
    if (!plus || len < name.len + 1 + ID_DIGITS + 1 || !note_name_is_good(name.text, name.len) ||
        plus[1 + ID_DIGITS] != '+')
        return error_set(error, ERROR_REFUSED, "%s",
                         T("not of the form name+id+key", "niet van de vorm naam+id+sleutel"));
    uint8_t bytes[1 + KEY_BYTES];
    size_t rest = name.len + 1 + ID_DIGITS + 1;
    struct line base64 = {text + rest, len - rest};
    if (line_base64_exactly(&base64, bytes, sizeof bytes) < 0 || bytes[0] != TYPE_ED25519)
        return error_set(error, ERROR_REFUSED, "%s", T("not an Ed25519 key", "geen Ed25519-sleutel"));
    struct note_key key;
    char id[ID_DIGITS + 1];
    fill_key(&key, &name, bytes + 1);
    sodium_bin2hex(id, sizeof id, key.id, sizeof key.id);
    if (memcmp(id, plus + 1, ID_DIGITS) != 0)
        return error_set(error, ERROR_REFUSED, "%s", T("the id is not the key's", "het id is niet dat van de sleutel"));
    if (!key_is_acceptable(key.public_key))
        return error_set(error, ERROR_REFUSED, "%s",
                         T("the key is no acceptable Ed25519 key", "de sleutel is geen bruikbare Ed25519-sleutel"));
    *out = key;
    return 0;
}

void note_key_put(struct buf *out, const struct note_key *key)
{
    uint8_t bytes[1 + KEY_BYTES] = {TYPE_ED25519};
    char id[ID_DIGITS + 1];
    memcpy(bytes + 1, key->public_key, KEY_BYTES);
    sodium_bin2hex(id, sizeof id, key->id, sizeof key->id);
    buf_printf(out, "%s+%s+", key->name, id);
    line_put_base64(out, bytes, sizeof bytes);
}

/* Notes. */

/* Whether all is UTF-8 without control characters but newlines, and ends with one. */
static bool is_text(const char *text, size_t len)
{
    for (size_t i = 0, step; i < len; i += step) {
        step = utf8_step(text + i, len - i);
        if (step == 0 || (is_control(text[i]) && text[i] != '\n'))
            return false;
    }
    return len > 0 && text[len - 1] == '\n';
}

int note_sign(struct buf *out, const char *text, size_t len, const struct note_key *key,
              const struct secret_key *secret)
{
    uint8_t bytes[NOTE_ID_BYTES + SIGNATURE_BYTES];
    if (!is_text(text, len))
        return -1;
    memcpy(bytes, key->id, NOTE_ID_BYTES);
    secret_key_sign(secret, text, len, bytes + NOTE_ID_BYTES);
    buf_put(out, text, len);
    buf_printf(out, "\n" DASH "%s ", key->name);
    line_put_base64(out, bytes, sizeof bytes);
    buf_put_char(out, '\n');
    return buf_check(out);
}

/* One line of the second part of a note, taken apart. */
struct signature {
    struct line name;
    struct line base64; /* of a key id and a signature */
};

static int read_signature(struct line line, struct signature *out)
{
    if (!line_skip(&line, DASH))
        return -1;
    const char *space = memchr(line.text, ' ', line.len);
    if (!space)
        return -1;
    out->name = (struct line){line.text, (size_t)(space - line.text)};
    out->base64 = (struct line){space + 1, line.len - out->name.len - 1};
    return note_name_is_good(out->name.text, out->name.len) ? 0 : -1;
}

/* Whether the base64 is sound and of more bytes than a key id. Others' signatures are of any length, so it is read in
 * pieces of whole groups. */
static bool is_sound(struct line base64)
{
    uint8_t bytes[192];
    size_t count, total = 0;
    while (base64.len > 0) {
        struct line piece = {base64.text, base64.len < 256 ? base64.len : 256};
        base64.text += piece.len;
        base64.len -= piece.len;
        if (line_base64(&piece, bytes, sizeof bytes, &count) < 0 || (base64.len > 0 && count != sizeof bytes))
            return false;
        total += count;
    }
    return total > NOTE_ID_BYTES;
}

/* The place of the last empty line: that of the newline before it. NULL when there is none. */
static const char *find_separator(const char *note, size_t len)
{
    for (size_t i = len; i >= 2; i--)
        if (note[i - 1] == '\n' && note[i - 2] == '\n')
            return note + i - 2;
    return NULL;
}

/* Cuts a note in two at the last empty line. */
static int cut_note(const char *note, size_t len, struct line *text, struct line *signatures, struct error *error)
{
    if (len > NOTE_MAX)
        return error_set(error, ERROR_REFUSED, "%s", T("note too long", "de notitie is te lang"));
    if (!is_text(note, len))
        return error_set(error, ERROR_REFUSED, "%s",
                         T("not lines of UTF-8 without control characters", "geen regels UTF-8 zonder stuurtekens"));
    const char *separator = find_separator(note, len);
    if (!separator)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("no empty line before the signatures", "geen lege regel voor de handtekeningen"));
    *text = (struct line){note, (size_t)(separator - note) + 1};
    *signatures = (struct line){separator + 2, len - text->len - 1};
    return signatures->len > 0 ? 0 : error_set(error, ERROR_REFUSED, "%s", T("no signature", "geen handtekening"));
}

enum judgement { OF_ANOTHER_KEY, GOOD, BAD };

/* What a signature that read_signature and is_sound let pass is to `key`. */
static enum judgement judge_signature(const struct signature *signature, const struct note_key *key,
                                      const struct line *text)
{
    uint8_t bytes[NOTE_ID_BYTES + SIGNATURE_BYTES], head[6];
    struct line groups = {signature->base64.text, 8}; /* the id and a little more */
    size_t count;
    if (!line_is(&signature->name, key->name))
        return OF_ANOTHER_KEY;
    if (line_base64(&groups, head, sizeof head, &count) < 0 || memcmp(head, key->id, NOTE_ID_BYTES) != 0)
        return OF_ANOTHER_KEY;
    if (line_base64_exactly(&signature->base64, bytes, sizeof bytes) < 0)
        return BAD;
    return key_verify(key->public_key, bytes + NOTE_ID_BYTES, text->text, text->len) ? GOOD : BAD;
}

/* Walks the signature lines, to the end even where one has been found good: a bad one of the same key refuses the note.
 * Without a key, only their form. */
static int check_signatures(struct line lines, const struct note_key *key, const struct line *text, struct error *error)
{
    struct line line;
    struct signature signature;
    bool found = !key;
    while (line_next(&lines, &line)) {
        if (read_signature(line, &signature) < 0 || !is_sound(signature.base64))
            return error_set(error, ERROR_REFUSED, "%s",
                             T("malformed signature line", "een onjuist gevormde regel met een handtekening"));
        switch (!key ? OF_ANOTHER_KEY : judge_signature(&signature, key, text)) {
        case OF_ANOTHER_KEY:
            break;
        case GOOD:
            found = true;
            break;
        case BAD:
            return error_set(error, ERROR_REFUSED, "%s",
                             T("the signature does not verify", "de handtekening klopt niet"));
        }
    }
    return found ? 0
                 : error_set(error, ERROR_REFUSED, "%s",
                             T("not signed by this key", "niet ondertekend met deze sleutel"));
}

static int open_note(const char *note, size_t len, const struct note_key *key, size_t *text_len, struct error *error)
{
    struct line text = {NULL, 0}, signatures = {NULL, 0};
    if (cut_note(note, len, &text, &signatures, error) < 0 || check_signatures(signatures, key, &text, error) < 0)
        return -1;
    *text_len = text.len;
    return 0;
}

int note_split(const char *note, size_t len, size_t *text_len, struct error *error)
{
    return open_note(note, len, NULL, text_len, error);
}

int note_open(const char *note, size_t len, const struct note_key *key, size_t *text_len, struct error *error)
{
    return open_note(note, len, key, text_len, error);
}
