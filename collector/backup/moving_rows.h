/* What a store holds, as a count and a sum for each kind of row: so two stores are held against each other, or one is
 * found to be empty, in little memory however much there is. Of the log the entries are left out, which its tree tells
 * better. */
#ifndef COLLECTOR_BACKUP_MOVING_ROWS_H
#define COLLECTOR_BACKUP_MOVING_ROWS_H

#include "collector/store/store.h"

enum moving_kind {
    MOVING_PANELS,
    MOVING_ROUNDS,
    MOVING_ACTIONS,
    MOVING_TOKENS,
    MOVING_DOCUMENTS,
    MOVING_EVENTS,
    MOVING_MEMBERS,
    MOVING_INVITATIONS,
    MOVING_CURRENTS,
    MOVING_COUNTERS,
    MOVING_REVISIONS,
    MOVING_REQUESTS,
    MOVING_RELEASES,
    MOVING_FILES,
    MOVING_WISHES,
    MOVING_READS,
    MOVING_KINDS
};

/* The sum is of the SHA-256 of each row, as four numbers that overflow; the order of rows is in it where it means
 * something. */
struct moving_rows {
    uint64_t count, sum[4];
};

/* Reads all rows of `store`, in the transaction that it is in. -1: *error. */
MUST_CHECK int moving_rows_read(struct store *store, struct moving_rows out[static MOVING_KINDS], struct error *error);

/* For people: what such rows are called. */
const char *moving_rows_name(enum moving_kind kind);

#endif
