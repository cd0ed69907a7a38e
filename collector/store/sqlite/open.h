/* The embedded store's door. */
#ifndef COLLECTOR_STORE_SQLITE_OPEN_H
#define COLLECTOR_STORE_SQLITE_OPEN_H

#include "collector/store/store.h"

/* `path` is what follows the scheme of a DSN. Otherwise as store_open. */
MUST_CHECK struct store *sqlite_open(const char *path, enum store_mode mode, struct error *error);

#endif
