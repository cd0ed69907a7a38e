/* The embedded store: which entries were erased and by which event, what members have asked to be erased, and which
 * response replaced which, by which all of a member's are found. */
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"

/* Runs a statement with these two integers bound. */
static enum store_result run_pair(struct store *store, enum statement which, int64_t first, int64_t second)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, which, first, second);
    return st ? sqlite_run(sqlite_of(store), st) : STORE_FAILED;
}

/* Column 0 of the one row that there may be for this index. */
static enum store_result read_of_index(struct store *store, enum statement which, int64_t index, int64_t *out)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, which, index);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *out = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return result;
}

/* Entries. */

static enum store_result erased_add(struct store *store, int64_t index, int64_t event)
{
    if (run_pair(store, SQL_ERASED_ADD, index, event) != STORE_OK)
        return STORE_FAILED;
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_REVISION_FORGET, index);
    enum store_result result = st ? sqlite_run(sqlite_of(store), st) : STORE_FAILED;
    return result == STORE_NONE ? STORE_OK : result;
}

static enum store_result erased_by(struct store *store, int64_t index, int64_t *event)
{
    return read_of_index(store, SQL_ERASED_BY, index, event);
}

static int erased_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_erased(visit->context, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1));
}

static enum store_result erased_range(struct store *store, int64_t first, int64_t count, store_erased_fn *each,
                                      void *context)
{
    struct visit visit = {.each.on_erased = each, .context = context};
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_ERASED_RANGE, first, first + count), erased_row, &visit);
}

/* Requests. */

static enum store_result erasure_add(struct store *store, const struct store_erasure *erasure)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ERASURE_ADD, erasure->request, erasure->member);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 3, erasure->leaf.bytes);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result erasure_find(struct store *store, const struct merkle_hash *leaf, struct store_erasure *out)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_ERASURE_FIND);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 1, leaf->bytes);
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *out = (struct store_erasure){
            .request = sqlite3_column_int64(st, 0), .member = sqlite3_column_int64(st, 1), .leaf = *leaf};
    sqlite3_reset(st);
    return result;
}

static int erasure_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_erasure(visit->context, sqlite3_column_int64(st, 0));
}

static enum store_result erasure_each(struct store *store, int64_t member, store_erasure_fn *each, void *context)
{
    struct visit visit = {.each.on_erasure = each, .context = context};
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_ERASURE_EACH, member), erasure_row, &visit);
}

/* Revisions. */

static enum store_result revision_add(struct store *store, int64_t index, int64_t before)
{
    return run_pair(store, SQL_REVISION_ADD, index, before);
}

static enum store_result revision_before(struct store *store, int64_t index, int64_t *before)
{
    return read_of_index(store, SQL_REVISION_BEFORE, index, before);
}

static int before_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_before(visit->context, sqlite3_column_int64(st, 0));
}

static enum store_result revisions_before(struct store *store, const int64_t *indexes, size_t count,
                                          store_before_fn *each, void *context)
{
    struct visit visit = {.each.on_before = each, .context = context};
    enum store_result result = STORE_OK;
    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = sqlite_walk(store, SQLITE_PREPARE(store, SQL_REVISIONS_BEFORE, indexes[i]), before_row, &visit);
    return result;
}

void sqlite_add_erasure_verbs(struct store_ops *ops)
{
    ops->erased_add = erased_add;
    ops->erased_by = erased_by;
    ops->erased_range = erased_range;
    ops->erasure_add = erasure_add;
    ops->erasure_find = erasure_find;
    ops->erasure_each = erasure_each;
    ops->revision_add = revision_add;
    ops->revision_before = revision_before;
    ops->revisions_before = revisions_before;
}
