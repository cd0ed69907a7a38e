/* The acts of creating invitations and of withdrawing one. The codes themselves never come here: hashes alone. Any
 * thread. */
#ifndef COLLECTOR_ACTS_INVITATIONS_H
#define COLLECTOR_ACTS_INVITATIONS_H

#include "collector/acts/act.h"

#define ACT_INVITATIONS_MAX 1000000 /* in one act */

/* The number that the first of new invitations gets: after those that are there and those that are asked for. To be
 * read in the transaction in which the wish is put. -1: *error says why. */
MUST_CHECK int act_next_invitation(struct store *store, int64_t *out, struct error *error);

struct act_invitations {
    int64_t first; /* number of the first of them */
    int64_t replaces; /* how many of them stand in for withdrawn or spent ones; at most `count` */
    const uint8_t (*hashes)[SHA256_BYTES]; /* of their codes, by number */
    size_t count; /* at most ACT_INVITATIONS_MAX */
};

/* Makes the wish that they may be used. -1: no memory. */
MUST_CHECK int act_prepare_invitations(struct act_wish *wish, const struct act_invitations *invitations);

/* Makes the wish that an invitation may be used no longer. -1: *error says why not. */
MUST_CHECK int act_prepare_withdrawal(struct act_wish *wish, struct store *store,
                                      const uint8_t hash[static SHA256_BYTES], struct error *error);

/* Whether the document of codes that an event names has this one. */
bool act_invitation_is_in(const struct buf *document, const uint8_t hash[static SHA256_BYTES]);

#endif
