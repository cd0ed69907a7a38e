/* Half of a SHA-256, in base64url. */
#include "collector/http/tag.h"
#include <stdio.h>

void tag_of_hash(const uint8_t hash[static SHA256_BYTES], bool gzip, char tag[static TAG_SIZE])
{
    char encoded[BASE64URL_LENGTH(16) + 1];
    base64url_encode(hash, 16, encoded);
    snprintf(tag, TAG_SIZE, "\"%s%s\"", encoded, gzip ? "-gzip" : "");
}

void tag_of_bytes(const void *bytes, size_t len, bool gzip, char tag[static TAG_SIZE])
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(bytes, len, hash);
    tag_of_hash(hash, gzip, tag);
}
