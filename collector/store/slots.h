/* The counters that a current response counts in, in the few bytes in which every database keeps them. Below the
 * backends. */
#ifndef COLLECTOR_STORE_SLOTS_H
#define COLLECTOR_STORE_SLOTS_H

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

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
