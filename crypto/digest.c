/* nettle's state, which knows how much is still to come to a block. */
#include "crypto/digest.h"
#include "base/mem.h"
#include <nettle/sha2.h>

struct digest {
    struct sha256_ctx state;
};

struct digest *digest_new(void)
{
    struct digest *digest = mem_alloc(sizeof *digest);
    if (digest)
        sha256_init(&digest->state);
    return digest;
}

void digest_free(struct digest *digest)
{
    mem_free(digest);
}

void digest_add(struct digest *digest, const void *bytes, size_t len)
{
    sha256_update(&digest->state, len, bytes);
}

void digest_end(struct digest *digest, uint8_t out[static SHA256_BYTES])
{
    sha256_digest(&digest->state, SHA256_BYTES, out);
}
