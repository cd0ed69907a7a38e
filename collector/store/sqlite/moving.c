/* The embedded store: walks over all of what is otherwise looked up, and the mark of a store that is being filled. */
#include "base/lang.h"
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/schema.h"
#include "collector/store/sqlite/verbs.h"
#include <string.h>

static int panel_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    const char *json = sqlite_text(st, 1);
    return visit->each.on_panel(visit->context, json ? json : "", (size_t)sqlite3_column_bytes(st, 1),
                                sqlite3_column_int64(st, 0));
}

static enum store_result panel_each(struct store *store, store_panel_fn *each, void *context)
{
    struct visit visit = {.each.on_panel = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_PANEL_EACH), panel_row, &visit);
}

static int fail_on_hash(struct store *store)
{
    (void)sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                      T("a hash is not 32 bytes long", "een hash is geen 32 bytes lang"));
    return -1;
}

static int document_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    return sqlite3_column_bytes(st, 0) != SHA256_BYTES
               ? fail_on_hash(store)
               : visit->each.on_document(visit->context, sqlite3_column_blob(st, 0));
}

static enum store_result document_each(struct store *store, store_document_fn *each, void *context)
{
    struct visit visit = {.each.on_document = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_DOCUMENT_EACH), document_row, &visit);
}

static int request_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_erasure erasure = {.request = sqlite3_column_int64(st, 0), .member = sqlite3_column_int64(st, 1)};
    if (sqlite3_column_bytes(st, 2) != sizeof erasure.leaf.bytes)
        return fail_on_hash(store);
    memcpy(erasure.leaf.bytes, sqlite3_column_blob(st, 2), sizeof erasure.leaf.bytes);
    return visit->each.on_request(visit->context, &erasure);
}

static enum store_result request_each(struct store *store, store_request_fn *each, void *context)
{
    struct visit visit = {.each.on_request = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_REQUEST_EACH), request_row, &visit);
}

static int revision_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_revision(visit->context, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1));
}

static enum store_result revision_each(struct store *store, store_revision_fn *each, void *context)
{
    struct visit visit = {.each.on_revision = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_REVISION_EACH), revision_row, &visit);
}

static enum store_result mark_filling(struct store *store, bool filling)
{
    return sqlite_schema_mark(sqlite_of(store), filling) < 0 ? STORE_FAILED : STORE_OK;
}

void sqlite_add_moving_verbs(struct store_ops *ops)
{
    ops->panel_each = panel_each;
    ops->document_each = document_each;
    ops->request_each = request_each;
    ops->revision_each = revision_each;
    ops->mark_filling = mark_filling;
}
