/* The distinct checkpoints of one log that a member has seen, from receipts and from the pin: all that the log as it is
 * shown now has to continue. Knows no network. One thread. */
#ifndef CLIENT_LOG_SEEN_H
#define CLIENT_LOG_SEEN_H

#include "base/slice.h"
#include "client/home/receipts.h"
#include "crypto/merkle.h"
#include <stddef.h>

/* One that was signed by the log, verified before it is added. */
struct seen_checkpoint {
    struct merkle_head head;
    char *text; /* the signed note */
    size_t len;
};

/* All zeros is an empty list. */
struct seen_list {
    struct seen_checkpoint *list;
    size_t count, capacity;
};

/* Adds a copy. -1: no memory. */
MUST_CHECK int seen_add(struct seen_list *seen, const struct merkle_head *head, const struct slice *checkpoint);

/* Told of each receipt that was looked at; an empty `wrong` is one that holds. */
struct seen_listener {
    void (*receipt_checked)(void *context, const struct member_receipt *receipt, const struct error *wrong);
    void *context;
};

/* Adds all that a member holds: the pinned checkpoint, and that of each receipt that holds under its key; then sorts.
 * `listener` may be NULL. -1: errno. */
MUST_CHECK int seen_gather(struct seen_list *seen, const struct profile *profile, const struct seen_listener *listener);

/* Sorts by size, and of those that say the same leaves one. */
void seen_sort(struct seen_list *seen);

/* Of a sorted list: the first of two neighbours with as many entries and another root, two histories without any proof
 * needed; NULL when there are none. */
const struct seen_checkpoint *seen_find_fork(const struct seen_list *seen);

void seen_free(struct seen_list *seen);

#endif
