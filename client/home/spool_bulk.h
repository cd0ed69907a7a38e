/* Many responses to stable storage for the price of a few syncs: what spool_put and spool_settle do for one, done for a
 * thousand with one syncfs. A file is written under another name, all are synced, then all get their names, and what
 * they take the place of goes only when those names have been synced too; so the promises of spool.h hold at every
 * moment. One thread. On failure errno says why. */
#ifndef CLIENT_HOME_SPOOL_BULK_H
#define CLIENT_HOME_SPOOL_BULK_H

#include "client/home/spool.h"

struct spool_bulk;

/* For homes in the file system of `folder`. NULL: errno. */
MUST_CHECK struct spool_bulk *spool_bulk_open(const char *folder);

/* What is not committed is left undone. */
void spool_bulk_close(struct spool_bulk *bulk);

/* As spool_put, at the next spool_bulk_commit. */
MUST_CHECK int spool_bulk_put(struct spool_bulk *bulk, const char *home, const struct response_id *id,
                              const struct slice *jws);

/* As spool_settle, at the next spool_bulk_commit; the response leaves spool/ at the one after that. */
MUST_CHECK int spool_bulk_settle(struct spool_bulk *bulk, const char *home, const struct response_id *id,
                                 enum spool_state state, const struct slice *jws, const struct slice *answer);

/* Syncs what was written since the last time and gives it its names. -1 also with EEXIST when one that was put is there
 * already. */
MUST_CHECK int spool_bulk_commit(struct spool_bulk *bulk);

/* spool_bulk_commit, and then a sync for the names: all is on stable storage. */
MUST_CHECK int spool_bulk_finish(struct spool_bulk *bulk);

/* How many wait for spool_bulk_commit. */
size_t spool_bulk_count(const struct spool_bulk *bulk);

#endif
