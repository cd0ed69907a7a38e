/* One moment of the store as a file of its own, by SQLite's online backup (https://www.sqlite.org/backup.html). It
 * reads in the transaction that is open, so that it is never begun anew, however much is committed meanwhile. */
#include "base/error.h"
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"

#define COPY_PAGES 256 /* a step, 1 MiB */

static enum store_result tell_copy_failed(struct store *store, const char *path, const char *why)
{
    error_set(&store->error, ERROR_IO, "%s: %s", path, why);
    return STORE_FAILED;
}

static enum store_result copy_steps(struct store *store, sqlite3 *to, const char *path, store_copy_fn *each,
                                    void *context)
{
    int code, stopped = 0;
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", sqlite_of(store)->db, "main");
    if (!backup)
        return tell_copy_failed(store, path, sqlite3_errmsg(to));
    do {
        code = sqlite3_backup_step(backup, COPY_PAGES);
        size_t total = (size_t)sqlite3_backup_pagecount(backup), left = (size_t)sqlite3_backup_remaining(backup);
        if (code == SQLITE_OK || code == SQLITE_DONE)
            stopped = each(context, total - left, total);
    } while (code == SQLITE_OK && stopped == 0);
    sqlite3_backup_finish(backup);
    if (stopped != 0) {
        sqlite_clear_error(store);
        return STORE_FAILED;
    }
    return code == SQLITE_DONE ? STORE_OK : tell_copy_failed(store, path, sqlite3_errstr(code));
}

/* What is half done is thrown away by the caller, so nothing is journalled; and synced by the caller. */
static enum store_result copy_all(struct store *store, const char *path, store_copy_fn *each, void *context)
{
    sqlite3 *to = NULL;
    enum store_result result = STORE_FAILED;
    if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL) != SQLITE_OK)
        tell_copy_failed(store, path, to ? sqlite3_errmsg(to) : sqlite3_errstr(SQLITE_NOMEM));
    else
        result = copy_steps(store, to, path, each, context);
    sqlite3_close(to);
    return result;
}

void sqlite_add_copy_verb(struct store_ops *ops)
{
    ops->copy = copy_all;
}
