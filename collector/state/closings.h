/* Rounds that the log has closed (PROTOCOL 6a): a `round-closed` closes one until a `panel-imported` moves its closesAt
 * beyond that event's iat. What the log says counts, and not the clock, which may be set back. A fold over the events;
 * pure but for closings_load. The writer's alone. */
#ifndef COLLECTOR_STATE_CLOSINGS_H
#define COLLECTOR_STATE_CLOSINGS_H

#include "collector/store/store.h"
#include "panel/definition.h"

struct closing {
    char *round; /* its id */
    int64_t at; /* iat of its round-closed */
};

/* Those that are closed; a round that is not in it is open as far as the log goes. */
struct closings {
    struct closing *list;
    size_t count, capacity;
};

void closings_init(struct closings *closings);
void closings_wipe(struct closings *closings);

/* A round-closed with this iat. -1: no memory. */
MUST_CHECK int closings_close(struct closings *closings, const char *round, int64_t at);

/* A panel-imported: this definition is in force from here on. */
void closings_take_panel(struct closings *closings, const struct panel *panel);

bool closings_have(const struct closings *closings, const char *round);

/* The index in the panel of the round whose closesAt is the earliest of those that are not closed; -1: there is
 * none. */
int closings_next(const struct closings *closings, const struct panel *panel);

/* Works them out from the store's events, in place of what `closings`, which has been initialised, held. -1: *error
 * says why, and it holds none. */
MUST_CHECK int closings_load(struct closings *closings, struct store *store, struct error *error);

#endif
