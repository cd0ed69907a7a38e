/* SHA-256 of what comes in pieces. One thread at a time. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "crypto/crypto.h"

struct digest;

/* NULL when there is no memory. Free with digest_free. */
MUST_CHECK struct digest *digest_new(void);
void digest_free(struct digest *digest); /* NULL is fine */

void digest_add(struct digest *digest, const void *bytes, size_t len);

/* The hash of all that was added; nothing more is to be. */
void digest_end(struct digest *digest, uint8_t out[static SHA256_BYTES]);

#endif
