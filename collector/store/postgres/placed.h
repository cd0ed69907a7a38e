/* Under which size the newest counters of an action lie and which tile of each level is the last, as far as a
 * handle has read or written them: what is taken away with the next writing, by its exact key. Knows no statement. */
#ifndef COLLECTOR_STORE_POSTGRES_PLACED_H
#define COLLECTOR_STORE_POSTGRES_PLACED_H

#include "base/compiler.h"
#include "base/hash.h"
#include "crypto/tile.h"
#include <stdint.h>

struct placed_counts;

struct last_tile {
    int64_t index; /* -1: not known */
    unsigned width;
};

struct placed {
    struct placed_counts *list;
    size_t count, capacity;
    struct hash index; /* of the list, by place */
    struct last_tile tiles[TILE_LEVELS];
};

void placed_init(struct placed *placed);

/* Frees all of it: nothing is known then. */
void placed_forget(struct placed *placed);

/* Notes where they lie now. -1: no memory. */
MUST_CHECK int placed_note(struct placed *placed, int64_t place, int64_t size);

/* -1: it is not known. */
int64_t placed_size(const struct placed *placed, int64_t place);

#endif
