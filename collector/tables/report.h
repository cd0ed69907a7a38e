/* A round's tables from its counters: the one way by which a table is made, for export, audit and the API. */
#ifndef COLLECTOR_TABLES_REPORT_H
#define COLLECTOR_TABLES_REPORT_H

#include "collector/state/catalogue.h"
#include "collector/tables/rows.h"

/* Reads the counters of an action in a round, by the store's numbers; `counts` is all zeros before. STORE_NONE: there
 * are none. */
typedef enum store_result report_counts_fn(void *context, int64_t round, int64_t action, int64_t *counts, size_t slots);

struct report {
    const struct catalogue *catalogue;
    size_t round; /* place in the panel */
    bool exact;
    report_counts_fn *counts;
    void *context; /* of `counts` */
};

/* A report_counts_fn over a store's own counters; context is a struct store, within begin_reading, so that all tables
 * tell of one moment, and `catalogue` was read in that same transaction. */
enum store_result report_store_counts(void *store, int64_t round, int64_t action, int64_t *counts, size_t slots);

/* A table on its way, an action at a time: the caller's storage. */
struct report_walk {
    struct report report;
    enum table table;
    struct table_source source;
    int64_t *counts;
    size_t next; /* place in the action list */
};

/* Begins a table; what `report` names must last until report_walk_wipe. -1: there is no memory; nothing is to be
 * wiped. */
MUST_CHECK int report_walk_init(struct report_walk *walk, const struct report *report, enum table table);
void report_walk_wipe(struct report_walk *walk);

/* Gives the column names, as a row of texts. -1: `row` stopped it, or memory lacks. */
MUST_CHECK int report_walk_header(const struct report_walk *walk, table_row_fn *row, void *context);

/* Gives the rows of the next action. STORE_NONE: there is none left. STORE_FAILED: counters can't be read, and their
 * source says why; or `row` stopped it, or memory lacks. */
MUST_CHECK enum store_result report_walk_next(struct report_walk *walk, table_row_fn *row, void *context);

/* Puts one whole table as CSV. STORE_FAILED: as above. What did not fit is said by buf_check. */
MUST_CHECK enum store_result report_put_table(struct csv_writer *writer, const struct report *report, enum table table);

#endif
