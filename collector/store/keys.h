/* What every database keeps in the same form: the keys of folds and tiles, packed into one integer so that the
 * rows of a member, and those of a round, lie together. Below the backends. */
#ifndef COLLECTOR_STORE_KEYS_H
#define COLLECTOR_STORE_KEYS_H

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

#define ACTION_BITS 20
#define MEMBER_BITS 31
#define ROUND_BITS 12
#define MASK(bits) ((INT64_C(1) << (bits)) - 1)

/* The key of a current response; counters have round 0 and the round where a member would be. -1: more rounds, members
 * or actions than a key has room for. */
MUST_CHECK int key_pack(int64_t round, int64_t member, int64_t action, int64_t *key);

/* The key of a tile: those of one level lie together. A level is below 8, an index below 2^55. */
int64_t key_of_tile(unsigned level, uint64_t index);

#endif
