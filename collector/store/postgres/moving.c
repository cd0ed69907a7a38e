/* The store in PostgreSQL: walks over all of what is otherwise looked up, and the mark of a store that is being
 * filled. */
#include "base/lang.h"
#include "collector/store/postgres/handle.h"
#include "collector/store/postgres/schema.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

static int pg_panel_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    struct keyed_walk *walk = context;
    walk->last = row_number(rows, row, 0);
    return walk->visit.each.on_panel(walk->visit.context, row_text(rows, row, 2), row_len(rows, row, 2),
                                     row_number(rows, row, 1));
}

static enum store_result pg_panel_each(struct store *store, store_panel_fn *each, void *context)
{
    struct keyed_walk walk = {.visit = {.each.on_panel = each, .context = context}, .last = INT64_MIN};
    return postgres_walk_by_key(store, PG_PANEL_EACH, 1, pg_panel_row, &walk, &walk.last);
}

static int pg_fail_on_hash(struct store *store)
{
    (void)postgres_fail(postgres_of(store), ERROR_DAMAGED,
                        T("a hash is not 32 bytes long", "een hash is geen 32 bytes lang"));
    return -1;
}

static int pg_document_row(struct store *store, const PGresult *rows, int row, void *context)
{
    const struct visit *visit = context;
    return row_len(rows, row, 0) != SHA256_BYTES
               ? pg_fail_on_hash(store)
               : visit->each.on_document(visit->context, (const uint8_t *)row_text(rows, row, 0));
}

static enum store_result pg_document_each(struct store *store, store_document_fn *each, void *context)
{
    struct visit visit = {.each.on_document = each, .context = context};
    return postgres_walk(store, postgres_ask(store, PG_DOCUMENT_EACH, NULL), pg_document_row, &visit);
}

static int pg_request_row(struct store *store, const PGresult *rows, int row, void *context)
{
    struct keyed_walk *walk = context;
    struct store_erasure erasure = {.request = row_number(rows, row, 0), .member = row_number(rows, row, 1)};
    walk->last = erasure.request;
    if (row_len(rows, row, 2) != sizeof erasure.leaf.bytes)
        return pg_fail_on_hash(store);
    memcpy(erasure.leaf.bytes, row_text(rows, row, 2), sizeof erasure.leaf.bytes);
    return walk->visit.each.on_request(walk->visit.context, &erasure);
}

static enum store_result pg_request_each(struct store *store, store_request_fn *each, void *context)
{
    struct keyed_walk walk = {.visit = {.each.on_request = each, .context = context}, .last = INT64_MIN};
    return postgres_walk_by_key(store, PG_REQUEST_EACH, WALK_ROWS, pg_request_row, &walk, &walk.last);
}

static int pg_revision_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    struct keyed_walk *walk = context;
    walk->last = row_number(rows, row, 0);
    return walk->visit.each.on_revision(walk->visit.context, walk->last, row_number(rows, row, 1));
}

static enum store_result pg_revision_each(struct store *store, store_revision_fn *each, void *context)
{
    struct keyed_walk walk = {.visit = {.each.on_revision = each, .context = context}, .last = INT64_MIN};
    return postgres_walk_by_key(store, PG_REVISION_EACH, WALK_ROWS, pg_revision_row, &walk, &walk.last);
}

static enum store_result pg_mark_filling(struct store *store, bool filling)
{
    struct values values = {0};
    values_number(&values, postgres_schema_version(filling));
    return postgres_run(store, PG_MARK_FILLING, &values);
}

void postgres_add_moving_verbs(struct store_ops *ops)
{
    ops->panel_each = pg_panel_each;
    ops->document_each = pg_document_each;
    ops->request_each = pg_request_each;
    ops->revision_each = pg_revision_each;
    ops->mark_filling = pg_mark_filling;
}
