/* Which releases newly told which action, and whether the next one may tell it anew (PROTOCOL 8a, 1 and 3). A block is
 * all rows of one action; a version of it is what one release newly told. Pure. One thread. */
#ifndef COLLECTOR_RELEASE_VERSIONS_H
#define COLLECTOR_RELEASE_VERSIONS_H

#include "collector/release/ballots.h"
#include "collector/tables/disclosure.h"

struct version {
    int64_t release; /* its number */
    int64_t size; /* of the log that it was made of */
};

struct versions;

/* Of none, over a list of `actions` actions. NULL when there is no memory. Free with versions_free. */
MUST_CHECK struct versions *versions_new(size_t actions);
void versions_free(struct versions *versions);

/* One more of an action (an index in the list), later than those it has. -1: no memory. */
MUST_CHECK int versions_add(struct versions *versions, size_t action, struct version version);

enum block_state {
    BLOCK_SUPPRESSED, /* it has no version, and too few answered for a first one */
    BLOCK_NEW, /* it gets its first version */
    BLOCK_RENEWED, /* and another: enough members are fresh against each version before */
    BLOCK_STANDS, /* its last version stands, to the byte */
    BLOCK_STATES,
};

/* What becomes of an action's block in a release made at `size`, where at least `min_changed` members must be fresh.
 * `counts` are its counters there. A block is not renewed to tell that too few are left: then its last version
 * stands. */
enum block_state versions_judge(const struct versions *versions, const struct ballot_counts *asked,
                                const struct disclosure_rule *rule, int64_t min_changed, size_t action, int64_t size,
                                const int64_t *counts);

#endif
