/* The embedded store: the log, its tree, and the folds over it that every response touches. */
#include "base/mem.h"
#include "collector/store/sqlite/handle.h"
#include <string.h>

/* The log. */

static enum store_result entry_append(struct store *store, int64_t index, const char *jws, size_t len)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ENTRY_APPEND, index);
    if (!st)
        return STORE_FAILED;
    sqlite3_bind_text(st, 2, jws, (int)len, SQLITE_STATIC);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result entry_read(struct store *store, int64_t index, struct buf *out)
{
    return sqlite_read_bytes(store, SQLITE_PREPARE(store, SQL_ENTRY_READ, index), out);
}

static enum store_result entry_count(struct store *store, int64_t *count)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_ENTRY_COUNT);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *count = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return result;
}

/* The tree. */

/* Tiles of one level lie together. A level is below 8, an index below 2^55. */
static int64_t tile_place(unsigned level, uint64_t index)
{
    return (int64_t)((uint64_t)level << 56 | index);
}

static enum store_result tile_write(struct store *store, unsigned level, uint64_t index,
                                    const struct merkle_hash *hashes, unsigned width)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_TILE_WRITE, tile_place(level, index));
    if (!st)
        return STORE_FAILED;
    sqlite3_bind_blob(st, 2, hashes, (int)(width * sizeof *hashes), SQLITE_STATIC);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result tile_read(struct store *store, unsigned level, uint64_t index,
                                   struct merkle_hash hashes[static TILE_WIDTH], unsigned *width)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_TILE_READ, tile_place(level, index));
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        size_t len = (size_t)sqlite3_column_bytes(st, 0);
        *width = (unsigned)(len / sizeof *hashes);
        if (len % sizeof *hashes != 0 || *width == 0 || *width > TILE_WIDTH)
            result = sqlite_damaged(sqlite_of(store), "a tile of the log is damaged");
        else
            memcpy(hashes, sqlite3_column_blob(st, 0), len);
    }
    sqlite3_reset(st);
    return result;
}

static enum store_result log_key_write(struct store *store, const char *verifier)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_LOG_KEY_WRITE);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 1, verifier);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result log_key_read(struct store *store, struct buf *verifier)
{
    return sqlite_read_bytes(store, sqlite_statement(sqlite_of(store), SQL_LOG_KEY_READ), verifier);
}

/* Places: what folds are kept by, in one number, so that the rows of a member, and those of a round, lie together. */

/* STORE_FAILED: more rounds, members or actions than a place has room for. */
static enum store_result find_place(struct store *store, int64_t round, int64_t member, int64_t action, int64_t *place)
{
    if (round < 0 || round > LOW(ROUND_BITS) || member < 0 || member > LOW(MEMBER_BITS) || action < 0 ||
        action > LOW(ACTION_BITS))
        return sqlite_damaged(sqlite_of(store), "a round's, member's or action's number is out of range");
    *place = round << (MEMBER_BITS + ACTION_BITS) | member << ACTION_BITS | action;
    return STORE_OK;
}

/* The statement with the place of a current response bound; NULL after having written the error. */
static sqlite3_stmt *prepare_current(struct store *store, enum statement which, int64_t round, int64_t member,
                                     int64_t action)
{
    int64_t place;
    return find_place(store, round, member, action, &place) == STORE_OK ? SQLITE_PREPARE(store, which, place) : NULL;
}

static sqlite3_stmt *prepare_counts(struct store *store, enum statement which, int64_t round, int64_t action)
{
    int64_t place; /* with the round where a member would be */
    return find_place(store, 0, round, action, &place) == STORE_OK ? SQLITE_PREPARE(store, which, place) : NULL;
}

/* Current responses. */

/* Slots ascend, so each is kept as its distance from the one before, seven bits a byte, the last byte of each with bit
 * 7 clear: a byte a slot for most questionnaires. `out` has room for three bytes a slot. */
static size_t pack_slots(const uint16_t *slots, size_t count, uint8_t *out)
{
    size_t len = 0;
    unsigned before = 0;
    for (size_t i = 0; i < count; before = slots[i++]) {
        unsigned step = slots[i] - before;
        for (; step >= 0x80; step >>= 7)
            out[len++] = (uint8_t)(step | 0x80);
        out[len++] = (uint8_t)step;
    }
    return len;
}

/* Reads them back into s->slots. -1: no such packing, or out of memory. */
static int unpack_slots(struct store_sqlite *s, const uint8_t *bytes, size_t len, size_t *count)
{
    if (len > s->slot_cap) {
        uint16_t *more = mem_resize(s->slots, len, sizeof *more);
        if (!more)
            return -1;
        s->slots = more;
        s->slot_cap = len;
    }
    unsigned slot = 0, step = 0, shift = 0;
    *count = 0;
    for (size_t i = 0; i < len; i++) {
        step |= (bytes[i] & 0x7fu) << shift;
        shift += 7;
        if (bytes[i] & 0x80) {
            if (shift > 14)
                return -1;
            continue;
        }
        slot += step;
        if (slot > UINT16_MAX || (step == 0 && *count > 0))
            return -1;
        s->slots[(*count)++] = (uint16_t)slot;
        step = shift = 0;
    }
    return shift == 0 ? 0 : -1;
}

