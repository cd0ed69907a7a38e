/* The embedded store: the folds over the log that every response touches, current responses and counters. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/keys.h"
#include "collector/store/slots.h"
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"
#include <string.h>

/* STORE_FAILED: more rounds, members or actions than a key has room for. */
static enum store_result pack_key(struct store *store, int64_t round, int64_t member, int64_t action, int64_t *key)
{
    if (key_pack(round, member, action, key) == 0)
        return STORE_OK;
    return sqlite_fail(sqlite_of(store), ERROR_REFUSED,
                       T("a round's, member's or action's number is out of range",
                         "het nummer van een ronde, een panellid of een actie is te groot"));
}

/* The statement with the key of a current response bound; NULL after having written the error. */
static sqlite3_stmt *prepare_current(struct store *store, enum statement which, int64_t round, int64_t member,
                                     int64_t action)
{
    int64_t key;
    return pack_key(store, round, member, action, &key) == STORE_OK ? SQLITE_PREPARE(store, which, key) : NULL;
}

static sqlite3_stmt *prepare_counts(struct store *store, enum statement which, int64_t round, int64_t action)
{
    int64_t key; /* with the round where a member would be */
    return pack_key(store, 0, round, action, &key) == STORE_OK ? SQLITE_PREPARE(store, which, key) : NULL;
}

/* Current responses. */

/* Columns 0 to 3 of a row: revision, idx, replaced, slots. */
static int read_current(struct store_sqlite *s, sqlite3_stmt *st, struct store_current *out)
{
    const uint8_t *bytes = sqlite3_column_blob(st, 3);
    *out = (struct store_current){
        .revision = sqlite3_column_int64(st, 0),
        .index = sqlite3_column_int64(st, 1),
        .replaced = sqlite3_column_type(st, 2) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, 2),
    };
    size_t len = (size_t)sqlite3_column_bytes(st, 3);
    if (slots_reserve(&s->slots, len) < 0) {
        (void)sqlite_fail(s, ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
        return -1;
    }
    if (slots_unpack(&s->slots, bytes, len) < 0) {
        (void)sqlite_fail(
            s, ERROR_DAMAGED,
            T("a current response's counters can't be read", "de tellers van een huidige reactie zijn onleesbaar"));
        return -1;
    }
    out->slots = s->slots.list;
    out->slot_count = s->slots.count;
    return 0;
}

static enum store_result current_read(struct store *store, int64_t round, int64_t member, int64_t action,
                                      struct store_current *out)
{
    sqlite3_stmt *st = prepare_current(store, SQL_CURRENT_READ, round, member, action);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK && read_current(sqlite_of(store), st, out) < 0)
        result = STORE_FAILED;
    sqlite3_reset(st);
    return result;
}

/* `st` has the key bound; NULL after prepare_current has failed. */
static enum store_result write_current(struct store *store, sqlite3_stmt *st, const struct store_current *current)
{
    uint8_t small[256];
    uint8_t *packed =
        current->slot_count * SLOT_BYTES <= sizeof small ? small : mem_alloc(current->slot_count * SLOT_BYTES);
    enum store_result result = STORE_FAILED;
    if (!packed) {
        (void)sqlite_fail(sqlite_of(store), ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
    } else if (st) {
        sqlite3_bind_int64(st, 2, current->revision);
        sqlite3_bind_int64(st, 3, current->index);
        if (current->replaced >= 0)
            sqlite3_bind_int64(st, 4, current->replaced);
        else
            sqlite3_bind_null(st, 4);
        size_t len = slots_pack(current->slots, current->slot_count, packed);
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
    if (read_current(sqlite_of(store), st, &current) < 0)
        return -1;
    int64_t key = sqlite3_column_int64(st, 4);
    return visit->each.on_current(visit->context, key >> ACTION_BITS & MASK(MEMBER_BITS), key & MASK(ACTION_BITS),
                                  &current);
}

/* The keys of all of one member's in a round, or with members 0 and the last of all that are in it. */
static enum store_result pack_range(struct store *store, int64_t round, int64_t from, int64_t to, int64_t range[2])
{
    enum store_result result = pack_key(store, round, from, 0, &range[0]);
    return result == STORE_OK ? pack_key(store, round, to, MASK(ACTION_BITS), &range[1]) : result;
}

static enum store_result current_each(struct store *store, int64_t round, store_current_fn *each, void *context)
{
    struct visit visit = {.each.on_current = each, .context = context};
    int64_t range[2] = {0, 0};
    if (pack_range(store, round, 0, MASK(MEMBER_BITS), range) != STORE_OK)
        return STORE_FAILED;
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_CURRENT_EACH, range[0], range[1]), current_row, &visit);
}

