/* Requests to erase, asked and told of: for erase, and for sync where one had no answer. Main thread only. */
#ifndef CLIENT_CMD_ERASURES_H
#define CLIENT_CMD_ERASURES_H

#include "client/home/profile.h"
#include "client/net/http.h"

/* Has a response erased, or with `round` NULL everything, and says what came of it. The log is pinned. Returns the exit
 * code. */
int erasures_ask(struct profile *profile, struct http *http, const char *round, const char *action);

/* The same of a request that got no answer; CLI_DONE, in silence, where there is none. */
int erasures_settle(struct profile *profile, struct http *http);

/* The same where something else is asked now: what was not carried out is dropped, not sent. */
int erasures_settle_other(struct profile *profile, struct http *http);

#endif
