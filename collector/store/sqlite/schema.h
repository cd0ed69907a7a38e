/* Whose file it is, and which schema it has. */
#ifndef COLLECTOR_STORE_SQLITE_SCHEMA_H
#define COLLECTOR_STORE_SQLITE_SCHEMA_H

#include "collector/store/sqlite/handle.h"

/* Sees to it that the open database is a store of ours with the schema of this version: makes it in an empty file,
 * brings an older one up to date. Without a write where there is nothing to do, so that opening never waits for a
 * running daemon. -1: the error is set, nothing changed. */
MUST_CHECK int sqlite_schema_prepare(struct store_sqlite *s);

/* Whether it is a store of ours, of this version or an older one; writes nothing. -1: the error is set. */
MUST_CHECK int sqlite_schema_check(struct store_sqlite *s);

/* Marks it as a store that is being filled, which both refuse from then on, or as one of this version. -1: the error is
 * set. */
MUST_CHECK int sqlite_schema_mark(struct store_sqlite *s, bool filling);

#endif
