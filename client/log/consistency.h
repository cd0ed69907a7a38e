/* Whether the log only ever grew: a newer checkpoint against older ones. Pure: the stored hashes come through
 * merkle_read. One thread. */
#ifndef CLIENT_LOG_CONSISTENCY_H
#define CLIENT_LOG_CONSISTENCY_H

#include "crypto/merkle.h"
#include <stddef.h>

enum consistency_verdict {
    CONSISTENCY_CONTINUES, /* the newer tree holds all of the older one, as it was */
    CONSISTENCY_TWO_HISTORIES, /* it provably does not: what both signatures say can't be one log */
    CONSISTENCY_SMALLER, /* it has fewer entries than there were */
    CONSISTENCY_FALSE_TILES, /* the stored hashes don't lead to the newer checkpoint itself, so that nothing is shown */
    CONSISTENCY_UNREAD, /* a stored hash can't be had */
};

/* Whether `newer` continues `older`; `read` gives the stored hashes of the newer tree. Both heads have been verified.
 * An older one without entries is continued by any, if its root is that of no entries. */
MUST_CHECK enum consistency_verdict consistency_continues(const struct merkle_head *older,
                                                          const struct merkle_head *newer, merkle_read *read,
                                                          void *context);

/* A checkpoint that was signed once. */
struct consistency_seen {
    struct merkle_head head;
    char *checkpoint;
    size_t len;
};

/* The distinct checkpoints that a member has seen. All zeros is an empty one. */
struct consistency_list {
    struct consistency_seen *list;
    size_t count, room;
};

/* Adds a copy. -1: no memory. */
MUST_CHECK int consistency_add(struct consistency_list *seen, const struct merkle_head *head, const char *checkpoint,
                               size_t len);

/* Sorts by size, and of those that say the same leaves one. */
void consistency_sort(struct consistency_list *seen);

/* Of a sorted list: the first of two neighbours with as many entries and another root, two histories without any proof
 * needed; NULL when there are none. */
const struct consistency_seen *consistency_find_fork(const struct consistency_list *seen);

void consistency_free(struct consistency_list *seen);

#endif
