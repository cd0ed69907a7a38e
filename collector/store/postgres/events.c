/* The store in PostgreSQL: documents, which entries are events, and what administrators wait for. */
#include "base/lang.h"
#include "collector/store/postgres/handle.h"
#include "collector/store/postgres/verbs.h"

#define OUTCOME_LASTS 3600 /* seconds */

/* Documents. */

static enum store_result pg_document_add(struct store *store, const uint8_t hash[static SHA256_BYTES],
                                         const void *bytes, size_t len)
{
    struct values values = {0};
    values_bytes(&values, hash, SHA256_BYTES);
    values_bytes(&values, bytes, len);
    return postgres_run(store, PG_DOCUMENT_ADD, &values) == STORE_FAILED ? STORE_FAILED : STORE_OK;
}

static enum store_result pg_document_read(struct store *store, const uint8_t hash[static SHA256_BYTES], struct buf *out)
{
    struct values values = {0};
    values_bytes(&values, hash, SHA256_BYTES);
    return postgres_read_bytes(store, postgres_ask(store, PG_DOCUMENT_READ, &values), out);
}

static enum store_result pg_document_remove(struct store *store, const uint8_t hash[static SHA256_BYTES])
{
    struct values values = {0};
    values_bytes(&values, hash, SHA256_BYTES);
    return postgres_run(store, PG_DOCUMENT_REMOVE, &values);
}

static enum store_result pg_document_size(struct store *store, const uint8_t hash[static SHA256_BYTES], size_t *len)
{
    struct values values = {0};
    int64_t bytes = 0;
    values_bytes(&values, hash, SHA256_BYTES);
    enum store_result result = postgres_read_number(store, postgres_ask(store, PG_DOCUMENT_SIZE, &values), &bytes);
    if (result == STORE_OK)
        *len = (size_t)bytes;
    return result;
}

/* Events. */

static enum store_result pg_event_add(struct store *store, int64_t index, const char *kind)
{
    struct values values = {0};
    values_number(&values, index);
    values_text(&values, kind);
    return postgres_hold(store, PG_EVENT_ADD, &values);
}

static int pg_event_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_event(visit->context, row_number(rows, row, 0), row_text(rows, row, 1));
}

static enum store_result pg_event_each(struct store *store, int64_t from, int64_t max, store_event_fn *each,
                                       void *context)
{
    struct visit visit = {.each.on_event = each, .context = context};
    struct values values = {0};
    values_number(&values, from);
    values_number(&values, max);
    return postgres_walk(store, postgres_ask(store, PG_EVENT_EACH, &values), pg_event_row, &visit);
}

static enum store_result pg_event_last(struct store *store, const char *kind, int64_t *index)
{
    struct values values = {0};
    values_text(&values, kind);
    return postgres_read_number(store, postgres_ask(store, PG_EVENT_LAST, &values), index);
}

/* Wishes. */

static enum store_result pg_wish_add(struct store *store, const struct store_wish *wish, int64_t *id)
{
    struct values values = {0};
    values_number(&values, wish->asked_at);
    values_text(&values, wish->kind);
    values_bytes(&values, wish->claims, wish->claims_len);
    if (wish->document)
        values_bytes(&values, wish->document, wish->document_len);
    else
        values_null(&values);
    return postgres_read_number(store, postgres_ask(store, PG_WISH_ADD, &values), id);
}

static int pg_wish_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    struct keyed_walk *walk = context;
    struct store_wish wish = {.id = row_number(rows, row, 0),
                              .kind = row_text(rows, row, 1),
                              .claims = row_text(rows, row, 2),
                              .claims_len = row_len(rows, row, 2),
                              .document = row_is_null(rows, row, 3) ? NULL : row_text(rows, row, 3),
                              .document_len = row_len(rows, row, 3),
                              .asked_at = row_number(rows, row, 4)};
    walk->last = wish.id;
    return walk->visit.each.on_wish(walk->visit.context, &wish);
}

/* One at a time: each may have a document of megabytes with it. Who has the lane carries out what is found, so nobody
 * may withdraw it any more. */
static enum store_result pg_wish_each(struct store *store, store_wish_fn *each, void *context)
{
    struct keyed_walk walk = {.visit = {.each.on_wish = each, .context = context}};
    enum statement which = postgres_of(store)->has_lane ? PG_WISH_TAKE : PG_WISH_EACH;
    return postgres_walk_by_key(store, which, 1, pg_wish_row, &walk, &walk.last);
}

static enum store_result pg_run_on_wish(struct store *store, enum statement which, int64_t number)
{
    struct values values = {0};
    values_number(&values, number);
    return postgres_run(store, which, &values);
}

static enum store_result pg_wish_done(struct store *store, int64_t id, int64_t entry, const char *outcome, int64_t when)
{
    struct values values = {0};
    if (pg_run_on_wish(store, PG_WISH_FORGET, when - OUTCOME_LASTS) == STORE_FAILED)
        return STORE_FAILED;
    values_number(&values, id);
    values_number(&values, when);
    values_number(&values, entry);
    values_text(&values, outcome);
    return postgres_run(store, PG_WISH_DONE, &values);
}

static enum store_result pg_wish_outcome(struct store *store, int64_t id, int64_t *entry, struct buf *outcome)
{
    struct values values = {0};
    values_number(&values, id);
    PGresult *rows = postgres_ask(store, PG_WISH_OUTCOME, &values);
    bool found = rows && PQntuples(rows) > 0;
    int64_t at = found ? row_number(rows, 0, 1) : -1;
    enum store_result result = postgres_read_bytes(store, rows, outcome);
    if (result == STORE_OK)
        result = pg_run_on_wish(store, PG_WISH_REMOVE, id);
    if (result == STORE_OK)
        *entry = at;
    return result;
}

static enum store_result pg_wish_withdraw(struct store *store, int64_t id)
{
    return pg_run_on_wish(store, PG_WISH_WITHDRAW, id);
}

void postgres_add_event_verbs(struct store_ops *ops)
{
    ops->document_add = pg_document_add;
    ops->document_read = pg_document_read;
    ops->document_remove = pg_document_remove;
    ops->document_size = pg_document_size;
    ops->event_add = pg_event_add;
    ops->event_each = pg_event_each;
    ops->event_last = pg_event_last;
    ops->wish_add = pg_wish_add;
    ops->wish_each = pg_wish_each;
    ops->wish_done = pg_wish_done;
    ops->wish_outcome = pg_wish_outcome;
    ops->wish_withdraw = pg_wish_withdraw;
}
