/* The act of changing the operator key. Any thread. */
#ifndef COLLECTOR_ACTS_OPERATOR_H
#define COLLECTOR_ACTS_OPERATOR_H

#include "collector/acts/act.h"

/* Makes the wish that events be signed by this key from then on; it lies beside the one in force (log/operator.h). -1:
 * no memory. */
MUST_CHECK int act_prepare_operator(struct act_wish *wish, const uint8_t public_key[static KEY_BYTES]);

#endif
