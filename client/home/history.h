/* What a member has answered so far, by round and action, worked out in one look at the home's folders. One thread. */
#ifndef CLIENT_HOME_HISTORY_H
#define CLIENT_HOME_HISTORY_H

#include "client/home/spool.h"

struct history_line {
    struct response_id id;
    enum spool_state state; /* SPOOL_SENT or SPOOL_WAITING */
};

struct history {
    struct history_line *list; /* by round, action, revision */
    size_t count, capacity;
};

/* Reads what is sent and what waits; what was refused answers nothing. -1: errno. Free with history_free. */
MUST_CHECK int history_load(struct history *out, const char *home);
void history_free(struct history *history);

/* The one of the highest revision, or NULL. */
const struct history_line *history_find(const struct history *history, const char *round, const char *action);

#endif
