/* What has become of a row: one word that programs read, and the reason for whoever corrects. Reads homes, changes
 * nothing. One thread. */
#ifndef CLIENT_BATCH_OUTCOME_H
#define CLIENT_BATCH_OUTCOME_H

#include "client/batch/batch.h"

enum batch_outcome {
    BATCH_ROW_SENT, /* accepted, in this run */
    BATCH_ROW_ALREADY_SENT, /* in an earlier one, or the collector had it already */
    BATCH_ROW_WAITING, /* signed, to be sent another time */
    BATCH_ROW_HELD, /* the same, since the collector turned it away for a reason that may pass */
    BATCH_ROW_UNPROVEN, /* the same, since the receipt that came for it does not hold */
    BATCH_ROW_REFUSED, /* for good */
    BATCH_ROW_ERASED, /* accepted once, and erased since */
    BATCH_ROW_NOT_ENROLLED, /* its member's invitation is refused */
    BATCH_ROW_TOO_LONG, /* for a response */
    BATCH_ROW_VALID, /* nothing is wrong with it, and nothing was done with it */
    BATCH_ROW_INVALID, /* it can't be sent as it is; of a plan's row nobody but a report knows that */
};
#define BATCH_OUTCOMES (BATCH_ROW_INVALID + 1)

enum batch_outcome batch_row_outcome(const struct batch_row *row);

/* "sent", "already-sent" … (CLI.md). */
const char *batch_outcome_name(enum batch_outcome outcome);

/* Appends why, as a phrase; nothing where there is nothing to say. What is wrong with the row itself it does not
 * know. */
void batch_put_reason(struct buf *out, const struct batch *batch, const struct batch_row *row);

#endif
