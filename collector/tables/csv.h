/* Rows of a table as CSV (PROTOCOL 7): the columns' names, then each row. Knows no table. */
#ifndef COLLECTOR_TABLES_CSV_H
#define COLLECTOR_TABLES_CSV_H

#include "base/csv.h"
#include "collector/tables/rows.h"

/* Puts the header: the names of the table's columns. -1: no memory. What did not fit is said by buf_check, here and
 * below. */
MUST_CHECK int table_csv_header(struct csv_writer *writer, const struct column_source *columns);

/* A table_row_fn, with a struct csv_writer as context: puts the row. 0 always. */
int table_csv_row(void *writer, const struct cell *cells, size_t count);

#endif
