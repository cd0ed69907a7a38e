/* The tables in PostgreSQL: one schema (search_path) is one panel. */
#ifndef COLLECTOR_STORE_POSTGRES_SCHEMA_H
#define COLLECTOR_STORE_POSTGRES_SCHEMA_H

#include "collector/store/postgres/handle.h"

/* Which versions of the schema a program knows. */
struct postgres_versions {
    int64_t oldest, newest; /* that it serves as they are; it makes the newest */
    const char *const *steps; /* by a version: SQL that makes the next one of it, quickly; NULL where none does */
};

/* Before pipeline mode. STORE_CREATE: makes the tables in a schema that is empty. STORE_UPGRADE: as
 * postgres_schema_upgrade. Refuses what is not ours, newer than we know or older than we serve. -1: the error is
 * set. */
MUST_CHECK int postgres_schema_prepare(struct store_postgres *p, enum store_mode mode);

/* Before pipeline mode: whether what is there is served as it is, which p->store.schema then tells. -1: the error is
 * set; of an older one it names the verb that brings it up to date. */
MUST_CHECK int postgres_schema_check(struct store_postgres *p, const struct postgres_versions *versions);

/* Before pipeline mode, by who owns the tables: makes the newest version of what is there, in one transaction that has
 * every lane, so that nobody writes meanwhile; nothing where it is that already. p->store.schema tells what was found
 * and what is there. -1, and all is as it was: the error is set, ERROR_BUSY where somebody keeps a lane or reads what
 * is to be changed. */
MUST_CHECK int postgres_schema_upgrade(struct store_postgres *p, const struct postgres_versions *versions);

/* For who has a store open, with what head says by now. -1: the error is set, since somebody has made it newer than we
 * know. */
MUST_CHECK int postgres_schema_still_known(struct store_postgres *p, int64_t version);

/* What head says of this version's schema; `filling`: of a store that is being filled, which is refused. */
int64_t postgres_schema_version(bool filling);

#endif
