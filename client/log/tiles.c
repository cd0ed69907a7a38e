/* See tiles.h. */
#include "client/log/tiles.h"
#include "base/clock.h"
#include "base/mem.h"
#include <string.h>

struct entry {
    struct tile tile;
    struct merkle_hash *hashes; /* tile.width of them; NULL while there is none */
};

struct tiles {
    struct http *http;
    uint64_t size;
    struct http_answer *answer;
    int64_t started_us;
    struct entry kept[TILES_KEPT]; /* each tile has one place */
};

struct tiles *tiles_new(struct http *http, uint64_t size, struct http_answer *answer)
{
    struct tiles *tiles = mem_calloc(1, sizeof *tiles);
    if (!tiles)
        return NULL;
    tiles->http = http;
    tiles->size = size;
    tiles->answer = answer;
    tiles->started_us = clock_monotonic_us();
    return tiles;
}

void tiles_free(struct tiles *tiles)
{
    if (!tiles)
        return;
    for (size_t i = 0; i < TILES_KEPT; i++)
        mem_free(tiles->kept[i].hashes);
    mem_free(tiles);
}

static struct entry *place_of(struct tiles *tiles, const struct tile *tile)
{
    return &tiles->kept[(tile->index * TILE_LEVELS + tile->level) % TILES_KEPT];
}

static int ask(struct tiles *tiles, const struct tile *tile, size_t len)
{
    char path[TILE_PATH_SIZE + 8] = "/log/";
    if (clock_monotonic_us() - tiles->started_us > TILES_PATIENCE_S * INT64_C(1000000))
        return -1;
    tile_format(tile, path + strlen(path));
    struct http_request request = {.path = path, .answer_max = len};
    enum http_outcome outcome = http_do(tiles->http, &request, tiles->answer);
    return outcome == HTTP_DONE && tiles->answer->status == 200 && tiles->answer->body.len == len ? 0 : -1;
}

/* A partial tile may be gone once the full one is there (tlog-tiles, "Partial tiles"): its first hashes are the
 * same. */
static int fetch(struct tiles *tiles, const struct tile *tile)
{
    struct tile full = {tile->level, tile->index, TILE_WIDTH};
    if (ask(tiles, tile, tile->width * sizeof(struct merkle_hash)) == 0)
        return 0;
    if (tile->width == TILE_WIDTH || tiles->answer->transfer != TRANSFER_ANSWERED || tiles->answer->status != 404)
        return -1;
    return ask(tiles, &full, TILE_WIDTH * sizeof(struct merkle_hash));
}

static struct entry *get(struct tiles *tiles, const struct tile *tile)
{
    struct entry *entry = place_of(tiles, tile);
    if (entry->hashes && entry->tile.level == tile->level && entry->tile.index == tile->index)
        return entry;
    if (fetch(tiles, tile) < 0)
        return NULL;
    struct merkle_hash *hashes = mem_calloc(tile->width, sizeof *hashes);
    if (!hashes)
        return NULL;
    memcpy(hashes, tiles->answer->body.data, tile->width * sizeof *hashes);
    mem_free(entry->hashes);
    *entry = (struct entry){*tile, hashes};
    return entry;
}

int tiles_read(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct tiles *tiles = context;
    struct tile tile;
    if (level >= MERKLE_LEVELS)
        return -1;
    tile_locate(level, index, &tile);
    unsigned width = tile_width_at(tile.level, tile.index, tiles->size);
    if (width < tile.width)
        return -1;
    tile.width = width; /* all there is of it, since more of it may be needed */
    const struct entry *entry = get(tiles, &tile);
    return entry ? tile_hash(&entry->tile, entry->hashes, level, index, out) : -1;
}
