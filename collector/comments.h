/* The text answers of a round's current responses, read from the log (PROTOCOL 9, comments). */
#ifndef COLLECTOR_COMMENTS_H
#define COLLECTOR_COMMENTS_H

#include "base/csv.h"
#include "collector/catalogue.h"

/* Puts `round,action,question,index,text`, in the order of the action list, then of the questionnaire, then of the log: never in an
 * order that shows which comments are one member's. STORE_FAILED: store_error says why. What did not fit is said by buf_check. */
MUST_CHECK enum store_result comments_put(struct csv_writer *writer, struct store *store, const struct catalogue *catalogue,
                                          size_t round);

#endif
