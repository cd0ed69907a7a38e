/* The embedded store: what its verbs share, and transactions. The verbs are in store_sqlite_log.c and
 * store_sqlite_admin.c. */
#include "base/lang.h"
#include "collector/store/sqlite/handle.h"
#include <string.h>
#include <sys/stat.h>

struct store_sqlite *sqlite_of(struct store *store)
{
    return (struct store_sqlite *)store;
}

sqlite3_stmt *sqlite_prepare(struct store *store, enum statement which, size_t count, const int64_t *values)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), which);
    for (size_t i = 0; st && i < count; i++)
        sqlite3_bind_int64(st, (int)i + 1, values[i]);
    return st;
}

void sqlite_bind_string(sqlite3_stmt *st, int place, const char *text)
{
    sqlite3_bind_text(st, place, text ? text : "", -1, SQLITE_STATIC);
}

void sqlite_bind_hash(sqlite3_stmt *st, int place, const uint8_t *hash)
{
    sqlite3_bind_blob(st, place, hash, SHA256_BYTES, SQLITE_STATIC);
}

char *sqlite_text(sqlite3_stmt *st, int column)
{
    return (char *)sqlite3_column_text(st, column);
}

enum store_result sqlite_read_bytes(struct store *store, sqlite3_stmt *st, struct buf *out)
{
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        const void *bytes = sqlite3_column_blob(st, 0);
        buf_put(out, bytes, (size_t)sqlite3_column_bytes(st, 0));
        if (buf_check(out))
            result = sqlite_damaged(sqlite_of(store), "a row is larger than can be, or out of memory");
    }
    sqlite3_reset(st);
    return result;
}

/* Walking. */

enum store_result sqlite_walk(struct store *store, sqlite3_stmt *st, int (*row)(struct store *, sqlite3_stmt *, void *),
                              void *context)
{
    if (!st)
        return STORE_FAILED;
    enum store_result result = STORE_OK;
    while (result == STORE_OK && (result = sqlite_step(sqlite_of(store), st)) == STORE_OK) {
        store->error[0] = '\0';
        if (row(store, st, context)) {
            if (store->error[0] == '\0')
                (void)sqlite_damaged(sqlite_of(store), "reading was broken off");
            result = STORE_FAILED;
        }
    }
    sqlite3_reset(st);
    return result == STORE_NONE ? STORE_OK : result;
}

/* Transactions. */

static enum store_result run_plain(struct store *store, enum statement which)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), which);
    if (!st)
        return STORE_FAILED;
    int code = sqlite3_step(st);
    enum store_result result = code == SQLITE_DONE ? STORE_OK : sqlite_failed(sqlite_of(store));
    sqlite3_reset(st);
    return result;
}

static enum store_result begin(struct store *store)
{
    return run_plain(store, SQL_BEGIN);
}

static enum store_result begin_reading(struct store *store)
{
    return run_plain(store, SQL_BEGIN_READING);
}

static enum store_result commit(struct store *store)
{
    return run_plain(store, SQL_COMMIT);
}

/* After some failures SQLite has rolled back by itself; the error of the verb that failed is kept. */
static void rollback(struct store *store)
{
    char kept[STORE_ERROR_SIZE];
    memcpy(kept, store->error, sizeof kept);
    if (sqlite3_get_autocommit(sqlite_of(store)->db) == 0)
        (void)run_plain(store, SQL_ROLLBACK);
    memcpy(store->error, kept, sizeof kept);
}

/* SQLite goes on committing into a file that has been removed or replaced, and whoever opens the store next finds
 * nothing of it. */
static bool is_same_file(const struct store_sqlite *s)
{
    struct stat now;
    return s->inode == 0 || (stat(s->path, &now) == 0 && now.st_ino == s->inode && now.st_dev == s->device);
}

static enum store_result changed(struct store *store, bool *changed)
{
    if (!is_same_file(sqlite_of(store)))
        return sqlite_damaged(sqlite_of(store),
                              T("the store's file was removed or replaced; put it back",
                                "het bestand van de opslag is verwijderd of vervangen; zet het terug"));
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_CHANGED);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        int64_t version = sqlite3_column_int64(st, 0);
        *changed = version != sqlite_of(store)->version;
        sqlite_of(store)->version = version;
    }
    sqlite3_reset(st);
    return result;
}

void sqlite_add_transaction_verbs(struct store_ops *ops)
{
    ops->begin = begin;
    ops->begin_reading = begin_reading;
    ops->commit = commit;
    ops->rollback = rollback;
    ops->changed = changed;
}
