/* The signed envelope: a JWS in compact form (RFC 7515 §7.1) as PROTOCOL 3 narrows it. Knows no claim. Any thread. */
#ifndef CRYPTO_JWS_H
#define CRYPTO_JWS_H

#include "base/error.h"
#include "crypto/key.h"

#define JWS_MAX ((size_t)32 * 1024) /* characters of a compact JWS */

/* Points into the text that it was read from, which must outlive it. Lengths in characters. */
struct jws {
    const char *header; /* base64url */
    size_t header_len;
    const char *payload; /* base64url */
    size_t payload_len;
    size_t signed_len; /* what is signed: from `header`, the dot and the payload included */
    char kid[KID_SIZE]; /* "" when it is not KID_LENGTH characters long, and so no thumbprint */
    uint8_t signature[SIGNATURE_BYTES];
};

/* Splits `len` characters into three parts, strict base64url each, and decodes the signature; does not look at the
 * header: kid is "". -1: *error (may be NULL), ERROR_REFUSED with a phrase in English. */
MUST_CHECK int jws_split(const char *text, size_t len, struct jws *out, struct error *error);

/* jws_split, then the protected header: exactly `alg` (Ed25519 or EdDSA), `kid` and `typ`, each a string, and `typ` the
 * one given. -1 as above, also ERROR_MEMORY; a text longer than JWS_MAX is "longer than 32 KiB". */
MUST_CHECK int jws_parse(const char *text, size_t len, const char *typ, struct jws *out, struct error *error);

/* Whether the signature counts under this key (key_verify over the characters as received). */
bool jws_verify(const struct jws *jws, const uint8_t public_key[static KEY_BYTES]);

/* Appends the decoded payload. -1 when `out` can't take it. */
MUST_CHECK int jws_decode_payload(const struct jws *jws, struct buf *out);

/* Appends the compact JWS of `payload` with header {"alg":"Ed25519","kid":…,"typ":…}, kid the key's own thumbprint.
 * Whether all fitted is said by buf_check(out). */
void jws_sign(struct buf *out, const struct secret_key *key, const char *typ, const char *payload, size_t len);

/* How many bytes the payload of such a JWS may have at most for it not to be longer than JWS_MAX; the same for every
 * key. `typ` has no character that JSON escapes. */
size_t jws_payload_max(const char *typ);

#endif
