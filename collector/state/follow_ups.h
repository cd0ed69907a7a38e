/* What was done with answers, as the log has it (PROTOCOL 6a, follow-up-published): all of it read into memory, which
 * is a few texts a month. Counted, and immutable once read. Whose transaction it reads in is the caller's. */
#ifndef COLLECTOR_STATE_FOLLOW_UPS_H
#define COLLECTOR_STATE_FOLLOW_UPS_H

#include "base/counted.h"
#include "collector/store/store.h"
#include "panel/follow_up.h"

struct published {
    int64_t index; /* of the event */
    int64_t published_at;
    struct follow_up said;
};

struct follow_ups {
    struct counted counted;
    struct published *list; /* ascending by index */
    size_t count, capacity;
};

/* Reads them; held once by the caller, for counted_release. NULL: *error says why, ERROR_DAMAGED where an event's
 * document is not there or none. */
MUST_CHECK struct follow_ups *follow_ups_load(struct store *store, struct error *error);

/* Whether the store has none that these lack. -1: store_error says why. */
MUST_CHECK int follow_ups_are_current(const struct follow_ups *follow_ups, struct store *store, bool *current);

/* What is wrong with publishing this one after those, in a panel with these actions and rounds: faults at /round and
 * /replaces, and at "" for the action, or where one that nothing has replaced says the very same: a browser may send a
 * request again by itself when its connection ends. Whether nothing is. */
MUST_CHECK bool follow_ups_allow(const struct follow_ups *follow_ups, const struct panel *panel,
                                 const struct action_list *actions, const struct follow_up *wanted,
                                 struct faults *faults);

/* Puts one as GET /v1/follow-ups has it: a JSON object. */
void follow_ups_put_json(struct buf *out, const struct published *published);

#endif
