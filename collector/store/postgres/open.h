/* The door of the store in PostgreSQL. */
#ifndef COLLECTOR_STORE_POSTGRES_OPEN_H
#define COLLECTOR_STORE_POSTGRES_OPEN_H

#include "collector/store/store.h"

/* As store_open, with the whole DSN. */
MUST_CHECK struct store *postgres_open(const char *dsn, enum store_mode mode, struct error *error);

/* As store_reached_by. */
void postgres_reached_by(const char *dsn, void (*each)(void *context, const char *path), void *context);

#endif
