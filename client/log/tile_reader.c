/* A table of slots, one for each tile by its number, so that the walk of a proof finds the upper tiles again. What goes
 * wrong on the way is one failure to who asks: what it means for the log is the monitor's to say. See tile_reader.h. */
#include "client/log/tile_reader.h"
#include "base/clock.h"
#include "base/mem.h"
#include <string.h>

struct tile_slot {
    struct tile tile;
    struct merkle_hash *hashes; /* tile.width of them; NULL while there is none */
};

struct tile_reader {
    struct http *http;
    uint64_t size;
    struct http_answer *answer;
    int64_t started_us;
    struct tile_slot slots[TILE_READER_KEPT];
};

struct tile_reader *tile_reader_new(struct http *http, uint64_t size, struct http_answer *answer)
{
    struct tile_reader *reader = mem_calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->http = http;
    reader->size = size;
    reader->answer = answer;
    reader->started_us = clock_monotonic_us();
    return reader;
}

void tile_reader_free(struct tile_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < TILE_READER_KEPT; i++)
        mem_free(reader->slots[i].hashes);
    mem_free(reader);
}

static struct tile_slot *slot_of(struct tile_reader *reader, const struct tile *tile)
{
    return &reader->slots[(tile->index * TILE_LEVELS + tile->level) % TILE_READER_KEPT];
}

static int request_tile(struct tile_reader *reader, const struct tile *tile, size_t len)
{
    char path[TILE_PATH_SIZE + 8] = "/log/";
    if (clock_monotonic_us() - reader->started_us > TILE_READER_PATIENCE_S * INT64_C(1000000))
        return -1;
    tile_format(tile, path + strlen(path));
    struct http_request request = {.path = path, .answer_max = len};
    enum http_outcome outcome = http_do(reader->http, &request, reader->answer);
    return outcome == HTTP_DONE && reader->answer->status == 200 && reader->answer->body.len == len ? 0 : -1;
}

/* A partial tile may be gone once the full one is there (tlog-tiles, "Partial tiles"): its first hashes are the
 * same. */
static int fetch_tile(struct tile_reader *reader, const struct tile *tile)
{
    struct tile full = {tile->level, tile->index, TILE_WIDTH};
    if (request_tile(reader, tile, tile->width * sizeof(struct merkle_hash)) == 0)
        return 0;
    if (tile->width == TILE_WIDTH || reader->answer->transfer != FETCH_ANSWERED || reader->answer->status != 404)
        return -1;
    return request_tile(reader, &full, TILE_WIDTH * sizeof(struct merkle_hash));
}

/* The tile as held or as fetched now; NULL when it can't be had. */
static const struct tile_slot *have_tile(struct tile_reader *reader, const struct tile *tile)
{
    struct tile_slot *slot = slot_of(reader, tile);
    if (slot->hashes && slot->tile.level == tile->level && slot->tile.index == tile->index)
        return slot;
    if (fetch_tile(reader, tile) < 0)
        return NULL;
    struct merkle_hash *hashes = mem_calloc(tile->width, sizeof *hashes);
    if (!hashes)
        return NULL;
    memcpy(hashes, reader->answer->body.data, tile->width * sizeof *hashes);
    mem_free(slot->hashes);
    *slot = (struct tile_slot){*tile, hashes};
    return slot;
}

int tile_reader_hash(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct tile_reader *reader = context;
    struct tile tile;
    if (level >= MERKLE_LEVELS)
        return -1;
    tile_locate(level, index, &tile);
    unsigned width = tile_width_at(tile.level, tile.index, reader->size);
    if (width < tile.width)
        return -1;
    tile.width = width; /* all there is of it, since more of it may be needed */
    const struct tile_slot *slot = have_tile(reader, &tile);
    return slot ? tile_hash(&slot->tile, slot->hashes, level, index, out) : -1;
}
