/* Reaching the server, and whether it may be relied on. */
#ifndef COLLECTOR_STORE_POSTGRES_CONNECT_H
#define COLLECTOR_STORE_POSTGRES_CONNECT_H

#include "collector/store/postgres/handle.h"

/* Whether the DSN can be read and has no password in it. -1: *error says why not. */
MUST_CHECK int postgres_check_dsn(const char *dsn, struct error *error);

/* Connects by p->dsn, in place of a connection that there was, sees to what the server must be and sets what the
 * session needs; not in pipeline mode yet. `reading`: a standby will do. -1: the error is set. */
MUST_CHECK int postgres_reach(struct store_postgres *p, bool reading);

/* What is wrong with how the server is set up but no reason to refuse it, a line each in the log: for who serves. */
void postgres_warn_of_server(const struct store_postgres *p);

#endif
