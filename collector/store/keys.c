/* Arithmetic alone: what it packs is written and read by each database in its own way. */
#include "collector/store/keys.h"

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
