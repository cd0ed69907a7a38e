/* Store handles that each see one moment, for what takes longer than reader.h's may be kept: a table on its way to a
 * slow receiver. Handles are kept open for the next one. Any thread. */
#ifndef COLLECTOR_STORE_SNAPSHOTS_H
#define COLLECTOR_STORE_SNAPSHOTS_H

#include "collector/store/store.h"

struct snapshots;

/* At most `most` at once, each opened in that mode. NULL when there is no memory. `dsn` must last as long. Free with
 * snapshots_free, when all are given back. */
MUST_CHECK struct snapshots *snapshots_new(const char *dsn, enum store_mode mode, size_t most);
void snapshots_free(struct snapshots *snapshots); /* NULL is fine */

/* A handle within begin_reading, of the calling thread or of one that it is handed to. NULL: *error says why,
 * ERROR_BUSY when all handles are in use. Give it back with snapshots_give_back. */
MUST_CHECK struct store *snapshots_take(struct snapshots *snapshots, struct error *error);
void snapshots_give_back(struct snapshots *snapshots, struct store *store);

/* Closes all handles that are not lent, and lends none until snapshots_resume: for who must open the store anew.
 * Whether all are closed; those that are lent are wanted back. */
bool snapshots_let_go(struct snapshots *snapshots);
void snapshots_resume(struct snapshots *snapshots);

/* Whether a handle that is lent should be given back soon, its work undone. */
bool snapshots_are_wanted(struct snapshots *snapshots);

#endif
