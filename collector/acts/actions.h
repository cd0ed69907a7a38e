/* The act of importing an action list. Any thread. */
#ifndef COLLECTOR_ACTS_ACTIONS_H
#define COLLECTOR_ACTS_ACTIONS_H

#include "collector/acts/act.h"

/* What an import comes to; an action that the file no longer holds stays, stopped. */
struct actions_change {
    size_t added, changed, stopped;
};

/* Works it out against what the store has. -1: *error says why. */
MUST_CHECK int act_compare_actions(struct store *store, const struct action_list *imported, struct actions_change *out,
                                   struct error *error);

/* Makes the wish that this list, the bytes of a CSV that has been checked, be imported. -1: no memory. */
MUST_CHECK int act_prepare_actions(struct act_wish *wish, const struct buf *csv);

#endif
