/* What is there now, read back: its entries make the root that those of the store that was copied have, and every tile
 * of its tree; every other row is there as it is in that store by now; its counters follow from its own current
 * responses. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/backup/moving_rows.h"
#include "collector/backup/moving_state.h"
#include "collector/backup/moving_tiles.h"
#include "collector/log/tree.h"
#include <string.h>

#define CHUNK (16 * TILE_WIDTH) /* entries */

/* The counters of a round, by action. */
struct vector {
    int64_t *counts; /* NULL: none */
    size_t slots;
};

struct reading {
    struct moving *moving;
    struct vector *list; /* by the action's number */
    size_t count;
    bool differs;
};

static int tell_difference(struct moving *m, const char *what)
{
    return error_set(m->error, ERROR_DAMAGED,
                     T("%s of the copy are not those of the store that was copied; run `audit` on that one",
                       "%s van de kopie zijn niet die van de opslag die gekopieerd is; voer daarop `audit` uit"),
                     what);
}

/* A walk of `to`. */
static int walked_copy(struct moving *m, enum store_result result)
{
    if (result == STORE_OK)
        return 0;
    return m->is_told ? -1 : store_fail(m->to, m->error);
}

/* The log. */

struct chunk {
    struct moving *moving;
    struct merkle_edge edge;
    struct moving_tiles tiles;
    bool differs; /* a tile */
    int64_t first, next;
    bool is_erased[CHUNK];
    struct merkle_hash leaves[CHUNK];
    struct moving_leaves of_erased;
    int64_t erased_by[CHUNK]; /* in the copy; -1: by no event */
};

static int read_entry(void *context, int64_t index, const char *jws, size_t len)
{
    struct chunk *chunk = context;
    if (index != chunk->next)
        return 0; /* one is missing: the root tells */
    size_t at = (size_t)(chunk->next++ - chunk->first);
    chunk->is_erased[at] = len == 0;
    chunk->erased_by[at] = -1;
    if (len > 0)
        merkle_leaf(jws, len, &chunk->leaves[at]);
    return 0;
}

static int note_eraser_of_copy(void *context, int64_t index, int64_t event)
{
    struct chunk *chunk = context;
    chunk->erased_by[index - chunk->first] = event;
    return 0;
}

/* What is left then are those of the copy alone. */
static int take_eraser_off(void *context, int64_t index, int64_t event)
{
    struct chunk *chunk = context;
    int64_t *of_copy = &chunk->erased_by[index - chunk->first];
    if (*of_copy != event) {
        tell_difference(chunk->moving, T("the entries", "de regels"));
        return moving_stop(chunk->moving);
    }
    *of_copy = -1;
    return 0;
}

/* Each was erased by the same event in both. */
static int check_erasers(struct chunk *chunk)
{
    struct moving *m = chunk->moving;
    int64_t count = chunk->next - chunk->first;
    if (walked_copy(m, store_erased_range(m->to, chunk->first, count, note_eraser_of_copy, chunk)) < 0 ||
        moving_walked(m, store_erased_range(m->from, chunk->first, count, take_eraser_off, chunk)) < 0)
        return -1;
    for (int64_t i = 0; i < count; i++)
        if (chunk->erased_by[i] >= 0)
            return tell_difference(m, T("the entries", "de regels"));
    return 0;
}

/* To what is worked out of the tree; the tiles that this fills are held against the copy's. */
static int add_leaf(struct chunk *chunk, size_t at)
{
    struct merkle_hash completed[MERKLE_LEVELS];
    unsigned count = merkle_edge_add(&chunk->edge, &chunk->leaves[at], completed);
    int differs = moving_tiles_add(&chunk->tiles, chunk->moving, completed, count);
    chunk->differs = chunk->differs || differs > 0;
    return differs < 0 ? -1 : 0;
}

static int read_entries_to_check(struct chunk *chunk, int64_t first)
{
    struct moving *m = chunk->moving;
    int64_t count = m->size - first < CHUNK ? m->size - first : CHUNK;
    chunk->first = chunk->next = first;
    if (walked_copy(m, store_entry_range(m->to, first, count, read_entry, chunk)) < 0)
        return -1;
    for (size_t i = 0; i < (size_t)(chunk->next - first); i++) {
        int64_t index = first + (int64_t)i;
        if (chunk->is_erased[i] && moving_leaf(m, m->to, &chunk->of_erased, index, &chunk->leaves[i]) < 0)
            return -1;
        if (add_leaf(chunk, i) < 0)
            return -1;
    }
    return check_erasers(chunk);
}

/* The root of what can be read of the copy, and whether all of its tiles are as that makes them. */
static int read_root(struct moving *m, struct merkle_hash *root, bool *tiles)
{
    static struct chunk chunk; /* as large as a stack may be */
    chunk.moving = m;
    merkle_edge_init(&chunk.edge);
    moving_tiles_init(&chunk.tiles);
    chunk.of_erased.width = 0;
    chunk.differs = false;
    for (int64_t first = 0; first < m->size; first += CHUNK)
        if (read_entries_to_check(&chunk, first) < 0)
            return -1;
    int differs = moving_tiles_end(&chunk.tiles, m);
    if (differs < 0)
        return -1;
    *tiles = !chunk.differs && differs == 0;
    merkle_edge_root(&chunk.edge, root);
    return 0;
}

static int check_grown(struct moving *m, uint64_t size)
{
    return size == (uint64_t)m->size
               ? 0
               : error_set(m->error, ERROR_BUSY, "%s",
                           T("the log has grown while it was copied; stop every collector of it, and copy anew",
                             "het logboek is gegroeid terwijl het gekopieerd werd; stop elke verzamelaar ervan, en "
                             "kopieer opnieuw"));
}

