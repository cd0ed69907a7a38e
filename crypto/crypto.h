/* What of libsodium has no other home: start-up, random bytes, hashes. Bytes in, values out, no I/O. Any thread after
 * crypto_start. */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA512_BYTES 64
#define KEYED_HASH_KEY_BYTES 16
#define RANDOM_ID_SIZE 23 /* 16 random bytes as base64url, and a NUL */

/* To be called once before anything else of this room. -1 when libsodium can't start. */
MUST_CHECK int crypto_start(void);

void crypto_random(void *out, size_t len);

/* A `jti`: 22 base64url characters of 16 random bytes, and a NUL. */
void crypto_random_id(char out[static RANDOM_ID_SIZE]);

void crypto_sha256(const void *bytes, size_t len, uint8_t out[static SHA256_BYTES]);
void crypto_sha512(const void *bytes, size_t len, uint8_t out[static SHA512_BYTES]);

/* A hash that nobody can foresee who has not the key (SipHash-2-4): for tables that others choose the keys of. */
uint64_t crypto_keyed_hash(const uint8_t key[static KEYED_HASH_KEY_BYTES], const void *bytes, size_t len);

/* Whether `len` bytes are the same, in a time that does not depend on where they differ. */
bool crypto_equal(const void *a, const void *b, size_t len);

#endif
