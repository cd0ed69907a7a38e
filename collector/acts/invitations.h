/* The acts of creating invitations and of withdrawing one. The codes themselves never come here: hashes alone. Any
 * thread. */
#ifndef COLLECTOR_ACTS_INVITATIONS_H
#define COLLECTOR_ACTS_INVITATIONS_H

#include "collector/acts/act.h"

#define ACT_INVITATIONS_MAX 1000000 /* in one act */

struct act_invitations {
    int64_t first; /* number of the first of them */
    int64_t replaces; /* how many of them stand in for withdrawn or spent ones; at most `count` */
    const uint8_t (*hashes)[SHA256_BYTES]; /* of their codes, by number */
    size_t count; /* at most ACT_INVITATIONS_MAX */
};

/* In five steps, so that no response waits for a million of them (docs/adr/036). Each but act_prepare_invitations is
 * to be called in no transaction, since it has its own. -1: *error says why. */

/* Takes away what was begun an hour before `now` and never asked for: its verb was cut off. */
MUST_CHECK int act_tidy_invitations(struct store *store, int64_t now, struct error *error);

/* Sets `count` numbers aside. *first: the first of them, after all that are there or set aside. */
MUST_CHECK int act_set_aside(struct store *store, size_t count, int64_t now, int64_t *first, struct error *error);

/* Puts the invitations there; none can be used, is counted or shown yet. Appends the document of their hashes to
 * `codes`. */
MUST_CHECK int act_stage_invitations(struct store *store, const struct act_invitations *invitations, struct buf *codes,
                                     struct error *error);

/* Makes the wish that they may be used, and keeps the document. To be called in the transaction in which the wish is
 * put. */
MUST_CHECK int act_prepare_invitations(struct act_wish *wish, struct store *store,
                                       const struct act_invitations *invitations, const struct buf *codes,
                                       struct error *error);

/* Instead of the rest, at any step: takes away what is there of them, and of the document that `codes` holds. What may
 * be used by now stays. */
MUST_CHECK int act_give_up_invitations(struct store *store, const struct act_invitations *invitations,
                                       const struct buf *codes, struct error *error);

/* Makes the wish that an invitation may be used no longer. -1: *error says why not. */
MUST_CHECK int act_prepare_withdrawal(struct act_wish *wish, struct store *store,
                                      const uint8_t hash[static SHA256_BYTES], struct error *error);

/* Whether the document of codes that an event names has this one. */
bool act_invitation_is_in(const struct buf *document, const uint8_t hash[static SHA256_BYTES]);

#endif
