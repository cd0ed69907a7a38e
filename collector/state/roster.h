/* kid -> member, in memory: a response's author is found without a query. Read by every HTTP thread, written by the
 * writer alone. A fold over the log; loaded when the collector starts. 40 bytes a member, and 11 to 21 of the index. */
#ifndef COLLECTOR_STATE_ROSTER_H
#define COLLECTOR_STATE_ROSTER_H

#include "collector/store/store.h"

struct roster;

/* What is known of a member without asking the store. */
struct roster_member {
    int64_t number; /* the store's */
    int64_t index; /* of the enrolment in the log */
    uint8_t public_key[KEY_BYTES];
    bool revoked;
};

/* NULL when there is no memory. Free with roster_free. */
MUST_CHECK struct roster *roster_new(void);
void roster_free(struct roster *roster);

/* Takes over the members of the store that were added or changed after *since, which it moves on. From -1 on it reads
 * all of them, aside, and puts these in the place of those it had: after a failover the store may lack some, and others
 * have their numbers; for that moment there are two in memory. -1: *error says why; the roster holds what was read by
 * then, or where all was to be read what it held before. */
MUST_CHECK int roster_load(struct roster *roster, struct store *store, int64_t *since, struct error *error);

/* Moves on each time all members were read anew: whose a number is holds within an edition. Any thread. */
uint64_t roster_edition(struct roster *roster);

/* Makes room for `count` more above the highest number, so that roster_add can't fail. -1: no memory. */
MUST_CHECK int roster_reserve(struct roster *roster, size_t count);

/* Adds a member, or takes over whether one that is there is revoked or erased: these keep their place, and are found no
 * more. Members are numbered from 1. After roster_reserve. */
void roster_add(struct roster *roster, const struct store_member *member);

/* true and *out when `kid` is a member's. Any thread. */
bool roster_find(struct roster *roster, const char kid[static KID_SIZE], struct roster_member *out);

/* Whether there is a member of that number, neither revoked nor erased. Any thread. */
bool roster_is_in_force(struct roster *roster, int64_t number);

/* Whether `kid` was a member's who has erased everything. Any thread. */
bool roster_was_erased(struct roster *roster, const char kid[static KID_SIZE]);

/* The highest number, which is how many there are. */
size_t roster_count(struct roster *roster);

#endif
