/* The acts of revoking and restoring a member: wishes for them. Any thread. */
#ifndef COLLECTOR_ACTS_MEMBER_H
#define COLLECTOR_ACTS_MEMBER_H

#include "collector/acts/act.h"

/* Whether `reason` is one for which a member may be revoked: request, error, abuse, order. */
bool act_is_revocation_reason(const char *reason);

/* Makes the wish that this member's later responses be refused, with such a reason. -1: *error says why not. */
MUST_CHECK int act_prepare_revocation(struct act_wish *wish, const struct store_member *member, const char *reason,
                                      struct error *error);

/* Makes the wish that they be taken again. */
MUST_CHECK int act_prepare_restoration(struct act_wish *wish, const struct store_member *member, struct error *error);

#endif
