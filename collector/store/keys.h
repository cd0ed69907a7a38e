/* What every database keeps in the same form: the keys of folds and tiles, packed into one integer so that the
 * rows of a member, and those of a round, lie together, and the counters of a current response in some bytes.
 * Below the backends. */
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

#define SLOT_BYTES 3 /* that a slot takes at most */

/* Slots ascend, so each is kept as its distance from the one before, seven bits a byte, the last byte of each with bit
 * 7 clear: a byte a slot for most questionnaires. `out` has room for SLOT_BYTES a slot. Returns how many it took. */
size_t slots_pack(const uint16_t *slots, size_t count, uint8_t *out);

/* What current responses are unpacked into: as large as the largest so far. */
struct slot_list {
    uint16_t *list;
    size_t count, capacity;
};

/* Room for what `len` bytes unpack to. -1: no memory. */
MUST_CHECK int slots_reserve(struct slot_list *slots, size_t len);

/* After that. -1: no such packing. */
MUST_CHECK int slots_unpack(struct slot_list *slots, const uint8_t *bytes, size_t len);
void slots_free(struct slot_list *slots);

#endif
