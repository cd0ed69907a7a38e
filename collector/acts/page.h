/* The act that no person types: a collector that starts with other pages than the log names says so (PROTOCOL 6a). */
#ifndef COLLECTOR_ACTS_PAGE_H
#define COLLECTOR_ACTS_PAGE_H

#include "collector/acts/act.h"

/* Whether the newest page-released of the log names this manifest: 1 it does, 0 it does not, or there is none; -1:
 * *error says why it can't be told. */
MUST_CHECK int act_page_is_newest(struct store *store, const uint8_t manifest[static SHA256_BYTES],
                                  struct error *error);

/* Makes the wish that these pages be named; `manifest` is its text. -1: no memory. */
MUST_CHECK int act_prepare_page(struct act_wish *wish, const struct buf *manifest);

#endif
