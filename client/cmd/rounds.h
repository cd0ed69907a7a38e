/* What the verbs say of the catalogue and its rounds. Knows no home and no connection. Main thread only. */
#ifndef CLIENT_CMD_ROUNDS_H
#define CLIENT_CMD_ROUNDS_H

#include "client/response/catalogue.h"

/* One line on standard error for a result without a catalogue; returns CLI_FAILED. */
int rounds_explain(enum catalogue_result result, const struct http_answer *answer);

/* The round of that name, or with NULL the only one open at `now`. NULL, having said why, when there is none such, it
 * is not open, or more than one is. */
const struct round *rounds_pick(const struct catalogue *catalogue, const char *name, int64_t now);

#endif
