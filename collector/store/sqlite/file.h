/* The file that a store lies in: whose it is, which schema it has, who serves it, and whether it is still there. Below
 * the transactions, which ask whether what they write to is what was opened. */
#ifndef COLLECTOR_STORE_SQLITE_FILE_H
#define COLLECTOR_STORE_SQLITE_FILE_H

#include "collector/store/sqlite/handle.h"

/* Sees to it that the open database is a store of ours with the schema of this version: makes it in an empty file,
 * brings an older one up to date. Without a write where there is nothing to do, so that opening never waits for a
 * running daemon. -1: the error is set, nothing changed. */
MUST_CHECK int sqlite_file_prepare(struct store_sqlite *s);

/* Remembers which file stands at the path. */
void sqlite_file_note(struct store_sqlite *s);

/* Whether it still does. SQLite goes on committing into a file that has been removed or replaced, and whoever opens the
 * store next finds nothing of it. -1: the error is set. */
MUST_CHECK int sqlite_file_check(struct store_sqlite *s);

/* store_serve. */
enum store_result sqlite_file_serve(struct store *store);

#endif
