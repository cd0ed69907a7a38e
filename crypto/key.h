/* Ed25519 keys (RFC 8032) as bytes, as JWK (RFC 8037) and by thumbprint (RFC 7638). Bytes in, values out. Any
 * thread. */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include "base/buf.h"
#include "base/json.h"
#include "crypto/crypto.h"
#include <stdbool.h>
#include <stdint.h>

#define KEY_BYTES 32 /* a public key, and a seed */
#define SIGNATURE_BYTES 64
#define KID_LENGTH 43 /* a SHA-256 thumbprint as base64url */
#define KID_SIZE (KID_LENGTH + 1)

/* Whether a public key may enrol (PROTOCOL 3): canonical, of the prime-order subgroup, not small-order. */
bool key_is_acceptable(const uint8_t public_key[static KEY_BYTES]);

/* The key's RFC 7638 SHA-256 thumbprint; as a kid, NUL-terminated. */
void key_thumbprint_bytes(const uint8_t public_key[static KEY_BYTES], uint8_t hash[static SHA256_BYTES]);
void key_thumbprint(const uint8_t public_key[static KEY_BYTES], char kid[static KID_SIZE]);

/* Puts {"crv":"Ed25519","kty":"OKP","x":"..."}. */
void key_put_jwk(struct buf *out, const uint8_t public_key[static KEY_BYTES]);

/* Reads a public JWK: an object with exactly kty "OKP", crv "Ed25519" and x, 32 bytes. -1 for anything else. Says
 * nothing of whether the key is acceptable. */
MUST_CHECK int key_read_jwk(const struct json *jwk, uint8_t public_key[static KEY_BYTES]);

/* Whether `signature` over `len` bytes counts under PROTOCOL 3, given an acceptable key: RFC 8032 §5.1.7 without
 * cofactor, S < L. */
bool key_verify(const uint8_t public_key[static KEY_BYTES], const uint8_t signature[static SIGNATURE_BYTES],
                const void *bytes, size_t len);

struct secret_key; /* in guarded memory; wiped when freed */

/* A new random key, or the key of a seed; NULL when there is no memory. Free with secret_key_free. */
MUST_CHECK struct secret_key *secret_key_new(void);
MUST_CHECK struct secret_key *secret_key_from_seed(const uint8_t seed[static KEY_BYTES]);
void secret_key_free(struct secret_key *key);

/* What a key file holds: the seed as base64url and a newline. The caller wipes it. */
#define SECRET_KEY_TEXT_SIZE (KID_LENGTH + 2) /* with a NUL */
void secret_key_put_text(const struct secret_key *key, char text[static SECRET_KEY_TEXT_SIZE]);

/* The key that such a text of `len` characters holds; NULL when it is none, or there is no memory. */
MUST_CHECK struct secret_key *secret_key_from_text(const char *text, size_t len);

void secret_key_public(const struct secret_key *key, uint8_t public_key[static KEY_BYTES]);

void secret_key_sign(const struct secret_key *key, const void *bytes, size_t len,
                     uint8_t signature[static SIGNATURE_BYTES]);

/* What of `len` bytes only who has the key can make, and whoever has it makes the same (BLAKE2b, keyed with the seed):
 * to be known again by, and by nobody else. */
#define SECRET_KEY_MAC_BYTES 16
void secret_key_mac(const struct secret_key *key, const void *bytes, size_t len,
                    uint8_t mac[static SECRET_KEY_MAC_BYTES]);

#endif
