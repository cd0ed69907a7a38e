/* Whether the log only ever grew: a newer checkpoint against older ones. Pure: the stored hashes come through merkle_read. One
 * thread. */
#ifndef CLIENT_LOG_CONSISTENCY_H
#define CLIENT_LOG_CONSISTENCY_H

#include "crypto/merkle.h"
#include <stddef.h>

enum verify_verdict {
    VERIFY_CONTINUES, /* the newer tree holds all of the older one, as it was */
    VERIFY_TWO_HISTORIES, /* it provably does not: what both signatures say can't be one log */
    VERIFY_SMALLER, /* it has fewer entries than there were */
    VERIFY_FALSE_TILES, /* the stored hashes don't lead to the newer checkpoint itself, so that nothing is shown */
    VERIFY_UNREAD, /* a stored hash can't be had */
};

/* Whether `newer` continues `older`; `read` gives the stored hashes of the newer tree. Both heads have been verified. An older one without
 * entries is continued by any, if its root is that of no entries. */
MUST_CHECK enum verify_verdict verify_continues(const struct merkle_head *older, const struct merkle_head *newer,
                                                merkle_read *read, void *context);

/* A checkpoint that was signed once. */
struct verify_seen {
    struct merkle_head head;
    char *checkpoint;
    size_t len;
};

/* The distinct checkpoints that a member has seen. All zeros is an empty one. */
struct verify_list {
    struct verify_seen *list;
    size_t count, room;
};

/* Adds a copy. -1: no memory. */
MUST_CHECK int verify_add(struct verify_list *seen, const struct merkle_head *head, const char *checkpoint, size_t len);

/* Sorts by size, and of those that say the same leaves one. */
void verify_sort(struct verify_list *seen);

/* Of a sorted list: the first of two neighbours with as many entries and another root, two histories without any proof needed; NULL
 * when there are none. */
const struct verify_seen *verify_find_fork(const struct verify_list *seen);

void verify_free(struct verify_list *seen);

#endif
