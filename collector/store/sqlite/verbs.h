/* The verbs of the embedded store, by the files that hold them: each fills in its own. */
#ifndef COLLECTOR_STORE_SQLITE_VERBS_H
#define COLLECTOR_STORE_SQLITE_VERBS_H

#include "collector/store/backend.h"
#include "collector/store/keys.h"

/* Whether the handing out up to that number is in that state (keys.h). STORE_NONE: it is not, or there is none. */
MUST_CHECK enum store_result sqlite_handout_find(struct store *store, int64_t last, enum handout_state state);

void sqlite_add_transaction_verbs(struct store_ops *ops);
void sqlite_add_log_verbs(struct store_ops *ops); /* entries, tiles, the log's key */
void sqlite_add_fold_verbs(struct store_ops *ops); /* current responses and counters */
void sqlite_add_admin_verbs(struct store_ops *ops); /* members, invitations, panel, rounds, actions, tokens */
void sqlite_add_handout_verbs(struct store_ops *ops); /* many invitations at once */
void sqlite_add_event_verbs(struct store_ops *ops); /* documents, events, wishes */
void sqlite_add_release_verbs(struct store_ops *ops); /* releases, their files, who read what is not published */
void sqlite_add_erasure_verbs(
    struct store_ops *ops); /* what was erased, by whom asked; which response replaced which */
void sqlite_add_copy_verb(struct store_ops *ops);
void sqlite_add_moving_verbs(struct store_ops *ops); /* walks over all, for another store */

#endif
