/* The tables of PROTOCOL 7: guarded counts -> figures -> rows of cells. Knows no file format, no store. Pure; any
 * thread. */
#ifndef COLLECTOR_TABLES_ROWS_H
#define COLLECTOR_TABLES_ROWS_H

#include "base/csv.h"
#include "collector/tables/disclosure.h"
#include "panel/actions.h"

enum table { TABLE_SUMMARY, TABLE_QUESTIONS, TABLE_OPTIONS };
#define TABLE_COUNT 3

/* "summary", "questions", "options"; and back: 0 and *out, or -1. */
const char *table_name(enum table table);
MUST_CHECK int table_find(const char *name, enum table *out);

enum cell_type { CELL_EMPTY, CELL_TEXT, CELL_INTEGER, CELL_DECIMAL };

struct cell {
    enum cell_type type;
    const char *text;
    int64_t integer;
    double decimal;
};

/* What a table is made from; all the caller's, unchanged while it is being made. */
struct table_source {
    const struct panel *panel;
    size_t round; /* index */
    const struct tally_layout *layout; /* of the round's questionnaire */
    const struct action_list *actions;
    struct disclosure_rule rule;
};

/* Takes one row; cells and texts last for the call only. Other than 0 stops the table. */
typedef int table_row_fn(void *context, const struct cell *cells, size_t count);

/* Calls `row` once with the column names, as texts. Returns what `row` did; -1 when there is no memory. */
MUST_CHECK int table_header(enum table table, const struct table_source *source, table_row_fn *row, void *context);

/* Calls `row` for each row of action `action` (an index; the round must have it), whose counters are `counts`. Returns
 * as above. */
MUST_CHECK int table_action(enum table table, const struct table_source *source, size_t action, const int64_t *counts,
                            table_row_fn *row, void *context);

/* A table_row_fn that puts the row as CSV; context is a struct csv_writer. 0 always: what did not fit is said by
 * buf_check. */
int table_row_csv(void *context, const struct cell *cells, size_t count);

#endif
