/* What every database keeps in the same form: the keys of folds and tiles, packed into one integer so that the
 * rows of a member, and those of a round, lie together; and those of invitations that are being handed out. Below the
 * backends. */
#ifndef COLLECTOR_STORE_KEYS_H
#define COLLECTOR_STORE_KEYS_H

#include "base/compiler.h"
#include "crypto/crypto.h"
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

/* A handing out of invitations is a row among them: under this key, which no code hashes to, with the highest of its
 * numbers below 0 as its number, one of these as its state, and since when as its member. An unused invitation of it
 * has that number as its member. All such keys are below HANDOUT_BOUND, in hexadecimal. */
enum handout_state {
    HANDOUT_UNDER_WAY,
    HANDOUT_OPEN,
    HANDOUT_GIVEN_UP,
};
#define HANDOUT_BOUND "000000000000000000000000000000000000000000000001"
void key_of_handout(int64_t last, uint8_t out[static SHA256_BYTES]);

/* One of STORE_HANDOUT_PARTS: the rows from hash `from` to hash `to`. */
void key_of_part(unsigned part, uint8_t from[static SHA256_BYTES], uint8_t to[static SHA256_BYTES]);

#endif
