/* The tables of PROTOCOL 7: guarded counts -> figures -> rows of cells. Knows no file format, no store. Pure; any
 * thread. */
#ifndef COLLECTOR_TABLES_ROWS_H
#define COLLECTOR_TABLES_ROWS_H

#include "collector/tables/columns.h"
#include "collector/tables/disclosure.h"
#include "panel/actions.h"

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
    const struct disclosure_rule *rule; /* of a release; NULL: exact figures, as the log is now */
    int64_t release; /* its number, for the last column, which exact tables have not */
};

/* Takes one row; cells and texts last for the call only. Other than 0 stops the table. */
typedef int table_row_fn(void *context, const struct cell *cells, size_t count);

/* Calls `row` for each row of action `action` (an index; the round must have it), whose counters are `counts`; the
 * cells stand in the order of columns_each. Not for comments. Returns what `row` did; -1 when there is no memory. */
MUST_CHECK int table_action(enum table table, const struct table_source *source, size_t action, const int64_t *counts,
                            table_row_fn *row, void *context);

#endif
