/* Every eighth level of the tree is a level of tiles (crypto/tile.h). */
#include "collector/backup/moving_tiles.h"
#include "collector/log/tree.h"
#include <string.h>

void moving_tiles_init(struct moving_tiles *tiles)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++)
        tiles->levels[level].index = tiles->levels[level].width = 0;
}

/* As moving_tiles_add, of one level's tile as far as it has come. */
static int compare_copied_tile(const struct moving_tiles *tiles, struct moving *m, unsigned level)
{
    struct merkle_hash hashes[TILE_WIDTH];
    uint64_t index = tiles->levels[level].index;
    unsigned width, wanted = tiles->levels[level].width;
    if (tree_read_tile(m->to, level, index, wanted, hashes, &width, m->error) < 0)
        return -1;
    return width != wanted || memcmp(hashes, tiles->levels[level].hashes, wanted * sizeof *hashes) != 0;
}

static int add_hash(struct moving_tiles *tiles, struct moving *m, unsigned level, const struct merkle_hash *hash)
{
    tiles->levels[level].hashes[tiles->levels[level].width++] = *hash;
    if (tiles->levels[level].width < TILE_WIDTH)
        return 0;
    int differs = compare_copied_tile(tiles, m, level);
    tiles->levels[level].width = 0;
    tiles->levels[level].index++;
    return differs;
}

int moving_tiles_add(struct moving_tiles *tiles, struct moving *m,
                     const struct merkle_hash completed[static MERKLE_LEVELS], unsigned count)
{
    int differs = 0;
    for (unsigned at = 0; at < count && differs == 0; at += TILE_HEIGHT)
        differs = add_hash(tiles, m, at / TILE_HEIGHT, &completed[at]);
    return differs;
}

int moving_tiles_end(const struct moving_tiles *tiles, struct moving *m)
{
    int differs = 0;
    for (unsigned level = 0; level < TILE_LEVELS && differs == 0; level++)
        if (tiles->levels[level].width > 0)
            differs = compare_copied_tile(tiles, m, level);
    return differs;
}
