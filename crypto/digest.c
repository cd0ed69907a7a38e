/* libsodium's state, which knows how much is still to come to a block. */
#include "crypto/digest.h"
#include "base/mem.h"
#include <sodium.h>

struct digest {
    crypto_hash_sha256_state state;
};

struct digest *digest_new(void)
{
    struct digest *digest = mem_alloc(sizeof *digest);
    if (digest)
        crypto_hash_sha256_init(&digest->state);
    return digest;
}

void digest_free(struct digest *digest)
{
    mem_free(digest);
}

void digest_add(struct digest *digest, const void *bytes, size_t len)
{
    crypto_hash_sha256_update(&digest->state, bytes, len);
}

void digest_end(struct digest *digest, uint8_t out[static SHA256_BYTES])
{
    crypto_hash_sha256_final(&digest->state, out);
}
