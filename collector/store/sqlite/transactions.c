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

static enum store_result begin_reading(struct store *store)
{
    return run_plain(store, SQL_BEGIN_READING);
}

/* A commit counts only where it has gone into the files that whoever opens the store next will find. */
static enum store_result commit_all(struct store *store)
{
    struct store_sqlite *s = sqlite_of(store);
    enum store_result result = sqlite_file_check_index(s) == 0 ? run_plain(store, SQL_COMMIT) : STORE_FAILED;
    if (result != STORE_OK)
        return result;
    if (sqlite_file_check(s) < 0)
        return STORE_FAILED;
    sqlite_file_checkpoint(s);
    return STORE_OK;
}

/* After some failures SQLite has rolled back by itself; the error of the verb that failed is kept, unless what has
 * become of the files is the better reason. */
static void roll_back(struct store *store)
{
    struct store_sqlite *s = sqlite_of(store);
    struct error kept = store->error;
    if (sqlite3_get_autocommit(s->db) == 0)
        (void)run_plain(store, SQL_ROLLBACK);
    if (sqlite_file_check(s) == 0)
        store->error = kept;
}

static enum store_result begin_writing(struct store *store)
{
    enum store_result result = run_plain(store, SQL_BEGIN);
    if (result != STORE_OK || sqlite_file_check_length(sqlite_of(store)) == 0)
        return result;
    roll_back(store);
    return STORE_FAILED;
}

static enum store_result ask_changed(struct store *store, unsigned *what)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_CHANGED);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        int64_t version = sqlite3_column_int64(st, 0);
        bool changed = version != sqlite_of(store)->version;
        *what = changed ? STORE_CHANGED_ALL : 0;
        sqlite_of(store)->version = version;
    }
    sqlite3_reset(st);
    return result;
}

static bool is_lost(const struct store *store)
{
    return ((const struct store_sqlite *)store)->lost.kind != ERROR_NONE;
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
    ops->check = sqlite_file_look;
    ops->is_lost = is_lost;
    ops->settle = sqlite_file_settle;
    ops->settle_erasure = sqlite_file_settle_erasure;
    ops->space = sqlite_file_space;
}