static enum store_result current_each_of(struct store *store, int64_t round, int64_t member, store_current_fn *each,
                                         void *context)
{
    struct visit visit = {.each.on_current = each, .context = context};
    int64_t range[2] = {0, 0};
    if (pack_range(store, round, member, member, range) != STORE_OK)
        return STORE_FAILED;
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_CURRENT_EACH, range[0], range[1]), current_row, &visit);
}

static enum store_result current_forget(struct store *store, int64_t round, int64_t member)
{
    int64_t range[2] = {0, 0};
    if (pack_range(store, round, member, member, range) != STORE_OK)
        return STORE_FAILED;
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_CURRENT_FORGET, range[0], range[1]);
    enum store_result result = st ? sqlite_run(sqlite_of(store), st) : STORE_FAILED;
    return result == STORE_NONE ? STORE_OK : result;
}

static enum store_result current_erase(struct store *store, int64_t round, int64_t member, int64_t action)
{
    sqlite3_stmt *st = prepare_current(store, SQL_CURRENT_ERASE, round, member, action);
    return st ? sqlite_run(sqlite_of(store), st) : STORE_FAILED;
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
            result = sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                                 T("the counters of an action are not those of its questionnaire",
                                   "de tellers van een actie zijn niet die van haar vragenlijst"));
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
    int64_t key = sqlite3_column_int64(st, 0);
    return visit->each.on_counted(visit->context, key >> ACTION_BITS, key & MASK(ACTION_BITS));
}

static enum store_result counts_each(struct store *store, store_counted_fn *each, void *context)
{
    struct visit visit = {.each.on_counted = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_COUNTS_EACH), counted_row, &visit);
}

static int counts_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    size_t len = (size_t)sqlite3_column_bytes(st, 1), slots = len / sizeof(int64_t);
    int64_t key = sqlite3_column_int64(st, 0);
    int64_t *counts = mem_alloc(len > 0 ? len : 1); /* a blob need not lie where integers may */
    if (!counts) {
        (void)sqlite_fail(sqlite_of(store), ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
        return -1;
    }
    if (len > 0)
        memcpy(counts, sqlite3_column_blob(st, 1), slots * sizeof *counts);
    int result = visit->each.on_counts(visit->context, key & MASK(ACTION_BITS), counts, slots);
    mem_free(counts);
    return result;
}

static enum store_result counts_each_in(struct store *store, int64_t round, store_counts_fn *each, void *context)
{
    struct visit visit = {.each.on_counts = each, .context = context};
    int64_t first = 0, last = 0;
    if (pack_key(store, 0, round, 0, &first) != STORE_OK ||
        pack_key(store, 0, round, MASK(ACTION_BITS), &last) != STORE_OK)
        return STORE_FAILED;
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_COUNTS_EACH_IN, first, last), counts_row, &visit);
}

void sqlite_add_fold_verbs(struct store_ops *ops)
{
    ops->current_read = current_read;
    ops->current_add = current_add;
    ops->current_write = current_write;
    ops->current_each = current_each;
    ops->current_erase = current_erase;
    ops->current_each_of = current_each_of;
    ops->current_forget = current_forget;
    ops->counts_read = counts_read;
    ops->counts_write = counts_write;
    ops->counts_each = counts_each;
    ops->counts_each_in = counts_each_in;
}
