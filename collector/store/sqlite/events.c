/* The embedded store: documents, which entries are events, and what administrators wait for. */
#include "base/lang.h"
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"

#define OUTCOME_LASTS 3600 /* seconds */

/* Documents. */

static enum store_result document_add(struct store *store, const uint8_t hash[static SHA256_BYTES], const void *bytes,
                                      size_t len)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_DOCUMENT_ADD);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 1, hash);
    sqlite_bind_bytes(st, 2, bytes, len);
    enum store_result result = sqlite_run(sqlite_of(store), st);
    return result == STORE_NONE ? STORE_OK : result;
}

static enum store_result document_read(struct store *store, const uint8_t hash[static SHA256_BYTES], struct buf *out)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_DOCUMENT_READ);
    if (st)
        sqlite_bind_hash(st, 1, hash);
    return sqlite_read_bytes(store, st, out);
}

static enum store_result document_remove(struct store *store, const uint8_t hash[static SHA256_BYTES])
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_DOCUMENT_REMOVE);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 1, hash);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result document_size(struct store *store, const uint8_t hash[static SHA256_BYTES], size_t *len)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_DOCUMENT_SIZE);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 1, hash);
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK)
        *len = (size_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return result;
}

/* Events. */

static enum store_result event_add(struct store *store, int64_t index, const char *kind)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_EVENT_ADD, index);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 2, kind);
    return sqlite_run(sqlite_of(store), st);
}

static int event_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_event(visit->context, sqlite3_column_int64(st, 0), sqlite_text(st, 1));
}

static enum store_result event_each(struct store *store, int64_t from, int64_t max, store_event_fn *each, void *context)
{
    struct visit visit = {.each.on_event = each, .context = context};
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_EVENT_EACH, from, max), event_row, &visit);
}

static enum store_result event_last(struct store *store, const char *kind, int64_t *index)
{
    sqlite3_stmt *st = sqlite_statement(sqlite_of(store), SQL_EVENT_LAST);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 1, kind);
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK && sqlite3_column_type(st, 0) == SQLITE_NULL)
        result = STORE_NONE;
    if (result == STORE_OK)
        *index = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return result;
}

/* Wishes. */

static enum store_result wish_add(struct store *store, const struct store_wish *wish, int64_t *id)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_WISH_ADD, wish->asked_at);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 2, wish->kind);
    sqlite3_bind_text64(st, 3, wish->claims, wish->claims_len, SQLITE_STATIC, SQLITE_UTF8);
    if (wish->document)
        sqlite_bind_bytes(st, 4, wish->document, wish->document_len);
    else
        sqlite3_bind_null(st, 4);
    enum store_result result = sqlite_run(sqlite_of(store), st);
    if (result == STORE_OK)
        *id = sqlite3_last_insert_rowid(sqlite_of(store)->db);
    return result;
}

static int wish_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_wish wish = {.id = sqlite3_column_int64(st, 0),
                              .kind = sqlite_text(st, 1),
                              .claims = sqlite_text(st, 2),
                              .claims_len = (size_t)sqlite3_column_bytes(st, 2),
                              .document_len = (size_t)sqlite3_column_bytes(st, 3),
                              .asked_at = sqlite3_column_int64(st, 4)};
    if (sqlite3_column_type(st, 3) != SQLITE_NULL)
        wish.document = wish.document_len > 0 ? sqlite3_column_blob(st, 3) : "";
    if (!wish.kind || !wish.claims) {
        (void)sqlite_fail(sqlite_of(store), ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
        return -1;
    }
    return visit->each.on_wish(visit->context, &wish);
}

static enum store_result wish_each(struct store *store, store_wish_fn *each, void *context)
{
    struct visit visit = {.each.on_wish = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_WISH_EACH), wish_row, &visit);
}

static enum store_result run_on_wish(struct store *store, enum statement which, int64_t number)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, which, number);
    return st ? sqlite_run(sqlite_of(store), st) : STORE_FAILED;
}

static enum store_result wish_done(struct store *store, int64_t id, int64_t entry, const char *outcome, int64_t when)
{
    if (run_on_wish(store, SQL_WISH_FORGET, when - OUTCOME_LASTS) == STORE_FAILED)
        return STORE_FAILED;
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_WISH_DONE, id, when, entry);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 4, outcome);
    return sqlite_run(sqlite_of(store), st);
}

/* Asked often while it is not done yet, so it is removed by a statement of its own: the question excludes no writer. */
static enum store_result wish_outcome(struct store *store, int64_t id, int64_t *entry, struct buf *outcome)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_WISH_OUTCOME, id);
    if (!st)
        return STORE_FAILED;
    int64_t found = -1;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK) {
        found = sqlite3_column_int64(st, 1);
        sqlite3_reset(st);
        result = sqlite_read_bytes(store, st, outcome);
    }
    sqlite3_reset(st);
    if (result == STORE_OK)
        result = run_on_wish(store, SQL_WISH_REMOVE, id);
    if (result == STORE_OK)
        *entry = found;
    return result;
}

static enum store_result wish_withdraw(struct store *store, int64_t id)
{
    return run_on_wish(store, SQL_WISH_WITHDRAW, id);
}

void sqlite_add_event_verbs(struct store_ops *ops)
{
    ops->document_add = document_add;
    ops->document_read = document_read;
    ops->document_remove = document_remove;
    ops->document_size = document_size;
    ops->event_add = event_add;
    ops->event_each = event_each;
    ops->event_last = event_last;
    ops->wish_add = wish_add;
    ops->wish_each = wish_each;
    ops->wish_done = wish_done;
    ops->wish_outcome = wish_outcome;
    ops->wish_withdraw = wish_withdraw;
}
