/* What became of each action of the list, and when: worked out from the lists that the log names (PROTOCOL 6a,
 * actions-imported and log-upgraded), since the list itself tells only how it is now. All of it is read into memory;
 * that takes as long as parsing each list once, and is done again when another has been imported. Counted, and
 * immutable once read. Whose transaction it reads in is the caller's. */
#ifndef COLLECTOR_STATE_ACTION_HISTORY_H
#define COLLECTOR_STATE_ACTION_HISTORY_H

#include "base/counted.h"
#include "collector/store/store.h"

/* One import's change of one action. */
struct action_change {
    char *action; /* its id */
    int64_t index; /* of the event */
    int64_t at;
    char *fields; /* JSON: a list of {"field":…,"from":…,"to":…}, in the order of the list's columns */
};

struct action_history {
    struct counted counted;
    struct action_change *list; /* ascending by index, then in the order of the lists */
    size_t count, capacity;
    int64_t last; /* index of the newest event that was read; -1: none */
};

/* Reads it; held once by the caller, for counted_release. NULL: *error says why, ERROR_DAMAGED where a list is missing
 * or none. */
MUST_CHECK struct action_history *action_history_load(struct store *store, struct error *error);

/* Whether the log names no list that this lacks. -1: store_error says why. */
MUST_CHECK int action_history_is_current(const struct action_history *history, struct store *store, bool *current);

/* Puts a JSON list of {"index":…,"at":…,"changes":…} for this action. */
void action_history_put_json(struct buf *out, const struct action_history *history, const char *action);

/* Whether there ever was such an action. */
bool action_history_knows(const struct action_history *history, const char *action);

#endif
