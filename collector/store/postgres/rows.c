/* Reading what a statement gave. */
#include "base/lang.h"
#include "collector/store/postgres/handle.h"
#include <endian.h>
#include <string.h>

int64_t row_number(const PGresult *rows, int row, int column)
{
    uint64_t number = 0;
    if (PQgetlength(rows, row, column) == sizeof number)
        memcpy(&number, PQgetvalue(rows, row, column), sizeof number);
    return (int64_t)be64toh(number);
}

const char *row_text(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column);
}

size_t row_len(const PGresult *rows, int row, int column)
{
    return (size_t)PQgetlength(rows, row, column);
}

bool row_is_null(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) != 0;
}

enum store_result postgres_tell_unfit(struct store_postgres *p, const struct buf *out, size_t len)
{
    if (len <= out->max)
        return postgres_fail(p, ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
    return postgres_fail(p, ERROR_DAMAGED, T("a row is larger than can be", "een rij is groter dan kan"));
}

static enum store_result put_bytes(struct store *store, const PGresult *rows, struct buf *out)
{
    if (PQntuples(rows) == 0)
        return STORE_NONE;
    buf_put(out, row_text(rows, 0, 0), row_len(rows, 0, 0));
    return buf_check(out) == 0 ? STORE_OK : postgres_tell_unfit(postgres_of(store), out, row_len(rows, 0, 0));
}

enum store_result postgres_read_bytes(struct store *store, PGresult *rows, struct buf *out)
{
    enum store_result result = rows ? put_bytes(store, rows, out) : STORE_FAILED;
    PQclear(rows);
    return result;
}

enum store_result postgres_read_number(struct store *store, PGresult *rows, int64_t *out)
{
    (void)store;
    if (!rows)
        return STORE_FAILED;
    enum store_result result = PQntuples(rows) > 0 ? STORE_OK : STORE_NONE;
    if (result == STORE_OK)
        *out = row_number(rows, 0, 0);
    PQclear(rows);
    return result;
}

enum store_result postgres_walk(struct store *store, PGresult *rows, row_fn *each, void *context)
{
    if (!rows)
        return STORE_FAILED;
    enum store_result result = STORE_OK;
    for (int row = 0; row < PQntuples(rows) && result == STORE_OK; row++) {
        store->error.kind = ERROR_NONE;
        store->error.text[0] = '\0';
        if (each(store, rows, row, context) != 0)
            result = STORE_FAILED;
    }
    PQclear(rows);
    return result;
}

enum store_result postgres_walk_by_key(struct store *store, enum statement which, int64_t at_once, row_fn *each,
                                       void *context, const int64_t *last)
{
    enum store_result result;
    int64_t at;
    do {
        struct values values = {0};
        at = *last;
        values_number(&values, at);
        values_number(&values, at_once);
        result = postgres_walk(store, postgres_ask(store, which, &values), each, context);
    } while (result == STORE_OK && *last > at);
    return result;
}
