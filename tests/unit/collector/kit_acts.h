/* What tests of acts share: wishes put as verbs put them, and what came of them. Whatever goes wrong in here fails the
 * test that asked for it. */
#ifndef TESTS_UNIT_COLLECTOR_KIT_ACTS_H
#define TESTS_UNIT_COLLECTOR_KIT_ACTS_H

#include "collector/acts/act.h"
#include "tests/unit/collector/kit.h"

/* Puts a wish as a verb does, and wipes it; the ledger that is made next carries it out. Gives its number. */
int64_t kit_ask(struct store *store, struct act_wish *wish);

/* What became of it: the entry of its event, or -1; `text`, the caller's to free, says why. */
int64_t kit_outcome(struct store *store, int64_t id, struct buf *text);

/* The event at `index`; the caller calls event_free. */
struct event kit_event(struct store *store, int64_t index);

/* The definition of fixtures/panel.json with its only round closing at another moment; the caller frees. */
struct buf kit_panel_until(const char *closes_at);

/* Has invitations with these hashes set aside, put there and made a wish of, up to which nobody can use them. Gives the
 * number of the first. */
int64_t kit_prepare_invitations(struct store *store, const uint8_t (*hashes)[SHA256_BYTES], size_t count,
                                int64_t replaces, struct act_wish *wish);

#endif
