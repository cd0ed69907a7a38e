/* 128 bits and the first 12 of their SHA-256; the key's seed is half of a SHA-512 over them and the panel. */
#include "panel/recovery.h"
#include "base/buf.h"
#include "base/crockford.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include <string.h>

#define BITS_BYTES CROCKFORD_BYTES(RECOVERY_CHARACTERS)
#define SEED_LABEL "burgerpanel member key v1\n"
#define SEED_TEXT_MAX ((size_t)512)

_Static_assert(RECOVERY_TEXT_SIZE == CROCKFORD_TEXT_SIZE(RECOVERY_CHARACTERS), "28 characters and three hyphens");

/* The bits of a code: the secret, twelve that check it, and four that are in no character. */
static void make_code_bits(const uint8_t secret[static RECOVERY_BYTES], uint8_t bits[static BITS_BYTES])
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(secret, RECOVERY_BYTES, hash);
    memcpy(bits, secret, RECOVERY_BYTES);
    bits[RECOVERY_BYTES] = hash[0];
    bits[RECOVERY_BYTES + 1] = hash[1] & 0xF0;
    mem_wipe(hash, sizeof hash);
}

void recovery_write(const uint8_t secret[static RECOVERY_BYTES], char out[static RECOVERY_TEXT_SIZE])
{
    uint8_t bits[BITS_BYTES];
    make_code_bits(secret, bits);
    crockford_write(bits, RECOVERY_CHARACTERS, out);
    mem_wipe(bits, sizeof bits);
}

int recovery_read(const char *typed, uint8_t secret[static RECOVERY_BYTES], struct error *error)
{
    uint8_t bits[BITS_BYTES], right[BITS_BYTES] = {0};
    int result = crockford_read(typed, RECOVERY_CHARACTERS, bits, error);
    if (result == 0)
        make_code_bits(bits, right);
    if (result == 0 && memcmp(bits, right, sizeof bits) != 0)
        result = error_set(error, ERROR_REFUSED, "%s",
                           T("one of its characters is not as it was shown; look at each again",
                             "een van de tekens is anders dan getoond is; kijk ze nog eens na"));
    if (result == 0)
        memcpy(secret, bits, RECOVERY_BYTES);
    mem_wipe(bits, sizeof bits);
    mem_wipe(right, sizeof right);
    return result;
}

struct secret_key *recovery_key(const uint8_t secret[static RECOVERY_BYTES], const char *panel)
{
    struct buf text;
    uint8_t hash[SHA512_BYTES];
    struct secret_key *key = NULL;
    buf_init(&text, SEED_TEXT_MAX);
    buf_expect(&text, SEED_TEXT_MAX);
    buf_put_text(&text, SEED_LABEL);
    buf_put(&text, secret, RECOVERY_BYTES);
    buf_put_text(&text, panel);
    if (buf_check(&text) == 0) {
        crypto_sha512(text.data, text.len, hash);
        key = secret_key_from_seed(hash);
        mem_wipe(hash, sizeof hash);
    }
    buf_wipe(&text);
    return key;
}
