/* Paths of tiles, of any text, and places in them, of any numbers. What must hold: a path that was read is written to
 * the same characters, and what is written is read the same; tiles of a tree are as wide as its leaves make them; the
 * tile that holds a stored hash is found, and the hash in it. */
#include "base/mem.h"
#include "crypto/tile.h"
#include "tests/fuzz/fuzz.h"

static void read_path(const char *path)
{
    struct tile tile;
    char again[TILE_PATH_SIZE];
    if (tile_parse(path, &tile) < 0)
        return;
    fuzz_require(tile.level < 64 && tile.width >= 1 && tile.width <= TILE_WIDTH);
    tile_format(&tile, again);
    fuzz_require(strcmp(path, again) == 0);
}

static void write_path(struct tile tile)
{
    struct tile again;
    char path[TILE_PATH_SIZE];
    tile_format(&tile, path);
    fuzz_require(tile_parse(path, &again) == 0);
    fuzz_require(again.level == tile.level && again.index == tile.index && again.width == tile.width);
}

/* The hashes of the tile are told apart by their places. */
static void locate(unsigned level, uint64_t index)
{
    struct merkle_hash hashes[TILE_WIDTH] = {0}, found, sum;
    struct tile tile;
    tile_locate(level, index, &tile);
    fuzz_require(tile.level == level / TILE_HEIGHT && tile.width >= 1 && tile.width <= TILE_WIDTH);
    for (unsigned i = 0; i < TILE_WIDTH; i++)
        hashes[i].bytes[0] = (uint8_t)i;
    fuzz_require(tile_hash(&tile, hashes, level, index, &found) == 0);
    size_t under = (size_t)1 << level % TILE_HEIGHT;
    merkle_root(hashes + (index * under) % TILE_WIDTH, under, &sum);
    fuzz_require(merkle_equal(&sum, &found));
}

static void measure(unsigned level, uint64_t index, uint64_t size)
{
    unsigned width = tile_width_at(level, index, size);
    fuzz_require(width <= TILE_WIDTH);
    if (width > 0 && index > 0)
        fuzz_require(tile_width_at(level, index - 1, size) == TILE_WIDTH);
    if (width < TILE_WIDTH && index < UINT64_MAX)
        fuzz_require(tile_width_at(level, index + 1, size) == 0);
}

int fuzz_tile(const uint8_t *data, size_t len)
{
    uint64_t numbers[3] = {0};
    char *path = mem_copy_text((const char *)data, len);
    fuzz_require(path != NULL);
    read_path(path);
    mem_free(path);
    memcpy(numbers, data, len < sizeof numbers ? len : sizeof numbers);
    unsigned level = (unsigned)(numbers[0] % MERKLE_LEVELS);
    write_path((struct tile){level, numbers[1], (unsigned)(numbers[2] % TILE_WIDTH) + 1});
    locate(level, numbers[1] >> level);
    measure(level % TILE_LEVELS, numbers[1], numbers[2]);
    return 0;
}
