/* A round's tables from the store's counters: the one way by which a table becomes bytes, for export and for the API. */
#ifndef COLLECTOR_REPORT_H
#define COLLECTOR_REPORT_H

#include "collector/catalogue.h"
#include "collector/tables.h"

struct report {
    struct store *store; /* within begin_reading, so that all tables tell of one moment */
    const struct catalogue *catalogue; /* read in that same transaction */
    size_t round;        /* place in the panel */
    bool exact;
};

/* Puts one whole table. STORE_FAILED: store_error says why. What did not fit is said by buf_check. */
MUST_CHECK enum store_result report_put_table(struct csv_writer *writer, const struct report *report, enum table table);

#endif
