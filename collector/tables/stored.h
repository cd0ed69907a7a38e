/* A release's table as it is kept, CSV of profile rfc4180, read back into the rows that it was written from: so that it
 * can be given in another form, and so that a block that stands is given again to the byte. Knows no store. One
 * thread. */
#ifndef COLLECTOR_TABLES_STORED_H
#define COLLECTOR_TABLES_STORED_H

#include "base/error.h"
#include "collector/tables/rows.h"

struct stored_table;

/* A table of `len` bytes with these columns; a column that it has not, because an earlier version wrote it, is empty.
 * What both point to must last as long. NULL: *error, ERROR_DAMAGED where it is no such table. Free with
 * stored_table_free. */
MUST_CHECK struct stored_table *stored_table_new(const struct column_source *columns, const char *text, size_t len,
                                                 struct error *error);
void stored_table_free(struct stored_table *table);

enum stored_result { STORED_ROW, STORED_END, STORED_FAILED };

/* The next row; the cells are the table's, until the next one is read. STORED_FAILED: *error. */
MUST_CHECK enum stored_result stored_table_next(struct stored_table *table, const struct cell **cells, size_t *count,
                                                struct error *error);

/* Where the next row begins; and goes back there, or on. */
size_t stored_table_offset(const struct stored_table *table);
void stored_table_go_to(struct stored_table *table, size_t offset);

/* The name of a cell's column; the table's. */
const char *stored_table_column(const struct stored_table *table, int place);

/* Which cell is the column of that name; -1: none. */
int stored_table_find(const struct stored_table *table, const char *column);

#endif
