/* Strong entity tags (RFC 9110 §8.8.3), made from what a representation follows from. Any thread. */
#ifndef COLLECTOR_HTTP_TAG_H
#define COLLECTOR_HTTP_TAG_H

#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAG_SIZE (BASE64URL_LENGTH(16) + sizeof "\"-gzip\"") /* of a tag with its quotes and a NUL */

/* The tag of 16 bytes of a hash; the compressed form of the same has another. */
void tag_of_hash(const uint8_t hash[static SHA256_BYTES], bool gzip, char tag[static TAG_SIZE]);

/* The tag of a representation's own bytes. */
void tag_of_bytes(const void *bytes, size_t len, bool gzip, char tag[static TAG_SIZE]);

#endif
