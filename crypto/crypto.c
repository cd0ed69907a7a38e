/* Start-up, randomness and hashing; a thin wall around libsodium, so that no other room includes it. */
#include "crypto/crypto.h"
#include "crypto/base64url.h"
#include <sodium.h>

_Static_assert(SHA256_BYTES == crypto_hash_sha256_BYTES, "a SHA-256 has 32 bytes");
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
    crypto_hash_sha256(out, bytes, len);
}

void crypto_sha512(const void *bytes, size_t len, uint8_t out[static SHA512_BYTES])
{
    crypto_hash_sha512(out, bytes, len);
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}
