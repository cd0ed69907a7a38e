/* Each pair is hashed, and the hashes are added up, which does not ask in which order. */
#include "collector/audit/links.h"
#include "crypto/crypto.h"
#include <string.h>

void links_add(struct links *links, int64_t index, int64_t before)
{
    const int64_t pair[2] = {index, before};
    uint64_t parts[SHA256_BYTES / sizeof(uint64_t)];
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(pair, sizeof pair, hash);
    memcpy(parts, hash, sizeof parts);
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        links->sums[i] += parts[i];
    links->count++;
}

bool links_same(const struct links *a, const struct links *b)
{
    return a->count == b->count && memcmp(a->sums, b->sums, sizeof a->sums) == 0;
}
