/* The embedded store: the log, its tree and its key. */
#include "base/lang.h"
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"
#include <string.h>

/* The log. */

static enum store_result entry_append(struct store *store, int64_t index, const char *jws, size_t len)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ENTRY_APPEND, index);
    if (!st)
        return STORE_FAILED;
    sqlite3_bind_text(st, 2, jws, (int)len, SQLITE_STATIC);
    sqlite_of(store)->appended = index + 1;
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result entry_read(struct store *store, int64_t index, struct buf *out)
{
    size_t before = out->len;
    enum store_result result = sqlite_read_bytes(store, SQLITE_PREPARE(store, SQL_ENTRY_READ, index), out);
    return result == STORE_OK && out->len == before ? STORE_ERASED : result;
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

static enum store_result entry_erase(struct store *store, int64_t index)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ENTRY_ERASE, index);
    return st ? sqlite_run(sqlite_of(store), st) : STORE_FAILED;
}

static int entry_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_entry(visit->context, sqlite3_column_int64(st, 0), sqlite_text(st, 1),
                                (size_t)sqlite3_column_bytes(st, 1));
}

static enum store_result entry_range(struct store *store, int64_t first, int64_t count, store_entry_fn *each,
                                     void *context)
{
    struct visit visit = {.each.on_entry = each, .context = context};
    int64_t end;
    if (__builtin_add_overflow(first, count, &end))
        end = INT64_MAX;
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_ENTRY_RANGE, first, end), entry_row, &visit);
}

/* In the order asked, which need not be the log's. */
static enum store_result entry_each(struct store *store, const int64_t *indexes, size_t count, store_entry_fn *each,
                                    void *context)
{
    struct buf jws;
    enum store_result result = STORE_OK;
    buf_init(&jws, SIZE_MAX);
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        buf_reset(&jws);
        result = entry_read(store, indexes[i], &jws);
        if (result == STORE_NONE)
            result = sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                                 T("an entry is missing from the log; run `audit`",
                                   "er ontbreekt een regel in het logboek; voer `audit` uit"));
        if (result == STORE_FAILED)
            break;
        result = STORE_OK;
        sqlite_clear_error(store);
        if (each(context, indexes[i], buf_text(&jws), jws.len) != 0)
            result = STORE_FAILED;
    }
    buf_free(&jws);
    return result;
}

/* The tree. */

static enum store_result tile_write(struct store *store, unsigned level, uint64_t index,
                                    const struct merkle_hash *hashes, unsigned width)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_TILE_WRITE, key_of_tile(level, index));
    if (!st)
        return STORE_FAILED;
    sqlite3_bind_blob(st, 2, hashes, (int)(width * sizeof *hashes), SQLITE_STATIC);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result tile_read(struct store *store, unsigned level, uint64_t index,
                                   struct merkle_hash hashes[static TILE_WIDTH], unsigned *width)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_TILE_READ, key_of_tile(level, index));
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        size_t len = (size_t)sqlite3_column_bytes(st, 0);
        *width = (unsigned)(len / sizeof *hashes);
        if (len % sizeof *hashes != 0 || *width == 0 || *width > TILE_WIDTH)
            result = sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                                 T("a tile of the log is damaged", "een tegel van het logboek is beschadigd"));
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

static enum store_result read_log_key(struct store *store, struct buf *verifier)
{
    return sqlite_read_bytes(store, sqlite_statement(sqlite_of(store), SQL_LOG_KEY_READ), verifier);
}

void sqlite_add_log_verbs(struct store_ops *ops)
{
    ops->entry_append = entry_append;
    ops->entry_read = entry_read;
    ops->entry_count = entry_count;
    ops->entry_range = entry_range;
    ops->entry_each = entry_each;
    ops->entry_erase = entry_erase;
    ops->tile_write = tile_write;
    ops->tile_read = tile_read;
    ops->log_key_write = log_key_write;
    ops->log_key_read = read_log_key;
}
