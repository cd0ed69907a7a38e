/* The embedded store's transactions, and what others have committed meanwhile. */
#include "collector/store/sqlite/file.h"
#include "collector/store/sqlite/verbs.h"
#include <string.h>

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

static enum store_result begin_writing(struct store *store)
{
    return run_plain(store, SQL_BEGIN);
}

static enum store_result begin_reading(struct store *store)
{
    return run_plain(store, SQL_BEGIN_READING);
}

static enum store_result commit_all(struct store *store)
{
    return run_plain(store, SQL_COMMIT);
}

/* After some failures SQLite has rolled back by itself; the error of the verb that failed is kept. */
static void roll_back(struct store *store)
{
    struct error kept = store->error;
    if (sqlite3_get_autocommit(sqlite_of(store)->db) == 0)
        (void)run_plain(store, SQL_ROLLBACK);
    store->error = kept;
}

static enum store_result ask_changed(struct store *store, unsigned *what)
{
    if (sqlite_file_check(sqlite_of(store)) < 0)
        return STORE_FAILED;
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_CHANGED);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        int64_t version = sqlite3_column_int64(st, 0);
        bool changed = version != sqlite_of(store)->version;
        *what = changed ? STORE_CHANGED_LOG | STORE_CHANGED_MEMBERS | STORE_CHANGED_CATALOGUE : 0;
        sqlite_of(store)->version = version;
    }
    sqlite3_reset(st);
    return result;
}

void sqlite_add_transaction_verbs(struct store_ops *ops)
{
    ops->begin = begin_writing;
    ops->begin_invitations = begin_writing; /* one writer at a time, whatever is written */
    ops->begin_reading = begin_reading;
    ops->commit = commit_all;
    ops->rollback = roll_back;
    ops->changed = ask_changed;
    ops->serve = sqlite_file_serve;
}
