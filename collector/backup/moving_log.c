/* The log goes as it is: the bytes of each entry, the hash of each that has none any more, the tiles. The tree over
 * what has been copied is worked out on the way. */
#include "base/lang.h"
#include "collector/backup/moving_state.h"
#include "collector/log/tree.h"
#include <string.h>

#define CHUNK (16 * TILE_WIDTH) /* entries */

struct chunk {
    struct moving *moving;
    int64_t first, next;
    bool is_erased[CHUNK];
    struct merkle_hash leaves[CHUNK];
    struct moving_leaves of_erased;
};

static int copy_entry(void *context, int64_t index, const char *jws, size_t len)
{
    struct chunk *chunk = context;
    if (index != chunk->next)
        return 0; /* one is missing: told behind the walk */
    size_t at = (size_t)(chunk->next++ - chunk->first);
    chunk->is_erased[at] = len == 0;
    if (len > 0)
        merkle_leaf(jws, len, &chunk->leaves[at]);
    return moving_wrote(chunk->moving, store_entry_append(chunk->moving->to, index, jws, len));
}

int moving_leaf(struct moving *m, struct store *store, struct moving_leaves *leaves, int64_t index,
                struct merkle_hash *out)
{
    uint64_t tile = (uint64_t)index / TILE_WIDTH;
    unsigned place = (unsigned)(index % TILE_WIDTH), width;
    if (leaves->tile != tile || leaves->width <= place) {
        leaves->width = 0;
        if (tree_read_tile(store, 0, tile, place + 1, leaves->hashes, &width, m->error) < 0)
            return -1;
        leaves->tile = tile;
        leaves->width = width;
    }
    *out = leaves->hashes[place];
    return 0;
}

/* By which event one was erased; where none says so the audit tells, of either store. */
static int copy_eraser(void *context, int64_t index, int64_t event)
{
    struct moving *m = context;
    return moving_wrote(m, store_erased_add(m->to, index, event));
}

static int end_chunk(struct chunk *chunk, size_t count)
{
    struct moving *m = chunk->moving;
    struct merkle_hash completed[MERKLE_LEVELS];
    for (size_t i = 0; i < count; i++) {
        int64_t index = chunk->first + (int64_t)i;
        if (chunk->is_erased[i] && moving_leaf(m, m->from, &chunk->of_erased, index, &chunk->leaves[i]) < 0)
            return -1;
        merkle_edge_add(&m->edge, &chunk->leaves[i], completed);
    }
    return moving_walked(m, store_erased_range(m->from, chunk->first, (int64_t)count, copy_eraser, m));
}

static int copy_chunk(struct chunk *chunk, int64_t first)
{
    struct moving *m = chunk->moving;
    int64_t count = m->size - first < CHUNK ? m->size - first : CHUNK;
    chunk->first = chunk->next = first;
    if (m->each(m->context, (size_t)first, (size_t)m->size) != 0) {
        m->error->kind = ERROR_NONE;
        return -1;
    }
    if (moving_walked(m, store_entry_range(m->from, first, count, copy_entry, chunk)) < 0)
        return -1;
    if (chunk->next != first + count)
        return error_set(m->error, ERROR_DAMAGED,
                         T("entry %lld is missing; run `audit` on the store that is copied",
                           "regel %lld ontbreekt; voer `audit` uit op de opslag die gekopieerd wordt"),
                         (long long)chunk->next);
    return end_chunk(chunk, (size_t)count);
}

static int copy_entries(struct moving *m)
{
    static struct chunk chunk; /* as large as a stack may be */
    chunk.moving = m;
    chunk.of_erased.width = 0;
    for (int64_t first = 0; first < m->size; first += CHUNK)
        if (copy_chunk(&chunk, first) < 0)
            return -1;
    return m->each(m->context, (size_t)m->size, (size_t)m->size) != 0 ? moving_stop(m) : 0;
}

/* Those of a level are all full but the last. */
static int copy_level(struct moving *m, unsigned level, uint64_t hashes)
{
    struct merkle_hash tile[TILE_WIDTH];
    for (uint64_t index = 0; index * TILE_WIDTH < hashes; index++) {
        uint64_t left = hashes - index * TILE_WIDTH;
        unsigned width, wanted = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
        if (tree_read_tile(m->from, level, index, wanted, tile, &width, m->error) < 0 ||
            moving_wrote(m, store_tile_write(m->to, level, index, tile, wanted)) < 0)
            return -1;
    }
    return 0;
}

static int copy_tiles(struct moving *m)
{
    unsigned level = 0;
    for (uint64_t hashes = (uint64_t)m->size; hashes > 0; hashes /= TILE_WIDTH, level++)
        if (copy_level(m, level, hashes) < 0)
            return -1;
    return 0;
}

static int copy_event(void *context, int64_t index, const char *kind)
{
    struct moving *m = context;
    return moving_wrote(m, store_event_add(m->to, index, kind));
}

static int copy_key(struct moving *m)
{
    struct buf verifier;
    buf_init(&verifier, SIZE_MAX);
    enum store_result found = store_log_key_read(m->from, &verifier);
    int result = found == STORE_OK ? moving_wrote(m, store_log_key_write(m->to, buf_text(&verifier))) : 0;
    buf_free(&verifier);
    return found == STORE_FAILED ? moving_walked(m, found) : result;
}

int moving_copy_log(struct moving *m)
{
    if (copy_key(m) < 0 || copy_entries(m) < 0 || copy_tiles(m) < 0)
        return -1;
    return moving_walked(m, store_event_each(m->from, 0, INT64_MAX, copy_event, m));
}
