/* What came of a batch, for the person who gave it: what was refused or turned away row by row, then the sum of all,
 * also as JSON. Main thread only. */
#ifndef CLIENT_CMD_BATCH_TOLD_H
#define CLIENT_CMD_BATCH_TOLD_H

#include "client/batch/batch.h"

/* The name of the responses' file is what a row is called by. Returns the exit code. */
int batch_tell_result(const struct batch *batch, const char *responses, enum batch_result result, bool as_json);

/* The same of a plan that was made to be looked at: nothing was signed nor sent. */
int batch_tell_plan(const struct batch *batch, bool as_json);

#endif
