/* The store in PostgreSQL: invitations that are handed out many at once, by arrays. Whoever does so is not in the log's
 * lane, where one row is written, however many they are. */
#include "collector/store/postgres/arrays.h"
#include "collector/store/postgres/handle.h"
#include "collector/store/postgres/verbs.h"

/* With the handing out's key, which must last until it is sent. */
static struct values values_of_handout(int64_t last, uint8_t key[static SHA256_BYTES])
{
    struct values values = {0};
    key_of_handout(last, key);
    values_bytes(&values, key, SHA256_BYTES);
    return values;
}

static enum store_result pg_run_on_handout(struct store *store, enum statement which, int64_t last)
{
    uint8_t key[SHA256_BYTES];
    struct values values = values_of_handout(last, key);
    return postgres_run(store, which, &values);
}

static enum store_result pg_handout_last(struct store *store, int64_t *last)
{
    PGresult *rows = postgres_ask(store, PG_HANDOUT_LAST, NULL);
    if (!rows)
        return STORE_FAILED;
    *last = row_number(rows, 0, 0);
    PQclear(rows);
    return STORE_OK;
}

static enum store_result pg_handout_begin(struct store *store, int64_t last, int64_t since)
{
    uint8_t key[SHA256_BYTES];
    struct values values = values_of_handout(last, key);
    values_number(&values, -last);
    values_number(&values, since);
    return postgres_run(store, PG_HANDOUT_BEGIN, &values);
}

static enum store_result send_rows(struct store *store, struct values *values, struct buf *hashes, struct buf *numbers,
                                   int64_t last)
{
    if (buf_check(hashes) < 0 || buf_check(numbers) < 0) {
        error_no_memory(&store->error);
        return STORE_FAILED;
    }
    values_number(values, -last);
    values_bytes(values, hashes->data, hashes->len);
    values_bytes(values, numbers->data, numbers->len);
    return postgres_run(store, PG_HANDOUT_ADD, values);
}

static enum store_result pg_handout_add(struct store *store, int64_t last, const struct store_numbered *list,
                                        size_t count)
{
    uint8_t key[SHA256_BYTES];
    struct values values = values_of_handout(last, key);
    struct buf hashes, numbers;
    buf_init(&hashes, ARRAY_MAX);
    buf_init(&numbers, ARRAY_MAX);
    array_begin(&hashes, TYPE_BYTE_STRINGS, count);
    array_begin(&numbers, TYPE_NUMBERS, count);
    for (size_t i = 0; i < count; i++) {
        array_put_bytes(&hashes, list[i].hash, SHA256_BYTES);
        array_put_number(&numbers, list[i].number);
    }
    enum store_result result = send_rows(store, &values, &hashes, &numbers, last);
    buf_free(&hashes);
    buf_free(&numbers);
    return result;
}

static enum store_result pg_handout_open(struct store *store, int64_t last)
{
    return pg_run_on_handout(store, PG_HANDOUT_OPEN, last);
}

static enum store_result pg_handout_close(struct store *store, int64_t last)
{
    return pg_run_on_handout(store, PG_HANDOUT_CLOSE, last);
}

static enum store_result pg_handout_clear(struct store *store, int64_t last, unsigned part)
{
    uint8_t from[SHA256_BYTES], to[SHA256_BYTES];
    struct values values = {0};
    key_of_part(part, from, to);
    values_bytes(&values, from, SHA256_BYTES);
    values_bytes(&values, to, SHA256_BYTES);
    values_number(&values, -last);
    return postgres_run(store, PG_HANDOUT_CLEAR, &values);
}

static enum store_result pg_handout_end(struct store *store, int64_t last)
{
    return pg_run_on_handout(store, PG_HANDOUT_END, last);
}

static int pg_handout_row(struct store *store, const PGresult *rows, int row, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_handout(visit->context, row_number(rows, row, 0), row_number(rows, row, 1));
}

static enum store_result pg_handout_each(struct store *store, store_handout_fn *each, void *context)
{
    struct visit visit = {.each.on_handout = each, .context = context};
    return postgres_walk(store, postgres_ask(store, PG_HANDOUT_EACH, NULL), pg_handout_row, &visit);
}

void postgres_add_handout_verbs(struct store_ops *ops)
{
    ops->handout_last = pg_handout_last;
    ops->handout_begin = pg_handout_begin;
    ops->handout_add = pg_handout_add;
    ops->handout_open = pg_handout_open;
    ops->handout_close = pg_handout_close;
    ops->handout_clear = pg_handout_clear;
    ops->handout_end = pg_handout_end;
    ops->handout_each = pg_handout_each;
}
