#include "crypto/tile.h"
#include "tests/unit/crypto/small_log.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

TestSuite(tile, .init = vectors_start);

static struct small_log small;

static void check_path(const char *path, unsigned level, uint64_t index, unsigned width)
{
    struct tile tile;
    char back[TILE_PATH_SIZE];
    cr_assert_eq(tile_parse(path, &tile), 0, "%s", path);
    cr_assert_eq(tile.level, level, "%s", path);
    cr_assert_eq(tile.index, index, "%s", path);
    cr_assert_eq(tile.width, width, "%s", path);
    tile_format(&tile, back);
    cr_assert_str_eq(back, path);
}

Test(tile, path_is_that_of_tlog_tiles)
{
    check_path("tile/0/000", 0, 0, 256);
    check_path("tile/0/x001/x234/067", 0, 1234067, 256);
    check_path("tile/1/x001/x234/067.p/8", 1, 1234067, 8);
    check_path("tile/0/999.p/255", 0, 999, 255);
    check_path("tile/0/x001/000.p/1", 0, 1000, 1);
    check_path("tile/63/x018/x446/x744/x073/x709/x551/615.p/255", 63, UINT64_MAX, 255);
    cr_assert_eq(sizeof "tile/63/x018/x446/x744/x073/x709/x551/615.p/255", TILE_PATH_SIZE);
}

Test(tile, path_is_refused_in_any_other_form)
{
    static const char *const bad[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/0//000",
        "Tile/0/000",
        "tile/00/000",
        "tile/01/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/0x0/000",
        "tile/18446744073709551616/000",
        "tile/data/000",
        "tile/entries/000",
        "tile/ 0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/x000/001",
        "tile/0/x000/x001/000",
        "tile/0/x1/000",
        "tile/0/x0001/000",
        "tile/0/X001/000",
        "tile/0/x001x000",
        "tile/0/x001//000",
        "tile/0/xx001/000",
        "tile/0/00a",
        "tile/0/ 00",
        "tile/0/-01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x018/x446/x744/x073/x709/x551/x615/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/-1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000p/1",
        "tile/0/000.P/1",
        "tile/0/.p/1",
        "tile/0/000.p/1 ",
        "tile/0/000 ",
        "tile/0/000\n",
        "tile/0/000?",
        "tile/0.p/1",
        "tile/.p/1",
    };
    struct tile tile = {9, 9, 9};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(tile_parse(bad[i], &tile), -1, "%s", bad[i]);
    cr_assert(tile.level == 9 && tile.index == 9 && tile.width == 9);
}

/* The golang format has the height as one more element: tile/H/L/N. Without it the paths are ours, where H stood for
 * the width of a full tile. */
static void check_sumdb(const struct json *vector, int counts[2])
{
    struct tile tile;
    const struct json *want = json_member(vector, "tile");
    const char *after_height = strchr(vectors_text(vector, "path") + 5, '/');
    char path[64];
    snprintf(path, sizeof path, "tile%s", after_height);
    bool good = json_type(want) == JSON_OBJECT && vectors_integer(want, "L") >= 0;
    cr_assert_eq(tile_parse(path, &tile), good ? 0 : -1, "%s", path);
    counts[good]++;
    if (!good)
        return;
    cr_assert_eq((int64_t)tile.level, vectors_integer(want, "L"));
    cr_assert_eq(tile.index, (uint64_t)vectors_integer(want, "N"));
    int64_t width = vectors_integer(want, "W"), full = INT64_C(1) << vectors_integer(want, "H");
    cr_assert_eq((int64_t)tile.width, width == full ? TILE_WIDTH : width);
}

Test(tile, path_is_read_as_the_golang_vectors_say)
{
    struct json *document = vectors_load("sumdb/tlog_note.json");
    int counts[2] = {0, 0};
    for (const struct json *v = json_first(json_member(document, "tile_paths")); v != NULL; v = json_next(v))
        check_sumdb(v, counts);
    cr_assert_eq(counts[true], 5);
    cr_assert_eq(counts[false], 3, "two bad ones, and a data tile, which tlog-tiles has not");
    json_free(document);
}

Test(tile, width_is_that_of_the_example_of_tlog_tiles)
{
    cr_assert_eq(tile_width_at(0, 0, 70000), 256);
    cr_assert_eq(tile_width_at(0, 272, 70000), 256);
    cr_assert_eq(tile_width_at(0, 273, 70000), 112);
    cr_assert_eq(tile_width_at(0, 274, 70000), 0);
    cr_assert_eq(tile_width_at(1, 0, 70000), 256);
    cr_assert_eq(tile_width_at(1, 1, 70000), 17);
    cr_assert_eq(tile_width_at(1, 2, 70000), 0);
    cr_assert_eq(tile_width_at(2, 0, 70000), 1);
    cr_assert_eq(tile_width_at(3, 0, 70000), 0);
    cr_assert_eq(tile_width_at(0, 0, 256), 256);
    cr_assert_eq(tile_width_at(1, 0, 256), 1);
    cr_assert_eq(tile_width_at(0, 1, 256), 0);
    cr_assert_eq(tile_width_at(0, 0, 0), 0);
    cr_assert_eq(tile_width_at(7, 0, UINT64_MAX), 255);
    cr_assert_eq(tile_width_at(8, 0, UINT64_MAX), 0);
    cr_assert_eq(tile_width_at(63, 0, UINT64_MAX), 0);
    cr_assert_eq(tile_width_at(0, UINT64_MAX, UINT64_MAX), 0);
    cr_assert_eq(tile_width_at(0, UINT64_MAX / 256, UINT64_MAX), 255);
}

Test(tile, holds_every_stored_hash_of_a_log)
{
    const uint64_t size = 700;
    struct merkle_hash got;
    small_log_init(&small, size);
    for (unsigned level = 0; level < SMALL_LOG_LEVELS; level++)
        for (uint64_t index = 0; index < size >> level; index++) {
            struct tile tile;
            tile_locate(level, index, &tile);
            const struct merkle_hash *hashes = &small.stored[tile.level * TILE_HEIGHT][tile.index * TILE_WIDTH];
            cr_assert_leq(tile.width, tile_width_at(tile.level, tile.index, size));
            cr_assert_eq(tile_hash(&tile, hashes, level, index, &got), 0);
            cr_assert(merkle_equal(&got, &small.stored[level][index]), "%u %" PRIu64, level, index);
            tile.width--;
            cr_assert_eq(tile_hash(&tile, hashes, level, index, &got), -1);
        }
}

Test(tile, does_not_give_the_hash_of_another)
{
    struct merkle_hash hashes[TILE_WIDTH] = {{{0}}}, got;
    const struct tile tile = {1, 2, TILE_WIDTH};
    cr_assert_eq(tile_hash(&tile, hashes, 8, 512, &got), 0);
    cr_assert_eq(tile_hash(&tile, hashes, 8, 767, &got), 0);
    cr_assert_eq(tile_hash(&tile, hashes, 8, 511, &got), -1);
    cr_assert_eq(tile_hash(&tile, hashes, 8, 768, &got), -1);
    cr_assert_eq(tile_hash(&tile, hashes, 15, 4, &got), 0);
    cr_assert_eq(tile_hash(&tile, hashes, 15, 6, &got), -1);
    cr_assert_eq(tile_hash(&tile, hashes, 16, 2, &got), -1, "that is one of the next level's hashes");
    cr_assert_eq(tile_hash(&tile, hashes, 0, 512, &got), -1);
    cr_assert_eq(tile_hash(&tile, hashes, 64, 0, &got), -1);
}
