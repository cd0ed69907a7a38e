/* A few tiles, searched one after the other; the one unused for longest makes room. Knows no request. */
#include "collector/log/tiles.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/log/tree.h"
#include "crypto/tile.h"
#include <string.h>

#define TILES_CACHED 32
#define NODES (2 * TILE_WIDTH - 2) /* of the heights 0 to 7: 256, 128 … 2 */

struct cached_tile {
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
    struct cached_tile cached[TILES_CACHED];
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
static struct merkle_hash *nodes_at(struct cached_tile *cached, unsigned height)
{
    return &cached->nodes[2 * TILE_WIDTH - (2 * TILE_WIDTH >> height)];
}

/* The tile, or the place where it may go, which is then empty. */
static struct cached_tile *find_cached(struct tiles *tiles, const struct tile *tile)
{
    struct cached_tile *oldest = &tiles->cached[0];
    for (struct cached_tile *cached = tiles->cached; cached < tiles->cached + TILES_CACHED; cached++) {
        if (cached->width > 0 && cached->level == tile->level && cached->index == tile->index)
            return cached;
        if (cached->used < oldest->used)
            oldest = cached;
    }
    oldest->level = tile->level;
    oldest->index = tile->index;
    oldest->width = 0;
    return oldest;
}

/* Reads what the store has of the tile, at most `covered` hashes, and makes the inner hashes that are new. */
static int fill_cached(struct tiles *tiles, struct cached_tile *cached, unsigned wanted, unsigned covered)
{
    struct merkle_hash hashes[TILE_WIDTH];
    unsigned width = 0, known = cached->width;
    if (tree_read_tile(tiles->store, cached->level, cached->index, wanted, hashes, &width, &tiles->error) < 0)
        return -1;
    width = width < covered ? width : covered;
    memcpy(cached->nodes + known, hashes + known, (width - known) * sizeof *hashes);
    for (unsigned height = 1; height < TILE_HEIGHT; height++) {
        const struct merkle_hash *below = nodes_at(cached, height - 1);
        for (unsigned i = known >> height; i < width >> height; i++)
            merkle_node(&below[2 * i], &below[2 * i + 1], &nodes_at(cached, height)[i]);
    }
    cached->width = width;
    return 0;
}

static int tell_not_covered(struct tiles *tiles, unsigned level, uint64_t index)
{
    return error_set(&tiles->error, ERROR_REFUSED,
                     T("hash %u/%llu of the log is not under the checkpoint that it was asked for",
                       "hash %u/%llu van het logboek valt niet onder het checkpoint waarvoor die gevraagd is"),
                     level, (unsigned long long)index);
}

const struct error *tiles_error(const struct tiles *tiles)
{
    return &tiles->error;
}

int tiles_read(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    const struct tiles_under *under = context;
    struct tiles *tiles = under->tiles;
    struct tile tile;
    tile_locate(level, index, &tile);
    unsigned covered = tile_width_at(tile.level, tile.index, under->size);
    if (covered < tile.width)
        return tell_not_covered(tiles, level, index);
    struct cached_tile *cached = find_cached(tiles, &tile);
    if (cached->width < tile.width && fill_cached(tiles, cached, tile.width, covered) < 0)
        return -1;
    unsigned height = level % TILE_HEIGHT;
    cached->used = ++tiles->now;
    *out = nodes_at(cached, height)[index - (tile.index << (TILE_HEIGHT - height))];
    return 0;
}
