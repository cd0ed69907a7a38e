/* Tiles held for reading: whatever is asked in whatever order, a hash is the root over its leaves, and what is held is
 * not read again. */
#include "base/mem.h"
#include "collector/log/tiles.h"
#include "crypto/tile.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(tiles, .init = kit_begin, .fini = kit_end);

#define TILES UINT64_C(40) /* more than are held at once */

static struct merkle_hash leaves[TILES * TILE_WIDTH];
static struct store *store;
static struct tiles *tiles;
static struct tiles_under under; /* a checkpoint over all that is asked for here, unless a test says otherwise */

static void write_tile(uint64_t index, unsigned width)
{
    cr_assert_eq(store_tile_write(store, 0, index, &leaves[index * TILE_WIDTH], width), STORE_OK);
}

static void open_tiles(void)
{
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++)
        merkle_leaf(&i, sizeof i, &leaves[i]);
    store = store_faulty_new(kit_store_new(kit_dsn(NULL)));
    tiles = tiles_new(store);
    cr_assert_not_null(tiles);
    under = (struct tiles_under){tiles, TILE_WIDTH * TILE_WIDTH};
}

static void close_tiles(void)
{
    tiles_free(tiles);
    store_close(store);
}

static void assert_hash(unsigned level, uint64_t index)
{
    struct merkle_hash found, wanted;
    merkle_root(&leaves[index << level], (size_t)1 << level, &wanted);
    cr_assert_eq(tiles_read(&under, level, index, &found), 0, "%s", tiles_error(tiles)->text);
    cr_assert(merkle_equal(&found, &wanted), "%u/%llu", level, (unsigned long long)index);
}

Test(tiles, give_every_hash_in_any_order)
{
    open_tiles();
    for (uint64_t index = 0; index < TILES; index++)
        write_tile(index, TILE_WIDTH);
    for (unsigned level = 0; level < TILE_HEIGHT; level++)
        for (uint64_t n = 0; n < TILES * TILE_WIDTH >> level; n += level < 4 ? 7 : 1)
            assert_hash(level, n);
    for (uint64_t i = 0; i < 2000; i++) { /* here and there, so that tiles go and come again */
        unsigned level = (unsigned)(i * 5 % TILE_HEIGHT);
        assert_hash(level, i * 2654435761u % (TILES * TILE_WIDTH >> level));
    }
    close_tiles();
}

Test(tiles, grow_with_the_log)
{
    open_tiles();
    struct merkle_hash hash;
    for (unsigned width = 1; width <= TILE_WIDTH; width += width < 20 ? 1 : 59) {
        write_tile(3, width);
        for (unsigned level = 0; level < TILE_HEIGHT; level++)
            for (uint64_t n = 0; n < (uint64_t)width >> level; n++)
                assert_hash(level, (3 * TILE_WIDTH >> level) + n);
        if (width < TILE_WIDTH)
            cr_assert_eq(tiles_read(&under, 0, 3 * TILE_WIDTH + width, &hash), -1);
    }
    cr_assert_eq(tiles_read(&under, 0, 4 * TILE_WIDTH, &hash), -1);
    cr_assert_not_null(strstr(tiles_error(tiles)->text, "tile 0/4 of the log is missing"));
    close_tiles();
}

/* As after a failover: others stand where the old primary had what no standby knew. */
Test(tiles, hold_nothing_that_the_checkpoint_does_not_cover)
{
    open_tiles();
    struct merkle_hash hash, meant[3];
    memcpy(meant, &leaves[3], sizeof meant);
    memcpy(&leaves[3], &leaves[100], sizeof meant);
    write_tile(0, 6);
    under.size = 3;
    assert_hash(0, 2);
    assert_hash(1, 0);
    cr_assert_eq(tiles_read(&under, 0, 3, &hash), -1);
    cr_assert_eq(tiles_read(&under, 2, 0, &hash), -1);
    cr_assert_not_null(strstr(tiles_error(tiles)->text, "hash 2/0 of the log is not under the checkpoint"));
    memcpy(&leaves[3], meant, sizeof meant);
    write_tile(0, 9);
    under.size = 8;
    for (unsigned level = 0; level <= 3; level++)
        for (uint64_t n = 0; n < UINT64_C(8) >> level; n++)
            assert_hash(level, n);
    close_tiles();
}

Test(tiles, lie_on_every_level)
{
    open_tiles();
    struct merkle_hash hash;
    cr_assert_eq(store_tile_write(store, 1, 0, leaves, TILE_WIDTH), STORE_OK);
    cr_assert_eq(store_tile_write(store, 0, 0, leaves + TILE_WIDTH, TILE_WIDTH), STORE_OK);
    cr_assert_eq(tiles_read(&under, 8, 5, &hash), 0);
    cr_assert(merkle_equal(&hash, &leaves[5]));
    cr_assert_eq(tiles_read(&under, 0, 5, &hash), 0);
    cr_assert(merkle_equal(&hash, &leaves[TILE_WIDTH + 5]));
    cr_assert_eq(tiles_read(&under, 9, 2, &hash), 0);
    merkle_node(&leaves[4], &leaves[5], &leaves[0]);
    cr_assert(merkle_equal(&hash, &leaves[0]));
    close_tiles();
}

Test(tiles, are_read_once_and_again_after_a_failure)
{
    open_tiles();
    struct merkle_hash hash;
    write_tile(0, TILE_WIDTH);
    store_faulty_fail_at(store, 1);
    cr_assert_eq(tiles_read(&under, 0, 1, &hash), -1);
    assert_hash(0, 1);
    store_faulty_fail_at(store, 1000);
    for (uint64_t n = 0; n < 64; n++)
        assert_hash(2, n);
    cr_assert_eq(store_faulty_calls(store), 0);
    close_tiles();
    mem_fail_at(1);
    cr_assert_null(tiles_new(NULL));
    mem_fail_at(0);
    tiles_free(NULL);
}
