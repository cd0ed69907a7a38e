/* Growing the tree: a batch touches the last tile of each level and those that it begins. */
#include "collector/log/tree.h"
#include "base/lang.h"
#include "base/mem.h"
#include "crypto/tile.h"
#include <string.h>

/* The hashes of a level that are in no full tile yet. */
struct last {
    struct merkle_hash hashes[TILE_WIDTH];
    unsigned width;
};

struct tree {
    struct merkle_edge edge;
    struct last now[TILE_LEVELS];
    struct last next[TILE_LEVELS]; /* after the batch that is being written */
};

struct tree *tree_new(void)
{
    struct tree *tree = mem_calloc(1, sizeof *tree);
    if (tree)
        merkle_edge_init(&tree->edge);
    return tree;
}

void tree_free(struct tree *tree)
{
    mem_free(tree);
}

int tree_read_tile(struct store *store, unsigned level, uint64_t index, unsigned wanted,
                   struct merkle_hash hashes[static TILE_WIDTH], unsigned *width, struct error *error)
{
    enum store_result result = store_tile_read(store, level, index, hashes, width);
    if (result == STORE_FAILED)
        return store_fail(store, error);
    if (result == STORE_OK && *width >= wanted)
        return 0;
    return error_set(error, ERROR_DAMAGED,
                     T("tile %u/%llu of the log is missing; run `audit`",
                       "tegel %u/%llu van het logboek ontbreekt; voer `audit` uit"),
                     level, (unsigned long long)index);
}

int tree_read(void *context, unsigned level, uint64_t index, struct merkle_hash *out)
{
    const struct tree_reader *reader = context;
    struct merkle_hash hashes[TILE_WIDTH];
    struct tile tile;
    unsigned width = 0;
    tile_locate(level, index, &tile);
    if (tree_read_tile(reader->store, tile.level, tile.index, tile.width, hashes, &width, reader->error) < 0)
        return -1;
    return tile_hash(&tile, hashes, level, index, out);
}

static int load_level(struct tree *tree, struct store *store, unsigned level, uint64_t size, struct error *error)
{
    struct last *last = &tree->now[level];
    uint64_t hashes = size >> (TILE_HEIGHT * level);
    unsigned width = 0;
    last->width = (unsigned)(hashes % TILE_WIDTH);
    if (last->width == 0)
        return 0;
    enum store_result result = store_tile_read(store, level, hashes / TILE_WIDTH, last->hashes, &width);
    if (result == STORE_FAILED)
        return store_fail(store, error);
    if (result == STORE_OK && width == last->width)
        return 0;
    return error_set(error, ERROR_DAMAGED,
                     T("the last tile of level %u does not fit a log of size %llu; run `audit`",
                       "de laatste tegel van niveau %u past niet bij een logboek van omvang %llu; voer `audit` uit"),
                     level, (unsigned long long)size);
}

int tree_load(struct tree *tree, struct store *store, uint64_t size, struct error *error)
{
    if (merkle_edge_load(&tree->edge, size, tree_read, &(struct tree_reader){store, error}) < 0)
        return -1;
    for (unsigned level = 0; level < TILE_LEVELS; level++)
        if (load_level(tree, store, level, size, error) < 0)
            return -1;
    return 0;
}

/* Adds `count` hashes from `first` on to a level, writing each tile that they touch. */
static int extend_level(struct tree *tree, struct store *store, unsigned level, const struct merkle_hash *hashes,
                        uint64_t first, size_t count)
{
    struct last *last = &tree->next[level];
    while (count > 0) {
        size_t room = TILE_WIDTH - last->width, taken = count < room ? count : room;
        memcpy(&last->hashes[last->width], hashes, taken * sizeof *hashes);
        last->width += (unsigned)taken;
        if (store_tile_write(store, level, first / TILE_WIDTH, last->hashes, last->width) != STORE_OK)
            return -1;
        if (last->width == TILE_WIDTH)
            last->width = 0;
        hashes += taken;
        first += taken;
        count -= taken;
    }
    return 0;
}

/* The store's log must be the one that this tree is over, also when somebody has had a hand in it meanwhile: two roots
 * over one size, once signed, can never be taken back. */
static int check_size(struct store *store, uint64_t size, struct error *error)
{
    int64_t stored;
    if (store_entry_count(store, &stored) != STORE_OK)
        return store_fail(store, error);
    if ((uint64_t)stored == size)
        return 0;
    return error_set(error, ERROR_DAMAGED,
                     T("the log has size %lld where it should have %llu; run `audit`",
                       "het logboek heeft omvang %lld waar dat %llu moet zijn; voer `audit` uit"),
                     (long long)stored, (unsigned long long)size);
}

int tree_extend(struct tree *tree, struct store *store, const struct merkle_hash *leaves, size_t count,
                struct merkle_batch **out, struct error *error)
{
    if (check_size(store, tree->edge.size + count, error) < 0)
        return -1;
    struct merkle_batch *batch = merkle_batch_new(&tree->edge, leaves, count);
    if (!batch)
        return error_no_memory(error);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t first;
        size_t added;
        const struct merkle_hash *hashes = merkle_batch_level(batch, level * TILE_HEIGHT, &first, &added);
        tree->next[level].width = tree->now[level].width;
        memcpy(tree->next[level].hashes, tree->now[level].hashes, tree->now[level].width * sizeof *hashes);
        if (extend_level(tree, store, level, hashes, first, added) < 0) {
            merkle_batch_free(batch);
            return store_fail(store, error);
        }
    }
    *out = batch;
    return 0;
}

void tree_accept(struct tree *tree, const struct merkle_batch *batch)
{
    tree->edge = *merkle_batch_edge(batch);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        tree->now[level].width = tree->next[level].width;
        memcpy(tree->now[level].hashes, tree->next[level].hashes, tree->next[level].width * sizeof(struct merkle_hash));
    }
}

int tree_head(struct store *store, struct merkle_head *out, struct error *error)
{
    int64_t size;
    struct merkle_head head;
    if (store_entry_count(store, &size) != STORE_OK)
        return store_fail(store, error);
    head.size = (uint64_t)size;
    if (merkle_root_at(head.size, tree_read, &(struct tree_reader){store, error}, &head.root) < 0)
        return -1;
    *out = head;
    return 0;
}
