/* The text answers of a round's current responses, read from the log (PROTOCOL 9, comments): rows of
 * `round,action,question,index,text,told`, in the order of the action list, then of the questionnaire, then of the log:
 * never in an order that shows which comments are one member's. */
#ifndef COLLECTOR_TABLES_COMMENTS_H
#define COLLECTOR_TABLES_COMMENTS_H

#include "base/error.h"
#include "collector/state/catalogue.h"
#include "collector/tables/rows.h"
#include "panel/wanted.h"

struct comments; /* on their way, one at a time */

/* Finds the round's comments about these actions (NULL: all), 16 bytes each; store and catalogue must last as long,
 * both of one begin_reading. NULL: *error. Free with comments_free. */
MUST_CHECK struct comments *comments_new(struct store *store, const struct catalogue *catalogue, size_t round,
                                         const struct wanted_actions *wanted, struct error *error);
void comments_free(struct comments *comments);

/* Gives the next comment's row. STORE_NONE: there is none left. STORE_FAILED: *error. */
MUST_CHECK enum store_result comments_next(struct comments *comments, table_row_fn *row, void *context,
                                           struct error *error);

#endif
