/* The table of trends (PROTOCOL 7): what the newest releases of all rounds tell of each scale about each action, round
 * by round. All of it is worked out from the told counts of their options.csv, so that it tells nothing that a release
 * did not. Knows no store. Once all are added, any thread. */
#ifndef COLLECTOR_TABLES_TRENDS_H
#define COLLECTOR_TABLES_TRENDS_H

#include "base/csv.h"
#include "base/error.h"
#include "collector/tables/rows.h"
#include "panel/wanted.h"

struct trends;

/* In which order rows stand: as the table has them, or by a figure, those without one last. Rows with the same figure
 * stand as the table has them. */
enum trends_order { TRENDS_BY_ACTION, TRENDS_BY_N, TRENDS_BY_MEAN, TRENDS_BY_NET };

/* Which rows are wanted. All zero: the whole table. */
struct trends_wish {
    const struct wanted_actions *actions; /* NULL: all */
    const char *question, *round; /* ids; NULL: all */
    enum trends_order order;
    bool highest_first; /* of an order by a figure */
    uint64_t limit; /* of rows; 0: none */
};

/* `panel` and `actions` must last as long. NULL: no memory. Free with trends_free; NULL is fine. */
MUST_CHECK struct trends *trends_new(const struct panel *panel, const struct action_list *actions);
void trends_free(struct trends *trends);

/* Takes the options.csv (profile rfc4180) of the newest release of a round, an index in the panel; each round once, in
 * the order of the panel. -1: *error, ERROR_DAMAGED where it is no such table of that round. */
MUST_CHECK int trends_add_release(struct trends *trends, size_t round, const char *options, size_t len,
                                  struct error *error);

/* To be called after the last add and before the first row is asked for. */
void trends_index(struct trends *trends);

/* Calls `row` for each row that is wanted; the table has them in the order of actions, questions and rounds; the cells
 * stand in the order of columns_each. A question is known by its id. What it is a scale of is what the last round says
 * that has a release and asks it: a round that asks another scale under that id, or no scale, gives no row. Returns
 * what `row` did; -1 also: no memory. */
MUST_CHECK int trends_each(const struct trends *trends, const struct trends_wish *wish, table_row_fn *row,
                           void *context);

/* Puts those rows as a table in this format (NULL: JSON), and gives how many. -1: no memory; what did not fit is said
 * by buf_check. */
MUST_CHECK int trends_put(const struct trends *trends, const struct trends_wish *wish, const struct csv_format *format,
                          struct buf *out, uint64_t *rows);

#endif
