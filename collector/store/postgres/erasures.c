/* The store in PostgreSQL: which entries were erased and by which event, what members have asked to be erased, and
 * which response replaced which, by which all of a member's are found. */
#include "collector/store/postgres/handle.h"
#include "collector/store/postgres/verbs.h"

static struct values pair_of(int64_t first, int64_t second)
{
    struct values values = {0};
    values_number(&values, first);
    values_number(&values, second);
    return values;
}

static struct values index_of(int64_t index)
{
    struct values values = {0};
    values_number(&values, index);
    return values;
}

/* Entries. */

static enum store_result pg_erased_add(struct store *store, int64_t index, int64_t event)
{
    struct values values = pair_of(index, event), key = index_of(index);
    if (postgres_hold(store, PG_ERASED_ADD, &values) != STORE_OK)
        return STORE_FAILED;
    return postgres_hold(store, PG_REVISION_FORGET, &key) == STORE_FAILED ? STORE_FAILED : STORE_OK;
}

static enum store_result pg_erased_by(struct store *store, int64_t index, int64_t *event)
{
    struct values key = index_of(index);
    return postgres_read_number(store, postgres_ask(store, PG_ERASED_BY, &key), event);
}

static int pg_erased_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_erased(visit->context, row_number(rows, row, 0), row_number(rows, row, 1));
}

static enum store_result pg_erased_range(struct store *store, int64_t first, int64_t count, store_erased_fn *each,
                                         void *context)
{
    struct visit visit = {.each.on_erased = each, .context = context};
    struct values range = pair_of(first, first + count);
    return postgres_walk(store, postgres_ask(store, PG_ERASED_RANGE, &range), pg_erased_row, &visit);
}

/* Requests. */

static enum store_result pg_erasure_add(struct store *store, const struct store_erasure *erasure)
{
    struct values values = pair_of(erasure->request, erasure->member);
    values_bytes(&values, erasure->leaf.bytes, sizeof erasure->leaf.bytes);
    return postgres_run(store, PG_ERASURE_ADD, &values);
}

static enum store_result pg_erasure_find(struct store *store, const struct merkle_hash *leaf, struct store_erasure *out)
{
    struct values values = {0};
    values_bytes(&values, leaf->bytes, sizeof leaf->bytes);
    PGresult *rows = postgres_ask(store, PG_ERASURE_FIND, &values);
    if (!rows)
        return STORE_FAILED;
    enum store_result result = PQntuples(rows) > 0 ? STORE_OK : STORE_NONE;
    if (result == STORE_OK)
        *out =
            (struct store_erasure){.request = row_number(rows, 0, 0), .member = row_number(rows, 0, 1), .leaf = *leaf};
    PQclear(rows);
    return result;
}

static int pg_erasure_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_erasure(visit->context, row_number(rows, row, 0));
}

static enum store_result pg_erasure_each(struct store *store, int64_t member, store_erasure_fn *each, void *context)
{
    struct visit visit = {.each.on_erasure = each, .context = context};
    struct values key = index_of(member);
    return postgres_walk(store, postgres_ask(store, PG_ERASURE_EACH, &key), pg_erasure_row, &visit);
}

/* Revisions. */

static enum store_result pg_revision_add(struct store *store, int64_t index, int64_t before)
{
    struct values values = pair_of(index, before);
    return postgres_hold(store, PG_REVISION_ADD, &values);
}

static enum store_result pg_revision_before(struct store *store, int64_t index, int64_t *before)
{
    struct values key = index_of(index);
    return postgres_read_number(store, postgres_ask(store, PG_REVISION_BEFORE, &key), before);
}

static int pg_before_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_before(visit->context, row_number(rows, row, 0));
}

static enum store_result pg_revisions_before(struct store *store, const int64_t *indexes, size_t count,
                                             store_before_fn *each, void *context)
{
    struct visit visit = {.each.on_before = each, .context = context};
    PGresult *rows = count > 0 ? postgres_ask_numbered(store, PG_REVISIONS_BEFORE, indexes, count) : NULL;
    return count > 0 ? postgres_walk(store, rows, pg_before_row, &visit) : STORE_OK;
}

void postgres_add_erasure_verbs(struct store_ops *ops)
{
    ops->erased_add = pg_erased_add;
    ops->erased_by = pg_erased_by;
    ops->erased_range = pg_erased_range;
    ops->erasure_add = pg_erasure_add;
    ops->erasure_find = pg_erasure_find;
    ops->erasure_each = pg_erasure_each;
    ops->revision_add = pg_revision_add;
    ops->revision_before = pg_revision_before;
    ops->revisions_before = pg_revisions_before;
}