static int compare_key(struct moving *m)
{
    struct buf from, to;
    buf_init(&from, SIZE_MAX);
    buf_init(&to, SIZE_MAX);
    enum store_result of_from = store_log_key_read(m->from, &from), of_to = store_log_key_read(m->to, &to);
    bool same = of_from == of_to && strcmp(buf_text(&from), buf_text(&to)) == 0;
    buf_free(&from);
    buf_free(&to);
    if (of_from == STORE_FAILED || of_to == STORE_FAILED)
        return store_fail(of_from == STORE_FAILED ? m->from : m->to, m->error);
    return same ? 0
                : error_set(m->error, ERROR_DAMAGED, "%s",
                            T("the copy names another key for the log than the store that was copied",
                              "de kopie noemt een andere sleutel voor het logboek dan de opslag die gekopieerd is"));
}

static int check_log(struct moving *m)
{
    struct merkle_head from, to;
    struct merkle_hash copied, root;
    bool tiles;
    merkle_edge_root(&m->edge, &copied);
    if (tree_head(m->from, &from, m->error) < 0 || check_grown(m, from.size) < 0 ||
        tree_head(m->to, &to, m->error) < 0 || read_root(m, &root, &tiles) < 0)
        return -1;
    if (from.size != to.size || !merkle_equal(&from.root, &to.root) || !merkle_equal(&from.root, &copied) ||
        !merkle_equal(&from.root, &root))
        return tell_difference(m, T("the entries", "de regels"));
    if (!tiles)
        return tell_difference(m, T("the tiles", "de tegels"));
    m->moved.head = to;
    return 0;
}

/* All other rows. Whoever is kept out by serving can't have changed any; an administrator's verb can, and in a database
 * that several serve somebody else. */
static int check_rows(struct moving *m)
{
    struct moving_rows from[MOVING_KINDS], to[MOVING_KINDS];
    if (moving_rows_read(m->from, from, m->error) < 0 || moving_rows_read(m->to, to, m->error) < 0)
        return -1;
    for (enum moving_kind kind = 0; kind < MOVING_KINDS; kind++)
        if (memcmp(&from[kind], &to[kind], sizeof from[kind]) != 0)
            return error_set(m->error, ERROR_DAMAGED,
                             T("%s of the copy are not those of the store that was copied, by now: give no other verb "
                               "while it is copied, and copy anew",
                               "%s van de kopie zijn niet die van de opslag die gekopieerd is, zoals die nu is: geef "
                               "geen andere opdracht terwijl er gekopieerd wordt, en kopieer opnieuw"),
                             moving_rows_name(kind));
    m->moved.members = (int64_t)to[MOVING_MEMBERS].count;
    m->moved.currents = (int64_t)to[MOVING_CURRENTS].count;
    return 0;
}

/* Counters. */

static struct vector *vector_at(struct reading *reading, int64_t action)
{
    size_t number = (size_t)action;
    if (number >= reading->count) {
        size_t room = 2 * (number + 1);
        struct vector *list = mem_resize(reading->list, room, sizeof *list);
        if (!list)
            return NULL;
        memset(list + reading->count, 0, (room - reading->count) * sizeof *list);
        reading->list = list;
        reading->count = room;
    }
    return &reading->list[number];
}

static int take_counts(void *context, int64_t action, const int64_t *counts, size_t slots)
{
    struct reading *reading = context;
    struct vector *vector = vector_at(reading, action);
    int64_t *copy = vector ? mem_calloc(slots, sizeof *copy) : NULL;
    if (!copy)
        return moving_no_memory(reading->moving);
    memcpy(copy, counts, slots * sizeof *copy);
    mem_free(vector->counts);
    *vector = (struct vector){copy, slots};
    return 0;
}

static int take_off(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    (void)member;
    struct reading *reading = context;
    const struct vector *vector = vector_at(reading, action);
    if (!vector)
        return moving_no_memory(reading->moving);
    for (size_t i = 0; i < current->slot_count; i++)
        if (current->slots[i] < vector->slots)
            vector->counts[current->slots[i]]--;
        else
            reading->differs = true;
    return 0;
}

/* Frees them; whether all have come to nothing. */
static bool end_vectors(struct reading *reading)
{
    bool all = true;
    for (size_t i = 0; i < reading->count; i++) {
        for (size_t slot = 0; slot < reading->list[i].slots; slot++)
            all = all && reading->list[i].counts[slot] == 0;
        mem_free(reading->list[i].counts);
    }
    mem_free(reading->list);
    reading->list = NULL;
    reading->count = 0;
    return all;
}

static int check_copied_round(struct reading *reading, int64_t round)
{
    struct moving *m = reading->moving;
    int result = walked_copy(m, store_counts_each_in(m->to, round, take_counts, reading));
    if (result == 0)
        result = walked_copy(m, store_current_each(m->to, round, take_off, reading));
    bool all = end_vectors(reading);
    if (result == 0 && (reading->differs || !all))
        result = tell_difference(m, T("the counters", "de tellers"));
    return result;
}

static int check_counters(struct moving *m)
{
    struct reading reading = {.moving = m};
    for (size_t i = 0; i < m->round_count; i++)
        if (check_copied_round(&reading, m->rounds[i]) < 0)
            return -1;
    return 0;
}

/* `from` is read anew, as it is by now. */
int moving_check(struct moving *m)
{
    store_rollback(m->from);
    if (store_begin_reading(m->from) != STORE_OK)
        return store_fail(m->from, m->error);
    return compare_key(m) < 0 || check_log(m) < 0 || check_rows(m) < 0 ? -1 : check_counters(m);
}
