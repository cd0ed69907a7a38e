/* The verbs of the store in PostgreSQL, by the files that hold them: each fills in its own. */
#ifndef COLLECTOR_STORE_POSTGRES_VERBS_H
#define COLLECTOR_STORE_POSTGRES_VERBS_H

#include "collector/store/backend.h"

void postgres_add_transaction_verbs(struct store_ops *ops);
void postgres_add_batch_verbs(struct store_ops *ops); /* what is foreseen */
void postgres_add_log_verbs(struct store_ops *ops); /* entries, tiles, the log's key */
void postgres_add_fold_verbs(struct store_ops *ops); /* current responses and counters */
void postgres_add_member_verbs(struct store_ops *ops); /* members and invitations */
void postgres_add_admin_verbs(struct store_ops *ops); /* panel, rounds, actions, tokens */
void postgres_add_handout_verbs(struct store_ops *ops); /* many invitations at once */
void postgres_add_event_verbs(struct store_ops *ops); /* documents, events, wishes */
void postgres_add_release_verbs(struct store_ops *ops); /* releases, their files, who read what is not published */
void postgres_add_erasure_verbs(struct store_ops *ops); /* what was erased, by whom asked; what replaced what */
void postgres_add_moving_verbs(struct store_ops *ops); /* walks over all, for another store */

#endif
