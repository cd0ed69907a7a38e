/* A few tiles, searched one after the other; the one unused for longest makes room. */
#include "collector/log/tiles.h"
#include "base/mem.h"
#include "collector/log/tree.h"
#include "crypto/tile.h"
#include <string.h>

#define HELD 32
#define NODES (2 * TILE_WIDTH - 2) /* of the heights 0 to 7: 256, 128 … 2 */

struct held {
    unsigned level;
    uint64_t index;
    unsigned width; /* hashes known; 0: an empty place */
    uint64_t used; /* when last */
    struct merkle_hash nodes[NODES];
};

struct tiles {
    struct store *store;
    struct error error; /* why the last reading failed */
    uint64_t now; /* counts uses */
    struct held held[HELD];
};

struct tiles *tiles_new(struct store *store)
{
    struct tiles *tiles = mem_calloc(1, sizeof *tiles);
    if (tiles)
        tiles->store = store;
    return tiles;
}

void tiles_free(struct tiles *tiles)
{
    mem_free(tiles);
}

/* Where the nodes of a height begin. */
static struct merkle_hash *nodes_at(struct held *held, unsigned height)
{
    return held->nodes + (2 * TILE_WIDTH - (2 * TILE_WIDTH >> height));
}

/* The tile, or the place where it may go, which is then empty. */
static struct held *find(struct tiles *tiles, const struct tile *tile)
{
    struct held *oldest = &tiles->held[0];
    for (struct held *held = tiles->held; held < tiles->held + HELD; held++) {
        if (held->width > 0 && held->level == tile->level && held->index == tile->index)
            return held;
        if (held->used < oldest->used)
            oldest = held;
    }
    oldest->level = tile->level;
    oldest->index = tile->index;
    oldest->width = 0;
    return oldest;
}

/* Reads what the store has of the tile, and makes the inner hashes that are new. */
static int fill(struct tiles *tiles, struct held *held, unsigned wanted)
{
    struct merkle_hash hashes[TILE_WIDTH];
    unsigned width = 0, known = held->width;
    if (tree_read_tile(tiles->store, held->level, held->index, wanted, hashes, &width, &tiles->error) < 0)
        return -1;
    memcpy(held->nodes + known, hashes + known, (width - known) * sizeof *hashes);
    for (unsigned height = 1; height < TILE_HEIGHT; height++) {
        const struct merkle_hash *below = nodes_at(held, height - 1);
        for (unsigned i = known >> height; i < width >> height; i++)
            merkle_node(&below[2 * i], &below[2 * i + 1], &nodes_at(held, height)[i]);
    }
    held->width = width;
    return 0;
}

const struct error *tiles_error(const struct tiles *tiles)
{
    return &tiles->error;
}

int tiles_read(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct tiles *tiles = context;
    struct tile tile;
    tile_locate(level, index, &tile);
    struct held *held = find(tiles, &tile);
    if (held->width < tile.width && fill(tiles, held, tile.width) < 0)
        return -1;
    unsigned height = level % TILE_HEIGHT;
    held->used = ++tiles->now;
    *out = nodes_at(held, height)[index - (tile.index << (TILE_HEIGHT - height))];
    return 0;
}
