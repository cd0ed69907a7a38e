/* The embedded store: invitations that are handed out many at once. Only one writes at a time here, so what matters is
 * that each transaction is short. */
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"

/* With the handing out's key as the first parameter. */
static enum store_result run_on_handout(struct store *store, enum statement which, int64_t last)
{
    uint8_t key[SHA256_BYTES];
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), which);
    if (!st)
        return STORE_FAILED;
    key_of_handout(last, key);
    sqlite_bind_hash(st, 1, key);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result handout_last(struct store *store, int64_t *last)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_HANDOUT_LAST);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *last = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return result;
}

static enum store_result handout_begin(struct store *store, int64_t last, int64_t since)
{
    uint8_t key[SHA256_BYTES];
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_HANDOUT_BEGIN, 0, -last, since);
    if (!st)
        return STORE_FAILED;
    key_of_handout(last, key);
    sqlite_bind_hash(st, 1, key);
    return sqlite_run(sqlite_of(store), st);
}

enum store_result sqlite_handout_find(struct store *store, int64_t last, enum handout_state state)
{
    uint8_t key[SHA256_BYTES];
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_HANDOUT_FIND, 0, state);
    if (!st)
        return STORE_FAILED;
    key_of_handout(last, key);
    sqlite_bind_hash(st, 1, key);
    enum store_result result = sqlite_step(sqlite_of(store), st);
    sqlite3_reset(st);
    return result;
}

static enum store_result handout_add(struct store *store, int64_t last, const struct store_numbered *list, size_t count)
{
    enum store_result result = sqlite_handout_find(store, last, HANDOUT_UNDER_WAY);
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_HANDOUT_ADD, 0, list[i].number, -last);
        if (!st)
            return STORE_FAILED;
        sqlite_bind_hash(st, 1, list[i].hash);
        result = sqlite_run(sqlite_of(store), st);
    }
    return result;
}

static enum store_result handout_open(struct store *store, int64_t last)
{
    return run_on_handout(store, SQL_HANDOUT_OPEN, last);
}

static enum store_result handout_close(struct store *store, int64_t last)
{
    return run_on_handout(store, SQL_HANDOUT_CLOSE, last);
}

static enum store_result handout_clear(struct store *store, int64_t last, unsigned part)
{
    uint8_t from[SHA256_BYTES], to[SHA256_BYTES];
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_HANDOUT_CLEAR, 0, 0, -last);
    if (!st)
        return STORE_FAILED;
    key_of_part(part, from, to);
    sqlite_bind_hash(st, 1, from);
    sqlite_bind_hash(st, 2, to);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result handout_end(struct store *store, int64_t last)
{
    return run_on_handout(store, SQL_HANDOUT_END, last);
}

static int handout_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_handout(visit->context, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1));
}

static enum store_result handout_each(struct store *store, store_handout_fn *each, void *context)
{
    struct visit visit = {.each.on_handout = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_HANDOUT_EACH), handout_row, &visit);
}

void sqlite_add_handout_verbs(struct store_ops *ops)
{
    ops->handout_last = handout_last;
    ops->handout_begin = handout_begin;
    ops->handout_add = handout_add;
    ops->handout_open = handout_open;
    ops->handout_close = handout_close;
    ops->handout_clear = handout_clear;
    ops->handout_end = handout_end;
    ops->handout_each = handout_each;
}
