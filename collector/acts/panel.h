/* The act of importing a panel definition. Any thread. */
#ifndef COLLECTOR_ACTS_PANEL_H
#define COLLECTOR_ACTS_PANEL_H

#include "collector/acts/act.h"

/* Whether `after` may follow on what the store has, which PROTOCOL 2 says: 0, with the definition in force in *before,
 * the caller's to free (NULL: this is the first). -1: `faults` names what may not be, or else *error says why the store
 * can't be read. Reads several times; within the caller's transaction. */
MUST_CHECK int act_check_panel(struct store *store, const struct panel *after, struct panel **before,
                               struct faults *faults, struct error *error);

/* Makes the wish that these bytes, a definition that has been checked, be in force. -1: no memory. */
MUST_CHECK int act_prepare_panel(struct act_wish *wish, const struct buf *json);

#endif
