/* Arithmetic alone: what it packs is written and read by each database in its own way. */
#include "collector/store/keys.h"
#include <string.h>

int key_pack(int64_t round, int64_t member, int64_t action, int64_t *key)
{
    if (round < 0 || round > MASK(ROUND_BITS) || member < 0 || member > MASK(MEMBER_BITS) || action < 0 ||
        action > MASK(ACTION_BITS))
        return -1;
    *key = round << (MEMBER_BITS + ACTION_BITS) | member << ACTION_BITS | action;
    return 0;
}

int64_t key_of_tile(unsigned level, uint64_t index)
{
    return (int64_t)((uint64_t)level << 56 | index);
}

void key_of_handout(int64_t last, uint8_t out[static SHA256_BYTES])
{
    memset(out, 0, SHA256_BYTES);
    for (unsigned i = 0; i < sizeof last; i++)
        out[SHA256_BYTES - 1 - i] = (uint8_t)((uint64_t)last >> (8 * i));
}

void key_of_part(unsigned part, uint8_t from[static SHA256_BYTES], uint8_t to[static SHA256_BYTES])
{
    memset(from, 0, SHA256_BYTES);
    memset(to, 0xff, SHA256_BYTES);
    from[0] = to[0] = (uint8_t)part;
}
