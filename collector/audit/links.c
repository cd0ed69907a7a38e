/* Each pair is hashed behind the salt, and the hashes are added up, which does not ask in which order. Without a salt
 * the sums could be aimed at: among many enough pairs of one's own making there are some that add up to any wanted. */
#include "collector/audit/links.h"
#include "crypto/crypto.h"
#include <string.h>

void links_init(struct links *links)
{
    *links = (struct links){.count = 0};
    crypto_random(links->salt, sizeof links->salt);
}

void links_init_like(struct links *links, const struct links *other)
{
    *links = (struct links){.count = 0};
    memcpy(links->salt, other->salt, sizeof links->salt);
}

void links_add(struct links *links, int64_t index, int64_t before)
{
    const int64_t pair[2] = {index, before};
    uint8_t salted[LINKS_SALT_BYTES + sizeof pair], hash[SHA256_BYTES]; /* of one block still */
    uint64_t parts[SHA256_BYTES / sizeof(uint64_t)];
    memcpy(salted, links->salt, LINKS_SALT_BYTES);
    memcpy(salted + LINKS_SALT_BYTES, pair, sizeof pair);
    crypto_sha256(salted, sizeof salted, hash);
    memcpy(parts, hash, sizeof parts);
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        links->sums[i] += parts[i];
    links->count++;
}

bool links_same(const struct links *a, const struct links *b)
{
    return a->count == b->count && memcmp(a->sums, b->sums, sizeof a->sums) == 0;
}
