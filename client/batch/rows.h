/* The responses file of a batch: each row to a member, an action and checked answers. Knows no network and no home. One
 * thread. */
#ifndef CLIENT_BATCH_ROWS_H
#define CLIENT_BATCH_ROWS_H

#include "client/batch/plan.h"

/* Reads `member,action[,revision],<question>...` into a plan that has its members. -1 with at least one fault; no
 * answer is ever shown in one. A row whose answers are too long together for a response (PROTOCOL 3) is no reason to
 * hold up the others: it is ROW_TOO_LONG in the plan, and told in `left_out`. */
MUST_CHECK int batch_read_rows(struct batch_plan *plan, const struct batch_file *file,
                               const struct batch_context *context, struct faults *faults, struct faults *left_out);

#endif
