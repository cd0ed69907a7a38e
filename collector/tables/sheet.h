/* One table of a round as bytes in one format, made an action or a comment at a time: the one way to a table, for
 * `export`, `audit` and the API, so that all give the same. The caller's thread. */
#ifndef COLLECTOR_TABLES_SHEET_H
#define COLLECTOR_TABLES_SHEET_H

#include "base/csv.h"
#include "base/error.h"
#include "collector/state/catalogue.h"
#include "collector/tables/columns.h"
#include "panel/wanted.h"

struct sheet_source {
    struct store *store; /* within begin_reading; may be NULL with `counts` and no comments */
    const struct catalogue *catalogue; /* read in that same transaction */
    size_t round; /* index in the panel */
    enum table table;
    const struct csv_format *format; /* NULL: JSON */
    const int64_t *const *counts; /* of each action in the list, NULL for one without responses; NULL: the store's */
    const struct wanted_actions *actions; /* NULL: all */
};

struct sheet;

/* What `source` names must last as long. NULL: *error. Free with sheet_free. */
MUST_CHECK struct sheet *sheet_new(const struct sheet_source *source, struct error *error);
void sheet_free(struct sheet *sheet); /* NULL is fine */

/* Puts the next piece, of one action or one comment, into `out`. STORE_OK: there is more; STORE_NONE: with this it is
 * whole; STORE_FAILED: *error. What did not fit is said by buf_check. `out` may be emptied between the calls. */
MUST_CHECK enum store_result sheet_put_next(struct sheet *sheet, struct buf *out, struct error *error);

/* The rows that have been put. */
uint64_t sheet_rows(const struct sheet *sheet);

/* Puts a whole table, and gives its rows. -1: *error, also when `out` could not take it all. */
MUST_CHECK int sheet_put(const struct sheet_source *source, struct buf *out, uint64_t *rows, struct error *error);

#endif
