/* A round's tables from its counters: the one way by which a table becomes bytes, for export, audit and the API. */
#ifndef COLLECTOR_REPORT_H
#define COLLECTOR_REPORT_H

#include "collector/catalogue.h"
#include "collector/tables.h"

/* Reads the counters of an action in a round, by the store's numbers; `counts` is all zeros before. STORE_NONE: there are none. */
typedef enum store_result report_counts_fn(void *context, int64_t round, int64_t action, int64_t *counts, size_t slots);

struct report {
    const struct catalogue *catalogue;
    size_t round; /* place in the panel */
    bool exact;
    report_counts_fn *counts;
    void *context; /* of `counts` */
};

/* A report_counts_fn over a store's own counters; context is a struct store, within begin_reading, so that all tables tell of one moment, and
 * `catalogue` was read in that same transaction. */
enum store_result report_store_counts(void *store, int64_t round, int64_t action, int64_t *counts, size_t slots);

/* Puts one whole table. STORE_FAILED: counters can't be read, and their source says why; or memory lacks. What did not fit is said by
 * buf_check. */
MUST_CHECK enum store_result report_put_table(struct csv_writer *writer, const struct report *report, enum table table);

#endif
