/* Where stored hashes lie in tiles, and the paths of tiles: c2sp.org/tlog-tiles, height 8. The tile (level, index)
 * holds up to 256 stored hashes side by side: those of merkle level 8·level from index·256 on. Bytes in, values out.
 * Any thread. */
#ifndef CRYPTO_TILE_H
#define CRYPTO_TILE_H

#include "crypto/merkle.h"

#define TILE_HEIGHT 8
#define TILE_WIDTH 256 /* hashes in a full tile */
#define TILE_LEVELS (MERKLE_LEVELS / TILE_HEIGHT) /* levels of tiles that a tree can have */
#define TILE_PATH_SIZE 48 /* the longest path and a NUL */

struct tile {
    unsigned level; /* 0 to 63; from TILE_LEVELS up there is nothing in it */
    uint64_t index;
    unsigned width; /* hashes in it: 1 to 255, or TILE_WIDTH when full */
};

/* Reads `tile/<L>/<N>`, a full tile, or `tile/<L>/<N>.p/<W>`. -1 for anything else, among it any second way to write a
 * number, an N over 64 bits, and `tile/entries/...`. */
MUST_CHECK int tile_parse(const char *path, struct tile *out);

void tile_format(const struct tile *tile, char path[static TILE_PATH_SIZE]);

/* The number of hashes that the tile (level, index) has in a tree of `size` leaves: 0 to TILE_WIDTH. */
unsigned tile_width_at(unsigned level, uint64_t index, uint64_t size);

/* The tile that holds all that makes the stored hash (level, index), level below MERKLE_LEVELS; its width is the least
 * that does. */
void tile_locate(unsigned level, uint64_t index, struct tile *out);

/* The stored hash (level, index) from a tile, whose tile->width hashes are given. -1 when it is not in there. */
MUST_CHECK int tile_hash(const struct tile *tile, const struct merkle_hash *hashes, unsigned level, uint64_t index,
                         struct merkle_hash *out);

#endif
