/* Start-up, randomness and hashing; a thin wall around libsodium and nettle's SHA-256 (adr/035), so that no other room
 * includes them. */
#include "crypto/crypto.h"
#include "crypto/base64url.h"
#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

_Static_assert(SHA256_BYTES == SHA256_DIGEST_SIZE, "a SHA-256 has 32 bytes");
_Static_assert(KEYED_HASH_KEY_BYTES == crypto_shorthash_KEYBYTES, "a key of SipHash has 16 bytes");
_Static_assert(SHA512_BYTES == crypto_hash_sha512_BYTES, "a SHA-512 has 64 bytes");

int crypto_start(void)
{
    return sodium_init() < 0 ? -1 : 0;
}

void crypto_random(void *out, size_t len)
{
    randombytes_buf(out, len);
}

void crypto_random_id(char out[static RANDOM_ID_SIZE])
{
    uint8_t bytes[16];
    crypto_random(bytes, sizeof bytes);
    base64url_encode(bytes, sizeof bytes, out);
}

void crypto_sha256(const void *bytes, size_t len, uint8_t out[static SHA256_BYTES])
{
    struct sha256_ctx state;
    sha256_init(&state);
    sha256_update(&state, len, bytes);
    sha256_digest(&state, SHA256_BYTES, out);
    sodium_memzero(&state, sizeof state); /* it holds the last of the bytes, a token's or a code's */
}

void crypto_sha512(const void *bytes, size_t len, uint8_t out[static SHA512_BYTES])
{
    crypto_hash_sha512(out, bytes, len);
}

uint64_t crypto_keyed_hash(const uint8_t key[static KEYED_HASH_KEY_BYTES], const void *bytes, size_t len)
{
    uint64_t hash;
    uint8_t out[crypto_shorthash_BYTES];
    _Static_assert(sizeof hash == sizeof out, "it has 64 bits");
    crypto_shorthash(out, bytes, len, key);
    memcpy(&hash, out, sizeof hash);
    return hash;
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}
