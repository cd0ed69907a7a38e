/* The act of publishing what was done with answers: the wish for it. Any thread. */
#ifndef COLLECTOR_ACTS_FOLLOW_UP_H
#define COLLECTOR_ACTS_FOLLOW_UP_H

#include "collector/acts/act.h"
#include "panel/follow_up.h"

/* Makes the wish. What can be asked of `wanted` is asked of it by follow_ups_allow, before this and when it is carried
 * out. -1: no memory. */
MUST_CHECK int act_prepare_follow_up(struct act_wish *wish, const struct follow_up *wanted, struct error *error);

#endif
