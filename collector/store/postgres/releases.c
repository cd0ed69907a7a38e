/* The store in PostgreSQL: releases, their files, and who read what is not in them. */
#include "base/lang.h"
#include "collector/store/postgres/handle.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

static struct values release_of(int64_t round, int64_t number)
{
    struct values values = {0};
    values_number(&values, round);
    values_number(&values, number);
    return values;
}

/* Releases. */

static enum store_result pg_release_add(struct store *store, const struct store_release *release)
{
    struct values values = release_of(release->round, release->number);
    values_number(&values, release->is_final);
    values_number(&values, release->size);
    values_number(&values, release->index);
    values_number(&values, release->created_at);
    values_bytes(&values, release->root, SHA256_BYTES);
    return postgres_run(store, PG_RELEASE_ADD, &values);
}

static int pg_read_release(struct store *store, const PGresult *rows, int row, struct store_release *out)
{
    if (row_len(rows, row, 6) != SHA256_BYTES) {
        (void)postgres_fail(postgres_of(store), ERROR_DAMAGED,
                            T("a release can't be read", "een uitgave van de tabellen is onleesbaar"));
        return -1;
    }
    *out = (struct store_release){.round = row_number(rows, row, 0),
                                  .number = row_number(rows, row, 1),
                                  .is_final = row_number(rows, row, 2) != 0,
                                  .size = row_number(rows, row, 3),
                                  .index = row_number(rows, row, 4),
                                  .created_at = row_number(rows, row, 5)};
    memcpy(out->root, row_text(rows, row, 6), SHA256_BYTES);
    return 0;
}

static int pg_release_row(struct store *store, const PGresult *rows, int row, void *context)
{
    const struct visit *visit = context;
    struct store_release release;
    return pg_read_release(store, rows, row, &release) < 0 ? -1 : visit->each.on_release(visit->context, &release);
}

static enum store_result pg_release_each(struct store *store, int64_t round, store_release_fn *each, void *context)
{
    struct visit visit = {.each.on_release = each, .context = context};
    struct values values = {0};
    values_number(&values, round);
    return postgres_walk(store, postgres_ask(store, PG_RELEASE_EACH, &values), pg_release_row, &visit);
}

static enum store_result pg_release_last(struct store *store, int64_t round, struct store_release *out)
{
    struct values values = {0};
    values_number(&values, round);
    PGresult *rows = postgres_ask(store, PG_RELEASE_LAST, &values);
    if (!rows)
        return STORE_FAILED;
    enum store_result result = PQntuples(rows) > 0 ? STORE_OK : STORE_NONE;
    if (result == STORE_OK && pg_read_release(store, rows, 0, out) < 0)
        result = STORE_FAILED;
    PQclear(rows);
    return result;
}

/* Their files. */

static enum store_result pg_release_file_add(struct store *store, int64_t round, int64_t number, const char *name,
                                             const void *bytes, size_t len)
{
    struct values values = release_of(round, number);
    values_text(&values, name);
    values_bytes(&values, bytes, len);
    return postgres_run(store, PG_RELEASE_FILE_ADD, &values);
}

static enum store_result pg_release_file_read(struct store *store, int64_t round, int64_t number, const char *name,
                                              struct buf *out)
{
    struct values values = release_of(round, number);
    values_text(&values, name);
    return postgres_read_bytes(store, postgres_ask(store, PG_RELEASE_FILE_READ, &values), out);
}

static int pg_release_file_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_file(visit->context, row_text(rows, row, 0), (size_t)row_number(rows, row, 1));
}

static enum store_result pg_release_file_each(struct store *store, int64_t round, int64_t number,
                                              store_release_file_fn *each, void *context)
{
    struct visit visit = {.each.on_file = each, .context = context};
    struct values values = release_of(round, number);
    return postgres_walk(store, postgres_ask(store, PG_RELEASE_FILE_EACH, &values), pg_release_file_row, &visit);
}

/* Reads of what is not published. */

static enum store_result pg_access_add(struct store *store, const struct store_access *access)
{
    struct values values = {0};
    values_number(&values, access->at);
    values_number(&values, access->rows);
    values_text(&values, access->token);
    values_text(&values, access->what);
    return postgres_run(store, PG_ACCESS_ADD, &values);
}

static int pg_access_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    struct keyed_walk *walk = context;
    struct store_access access = {.at = row_number(rows, row, 0),
                                  .rows = row_number(rows, row, 1),
                                  .token = row_text(rows, row, 2),
                                  .what = row_text(rows, row, 3)};
    walk->last = row_number(rows, row, 4);
    return walk->visit.each.on_access(walk->visit.context, &access);
}

static enum store_result pg_access_each(struct store *store, store_access_fn *each, void *context)
{
    struct keyed_walk walk = {.visit = {.each.on_access = each, .context = context}};
    return postgres_walk_by_key(store, PG_ACCESS_EACH, WALK_ROWS, pg_access_row, &walk, &walk.last);
}

static enum store_result pg_access_purge(struct store *store, int64_t before)
{
    struct values values = {0};
    values_number(&values, before);
    return postgres_run(store, PG_ACCESS_PURGE, &values) == STORE_FAILED ? STORE_FAILED : STORE_OK;
}

void postgres_add_release_verbs(struct store_ops *ops)
{
    ops->release_add = pg_release_add;
    ops->release_each = pg_release_each;
    ops->release_last = pg_release_last;
    ops->release_file_add = pg_release_file_add;
    ops->release_file_read = pg_release_file_read;
    ops->release_file_each = pg_release_file_each;
    ops->access_add = pg_access_add;
    ops->access_each = pg_access_each;
    ops->access_purge = pg_access_purge;
}
