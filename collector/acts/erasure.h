/* The act of erasing by the operator (PROTOCOL 5b): which responses and members a wish names, and the wish. What is
 * gathered and how it goes is erasing.h's. Any thread. */
#ifndef COLLECTOR_ACTS_ERASURE_H
#define COLLECTOR_ACTS_ERASURE_H

#include "collector/acts/act.h"
#include "collector/acts/erasing.h"

/* Whether it is one for which the operator may erase: order, unlawful-content, request, retention. */
bool act_is_erasure_reason(const char *reason);

/* Adds what the entry at `index` is of: of a response all its revisions, of an enrolment the member with all responses.
 * 0; -1: erasing->error says why not, ERROR_REFUSED for what is neither, is erased, or is not there. */
MUST_CHECK int act_gather_entry(struct erasing *erasing, int64_t index);

/* Makes the wish that what is gathered be erased; `reference` may be NULL, and is kept as a hash alone. What is more
 * than one event can name is told by several, in the same commit: who has much to erase asks for it in lots. -1: *error
 * says why not: it is nothing, or more than a wish can hold. */
MUST_CHECK int act_prepare_erasure(struct act_wish *wish, const struct erasing *erasing, const char *reason,
                                   const char *reference, struct error *error);

#endif
