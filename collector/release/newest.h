/* The newest releases of all rounds, read for what is worked out over them. The caller's thread. */
#ifndef COLLECTOR_RELEASE_NEWEST_H
#define COLLECTOR_RELEASE_NEWEST_H

#include "collector/state/catalogue.h"
#include "collector/tables/trends.h"

/* Reads the trends of what the newest release of each round told. Within one reading of the store, in which the
 * catalogue, which must last as long, was read too. NULL: *error. Free with trends_free. */
MUST_CHECK struct trends *newest_trends(struct store *store, const struct catalogue *catalogue, struct error *error);

#endif
