/* Taking entries away (PROTOCOL 5b), whoever asked for it: first what goes is gathered, then it goes, with all that
 * rests on it: bytes, counters, current responses, members. The leaf, the index and the event stay. In the ledger's
 * transaction, before the event that tells of it, whose index is known by then. The writer's alone.
 *
 * What is one member's is found without an index over all entries: `current` is keyed by round and member and knows the
 * newest response and the one before, store_revisions_before the rest (adr/014). */
#ifndef COLLECTOR_ACTS_ERASING_H
#define COLLECTOR_ACTS_ERASING_H

#include "collector/state/catalogue.h"
#include "collector/store/store.h"

#define ERASING_EVENT_MAX ((size_t)1000) /* entries of one event, so that it fits into a JWS */

/* One response, with all its revisions. */
struct erasing_response {
    int64_t round, member, action; /* the store's numbers */
};

struct erasing {
    struct store *store;
    const struct catalogue *catalogue;
    struct erasing_response *responses; /* to go; by round and action, each once, after erasing_gathered */
    size_t response_count, response_capacity;
    struct store_member *members; /* who go whole */
    size_t member_count, member_capacity;
    int64_t *entries; /* to go; ascending after erasing_gathered */
    size_t count, capacity;
    struct error error; /* why a function has failed */
};

void erasing_init(struct erasing *erasing, struct store *store, const struct catalogue *catalogue);
void erasing_wipe(struct erasing *erasing);

/* Adds all revisions of a response; nothing where there is none that is not erased. -1: erasing->error; so below. */
MUST_CHECK int erasing_add_response(struct erasing *erasing, const struct erasing_response *response);

/* Adds a member's enrolment and responses in all rounds. */
MUST_CHECK int erasing_add_member(struct erasing *erasing, const struct store_member *member);

/* All is added: puts entries and responses in order, each once. Returns how many entries there are. */
size_t erasing_gathered(struct erasing *erasing);

/* Erases them. Entries 0 to ERASING_EVENT_MAX - 1 of the list are told by the event at `event`, as many more by the one
 * after it, and so on. Members are in `members` as they are then, for the roster. */
MUST_CHECK int erasing_carry_out(struct erasing *erasing, int64_t event);

#endif