/* Columns 0 to 3 of a row: revision, idx, replaced, slots. */
static int read_current(struct store_sqlite *s, sqlite3_stmt *st, struct store_current *out)
{
    const uint8_t *bytes = sqlite3_column_blob(st, 3);
    *out = (struct store_current){
        .revision = sqlite3_column_int64(st, 0),
        .index = sqlite3_column_int64(st, 1),
        .replaced = sqlite3_column_type(st, 2) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, 2),
    };
    if (unpack_slots(s, bytes, (size_t)sqlite3_column_bytes(st, 3), &out->slot_count)) {
        (void)sqlite_damaged(s, "a current response's counters can't be read");
        return -1;
    }
    out->slots = s->slots;
    return 0;
}

static enum store_result current_read(struct store *store, int64_t round, int64_t member, int64_t action,
                                      struct store_current *out)
{
    sqlite3_stmt *st = prepare_current(store, SQL_CURRENT_READ, round, member, action);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK && read_current(sqlite_of(store), st, out))
        result = STORE_FAILED;
    sqlite3_reset(st);
    return result;
}

/* `st` has the place bound; NULL after prepare_current has failed. */
static enum store_result write_current(struct store *store, sqlite3_stmt *st, const struct store_current *current)
{
    uint8_t small[256];
    uint8_t *packed = current->slot_count * 3 <= sizeof small ? small : mem_alloc(current->slot_count * 3);
    enum store_result result = STORE_FAILED;
    if (!packed) {
        (void)sqlite_damaged(sqlite_of(store), "out of memory");
    } else if (st) {
        sqlite3_bind_int64(st, 2, current->revision);
        sqlite3_bind_int64(st, 3, current->index);
        if (current->replaced >= 0)
            sqlite3_bind_int64(st, 4, current->replaced);
        else
            sqlite3_bind_null(st, 4);
        size_t len = pack_slots(current->slots, current->slot_count, packed);
        sqlite3_bind_blob(st, 5, packed, (int)len, SQLITE_STATIC);
        result = sqlite_run(sqlite_of(store), st);
    }
    if (packed != small)
        mem_free(packed);
    return result;
}

static enum store_result current_add(struct store *store, int64_t round, int64_t member, int64_t action,
                                     const struct store_current *current)
{
    return write_current(store, prepare_current(store, SQL_CURRENT_ADD, round, member, action), current);
}

static enum store_result current_write(struct store *store, int64_t round, int64_t member, int64_t action,
                                       const struct store_current *current)
{
    return write_current(store, prepare_current(store, SQL_CURRENT_WRITE, round, member, action), current);
}

static int current_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_current current;
    if (read_current(sqlite_of(store), st, &current))
        return -1;
    int64_t place = sqlite3_column_int64(st, 4);
    return visit->each.current(visit->context, place >> ACTION_BITS & LOW(MEMBER_BITS), place & LOW(ACTION_BITS),
                               &current);
}

static enum store_result current_each(struct store *store, int64_t round, store_current_fn *each, void *context)
{
    struct visit visit = {.each.current = each, .context = context};
    int64_t first = 0, last = 0;
    if (find_place(store, round, 0, 0, &first) != STORE_OK ||
        find_place(store, round, LOW(MEMBER_BITS), LOW(ACTION_BITS), &last) != STORE_OK)
        return STORE_FAILED;
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_CURRENT_EACH, first, last), current_row, &visit);
}

/* Counters: an array of little-endian 64-bit numbers. */

static enum store_result counts_read(struct store *store, int64_t round, int64_t action, int64_t *counts, size_t slots)
{
    sqlite3_stmt *st = prepare_counts(store, SQL_COUNTS_READ, round, action);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        if ((size_t)sqlite3_column_bytes(st, 0) != slots * sizeof *counts)
            result = sqlite_damaged(sqlite_of(store), "the counters of an action are not those of its questionnaire");
        else
            memcpy(counts, sqlite3_column_blob(st, 0), slots * sizeof *counts);
    }
    sqlite3_reset(st);
    return result;
}

static enum store_result counts_write(struct store *store, int64_t round, int64_t action, const int64_t *counts,
                                      size_t slots)
{
    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "counters are stored as they lie in memory");
    sqlite3_stmt *st = prepare_counts(store, SQL_COUNTS_WRITE, round, action);
    if (!st)
        return STORE_FAILED;
    sqlite3_bind_blob(st, 2, counts, (int)(slots * sizeof *counts), SQLITE_STATIC);
    return sqlite_run(sqlite_of(store), st);
}

static int counted_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    int64_t place = sqlite3_column_int64(st, 0);
    return visit->each.counted(visit->context, place >> ACTION_BITS, place & LOW(ACTION_BITS));
}

static enum store_result counts_each(struct store *store, store_counted_fn *each, void *context)
{
    struct visit visit = {.each.counted = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_COUNTS_EACH), counted_row, &visit);
}

void sqlite_add_log_verbs(struct store_ops *ops)
{
    ops->entry_append = entry_append;
    ops->entry_read = entry_read;
    ops->entry_count = entry_count;
    ops->tile_write = tile_write;
    ops->tile_read = tile_read;
    ops->log_key_write = log_key_write;
    ops->log_key_read = log_key_read;
    ops->current_read = current_read;
    ops->current_add = current_add;
    ops->current_write = current_write;
    ops->current_each = current_each;
    ops->counts_read = counts_read;
    ops->counts_write = counts_write;
    ops->counts_each = counts_each;
}
