/* Which response each replaced that has been replaced itself (adr/014), as one number, so that what the log says and
 * what a store keeps can be held against one another in whatever order they come. No two different heaps of pairs are
 * known to have the same. Pure. One thread. */
#ifndef COLLECTOR_AUDIT_LINKS_H
#define COLLECTOR_AUDIT_LINKS_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: none. */
struct links {
    int64_t count;
    uint64_t sums[4]; /* of the pairs' hashes */
};

/* The response at `index` replaced the one at `before`. */
void links_add(struct links *links, int64_t index, int64_t before);
bool links_same(const struct links *a, const struct links *b);

#endif
