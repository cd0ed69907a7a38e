/* The releases of a round that a store has, read into what the next one asks of them. The caller's thread. */
#ifndef COLLECTOR_RELEASE_HISTORY_H
#define COLLECTOR_RELEASE_HISTORY_H

#include "collector/release/earlier.h"
#include "collector/state/catalogue.h"

struct history {
    struct store_release *list; /* ascending by number */
    size_t count, capacity;
    struct earlier *earlier;
    struct buf tables[RELEASE_TABLES]; /* of the last: `earlier` reads there */
};

/* Lists them. Within a transaction; `round` is the store's number of it. -1: *error. Free with history_wipe, also
 * then. */
MUST_CHECK int history_list(struct history *history, struct store *store, int64_t round, struct error *error);

/* Goes on to read what they told. */
MUST_CHECK int history_read(struct history *history, struct store *store, const struct catalogue *catalogue,
                            size_t round, struct error *error);
void history_wipe(struct history *history);

/* The last; NULL: there is none. */
const struct store_release *history_last(const struct history *history);

#endif
