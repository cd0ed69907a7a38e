/* Which response each replaced that has been replaced itself (adr/014), as one number, so that what the log says and
 * what a store keeps can be held against one another in whatever order they come. The number is salted with what an
 * audit draws for itself: who wrote the store before it began can't have chosen pairs so that two different heaps have
 * the same, and by chance they don't. Pure but for the salt. One thread. */
#ifndef COLLECTOR_AUDIT_LINKS_H
#define COLLECTOR_AUDIT_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#define LINKS_SALT_BYTES 32

struct links {
    uint8_t salt[LINKS_SALT_BYTES];
    int64_t count;
    uint64_t sums[4]; /* of the pairs' hashes */
};

/* None, by a salt of its own; and none, to be held against those of `other`. */
void links_init(struct links *links);
void links_init_like(struct links *links, const struct links *other);

/* The response at `index` replaced the one at `before`. */
void links_add(struct links *links, int64_t index, int64_t before);

/* Whether the same pairs were added to both, of which one was begun like the other. */
bool links_same(const struct links *a, const struct links *b);

#endif
