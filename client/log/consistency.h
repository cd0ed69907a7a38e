/* Whether the log only ever grew: a newer checkpoint against older ones. Pure: the stored hashes come through
 * merkle_read. Any thread. */
#ifndef CLIENT_LOG_CONSISTENCY_H
#define CLIENT_LOG_CONSISTENCY_H

#include "crypto/merkle.h"

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

#endif
