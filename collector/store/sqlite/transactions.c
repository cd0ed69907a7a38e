/* The embedded store's transactions, and what others have committed meanwhile. */
#include "base/lang.h"
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

/* What ends it without a commit is made ready first: where memory lacks later, its lock must still be let go of. */
static enum store_result begin_by(struct store *store, enum statement which)
{
    return sqlite_statement(sqlite_of(store), SQL_ROLLBACK) ? run_plain(store, which) : STORE_FAILED;
}

/* What others have committed. */

static enum store_result read_marks(struct store *store, struct sqlite_marks *out)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_MARKS);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *out = (struct sqlite_marks){.entries = sqlite3_column_int64(st, 0),
                                     .members = sqlite3_column_int64(st, 1),
                                     .catalogue = sqlite3_column_int64(st, 2),
                                     .wishes = sqlite3_column_int64(st, 3)};
    else if (result == STORE_NONE)
        result =
            sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                        T("what counts the store's changes is gone", "wat de wijzigingen van de opslag telt is weg"));
    sqlite3_reset(st);
    return result;
}

static unsigned compare_marks(const struct sqlite_marks *before, const struct sqlite_marks *now)
{
    return (before->entries != now->entries ? STORE_CHANGED_LOG : 0u) |
           (before->members != now->members ? STORE_CHANGED_MEMBERS : 0u) |
           (before->catalogue != now->catalogue ? STORE_CHANGED_CATALOGUE : 0u) |
           (before->wishes != now->wishes ? STORE_CHANGED_WISHES : 0u);
}

static enum store_result read_data_version(struct store *store, int64_t *version)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_VERSION);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *version = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return result;
}

/* Most of what others commit, who read what for instance, is of no kind. */
static enum store_result ask_changed(struct store *store, unsigned *what)
{
    struct store_sqlite *s = sqlite_of(store);
    struct sqlite_marks now = s->known;
    int64_t version = -1;
    if (read_data_version(store, &version) != STORE_OK)
        return STORE_FAILED;
    if (version != s->version && read_marks(store, &now) != STORE_OK)
        return STORE_FAILED;
    *what = s->version < 0 ? STORE_CHANGED_ALL : compare_marks(&s->known, &now);
    s->known = now;
    s->version = version;
    s->asked = true;
    return STORE_OK;
}

/* What this handle itself has written is no news to it, once it has asked what others had. */
static enum store_result read_own_marks(struct store *store, struct sqlite_marks *out)
{
    struct store_sqlite *s = sqlite_of(store);
    *out = s->known;
    if (!s->asked)
        return STORE_OK;
    if (s->marking)
        return read_marks(store, out);
    if (s->appended > 0)
        out->entries = s->appended;
    return STORE_OK;
}

static void forget_own_marks(struct store_sqlite *s)
{
    s->asked = s->marking = false;
    s->appended = 0;
}

/* Transactions. */

static enum store_result begin_reading(struct store *store)
{
    forget_own_marks(sqlite_of(store));
    return begin_by(store, SQL_BEGIN_READING);
}

/* A commit counts only where it has gone into the files that whoever opens the store next will find. */
static enum store_result commit_all(struct store *store)
{
    struct store_sqlite *s = sqlite_of(store);
    struct sqlite_marks own;
    if (sqlite_file_check_index(s) < 0 || read_own_marks(store, &own) != STORE_OK ||
        run_plain(store, SQL_COMMIT) != STORE_OK)
        return STORE_FAILED;
    s->known = own;
    forget_own_marks(s);
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
    forget_own_marks(s);
    if (sqlite3_get_autocommit(s->db) == 0)
        (void)run_plain(store, SQL_ROLLBACK);
    if (sqlite_file_check(s) == 0)
        store->error = kept;
}

static enum store_result begin_writing(struct store *store)
{
    forget_own_marks(sqlite_of(store));
    enum store_result result = begin_by(store, SQL_BEGIN);
    if (result != STORE_OK || sqlite_file_check_length(sqlite_of(store)) == 0)
        return result;
    roll_back(store);
    return STORE_FAILED;
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
    ops->serve = ops->serve_alone = sqlite_file_serve;
    ops->check = sqlite_file_look;
    ops->is_lost = is_lost;
    ops->settle = sqlite_file_settle;
    ops->settle_erasure = sqlite_file_settle_erasure;
    ops->rest = sqlite_file_rest;
    ops->space = sqlite_file_space;
}
