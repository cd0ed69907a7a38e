/* What moved between two releases of a round, from their files as the store keeps them. The caller's thread, within a
 * transaction. */
#ifndef COLLECTOR_RELEASE_MOVED_H
#define COLLECTOR_RELEASE_MOVED_H

#include "collector/release/released.h"
#include "collector/tables/changes.h"

struct moved_source {
    struct store *store;
    const struct catalogue *catalogue;
    size_t round; /* index in the panel */
    int64_t since, until; /* numbers; until 0: the newest */
    const struct csv_format *format; /* NULL: JSON */
    const struct wanted_actions *actions; /* NULL: all */
};

/* Puts the table `changes` (tables/changes.h). STORE_NONE: there is none of these releases, or `until` is not the later
 * one. STORE_FAILED: *error. */
MUST_CHECK enum store_result moved_put(const struct moved_source *source, struct buf *out, struct error *error);

#endif
