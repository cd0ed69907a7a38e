/* Base64url without padding (RFC 4648 §5, RFC 7515 §2), strict. Any thread. */
#ifndef CRYPTO_BASE64URL_H
#define CRYPTO_BASE64URL_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters that `len` bytes take, without a NUL. */
#define BASE64URL_LENGTH(len) (((size_t)(len)*4 + 2) / 3)

/* Appends the characters for `len` bytes. */
void base64url_put(struct buf *out, const void *bytes, size_t len);

/* Writes BASE64URL_LENGTH(len) characters and a NUL. */
void base64url_encode(const void *bytes, size_t len, char *out);

/* Whether `len` characters are what base64url_decode takes, without decoding them. */
bool base64url_is_valid(const char *text, size_t len);

/* Decodes `len` characters: no padding, no white space, no other alphabet, unused bits zero. 0 with the count of bytes
 * in *out_len, at most `cap`; -1 for anything else, when what stands at `out` means nothing. */
MUST_CHECK int base64url_decode(const char *text, size_t len, void *out, size_t cap, size_t *out_len);

/* The same where exactly `want` bytes must come out. */
MUST_CHECK int base64url_decode_exactly(const char *text, size_t len, void *out, size_t want);

#endif
