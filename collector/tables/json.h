/* Rows of a table as JSON: an array of objects with the column names, numbers as numbers with the digits that the CSV
 * has, null for an empty cell. Text as it is, without the CSV's guard against formulas: what reads JSON runs none. */
#ifndef COLLECTOR_TABLES_JSON_H
#define COLLECTOR_TABLES_JSON_H

#include "collector/tables/rows.h"

struct table_json {
    struct buf *out; /* the caller's; may be emptied between rows */
    struct buf names; /* of the columns, each with its NUL */
    bool has_rows;
};

/* Begins a text in `out`; wipe when done. Whether all fitted is said by buf_check(out). */
void table_json_begin(struct table_json *json, struct buf *out);
void table_json_wipe(struct table_json *json);

/* Takes the names of the table's columns. -1: no memory. */
MUST_CHECK int table_json_header(struct table_json *json, const struct column_source *columns);

/* A table_row_fn, with a struct table_json as context: puts the row. 0 always. */
int table_json_row(void *json, const struct cell *cells, size_t count);

/* Ends the array. */
void table_json_end(struct table_json *json);

#endif
