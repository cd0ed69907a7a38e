/* The tiles of a tree, worked out from its leaves and held against those that a store has. Main thread. */
#ifndef COLLECTOR_BACKUP_MOVING_TILES_H
#define COLLECTOR_BACKUP_MOVING_TILES_H

#include "collector/backup/moving_state.h"

/* Of each level the tile that is being filled, and the place of it. Set by moving_tiles_init. */
struct moving_tiles {
    struct {
        uint64_t index;
        unsigned width;
        struct merkle_hash hashes[TILE_WIDTH];
    } levels[TILE_LEVELS];
};

void moving_tiles_init(struct moving_tiles *tiles);

/* Adds what merkle_edge_add has completed by a leaf. 0: the tiles that this fills are those of m->to. 1: one is not.
 * -1: *m->error. */
MUST_CHECK int moving_tiles_add(struct moving_tiles *tiles, struct moving *m,
                                const struct merkle_hash completed[static MERKLE_LEVELS], unsigned count);

/* The same of those that are not full, once all leaves have been added. */
MUST_CHECK int moving_tiles_end(const struct moving_tiles *tiles, struct moving *m);

#endif
