/* The tables in PostgreSQL: one schema (search_path) is one panel. */
#ifndef COLLECTOR_STORE_POSTGRES_SCHEMA_H
#define COLLECTOR_STORE_POSTGRES_SCHEMA_H

#include "collector/store/postgres/handle.h"

/* Before pipeline mode: makes the tables in a schema that is empty, where `create` says so, and refuses what is
 * not ours or newer than we know. -1: the error is set. */
MUST_CHECK int postgres_schema_prepare(struct store_postgres *p, bool create);

/* What head says of this version's schema; `filling`: of a store that is being filled, which is refused. */
int64_t postgres_schema_version(bool filling);

#endif
