/* Where others have appended, what this handle knew of the places of counters and tiles is no longer so. */
#include "collector/store/postgres/head.h"
#include "base/lang.h"
#include "collector/store/postgres/schema.h"

int postgres_take_head(struct store_postgres *p, const PGresult *rows)
{
    if (PQntuples(rows) == 0) {
        (void)postgres_fail(p, ERROR_DAMAGED,
                            T("table head has lost its only row", "tabel head is haar enige rij kwijt"));
        return -1;
    }
    if (postgres_schema_still_known(p, row_number(rows, 0, 4)) < 0)
        return -1;
    p->head = (struct head){.entries = row_number(rows, 0, 0),
                            .changes = row_number(rows, 0, 1),
                            .catalogue = row_number(rows, 0, 2),
                            .wishes = row_number(rows, 0, 3)};
    p->head_is_known = true;
    if (!p->is_known || p->head.entries != p->known.entries)
        placed_forget(&p->placed);
    return 0;
}

int postgres_know_head(struct store_postgres *p)
{
    if (p->head_is_known)
        return 0;
    PGresult *rows = postgres_ask(&p->store, PG_HEAD, NULL);
    if (!rows)
        return -1;
    int result = postgres_take_head(p, rows);
    PQclear(rows);
    return result;
}
