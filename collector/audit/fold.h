/* The state that a log makes, worked out in memory entry by entry: members, current responses, counters. Shares nothing
 * with intake/ledger.c but the meaning of PROTOCOL 4 and 5, so that each is a check on the other. Pure. One thread. */
#ifndef COLLECTOR_AUDIT_FOLD_H
#define COLLECTOR_AUDIT_FOLD_H

#include "collector/state/catalogue.h"

struct fold;

struct fold_member {
    uint8_t public_key[KEY_BYTES];
    int64_t index; /* of the enrolment */
    bool is_revoked;
};

/* A current response, with where it belongs. */
struct fold_current {
    int64_t round, member, action; /* the store's numbers */
    int64_t revision, index, replaced; /* replaced: -1 for none */
    const uint16_t *slots;
    size_t slot_count;
};

/* The state of an empty log. NULL when there is no memory. Free with fold_free. */
MUST_CHECK struct fold *fold_new(void);
void fold_free(struct fold *fold);

enum fold_answer {
    FOLD_OK,
    FOLD_REFUSED, /* the entry can't follow on those before: nothing changed */
    FOLD_NO_MEMORY,
};

/* An enrolment; indexes ascend. Refused: the key is a member's already. */
MUST_CHECK enum fold_answer fold_enrol(struct fold *fold, const struct fold_member *member);

/* A response; `replaced` is not looked at; `slots` is copied. Refused: its revision is not higher than the current
 * one's, or its counters are laid out otherwise than those of its action in its round. */
MUST_CHECK enum fold_answer fold_respond(struct fold *fold, const struct fold_current *response,
                                         const struct tally_layout *layout);

/* Number of the member with that thumbprint, and its key; 0 for none. */
int64_t fold_find_member(const struct fold *fold, const char kid[static KID_SIZE], const uint8_t **public_key);

/* Number of the member whose enrolment has that index; 0 for none. */
int64_t fold_find_enrolment(const struct fold *fold, int64_t index);

/* Revokes that member, who is there, or restores them. */
void fold_revoke(struct fold *fold, int64_t number, bool is_revoked);

size_t fold_member_count(const struct fold *fold);
const struct fold_member *fold_member(const struct fold *fold, int64_t number); /* NULL for none */

size_t fold_current_count(const struct fold *fold);
/* Found: true and *out. */
bool fold_find_current(const struct fold *fold, int64_t round, int64_t member, int64_t action,
                       struct fold_current *out);
/* Walks them in no order: *at is 0 at first. */
bool fold_next_current(const struct fold *fold, size_t *at, struct fold_current *out);

/* The counters of an action in a round; NULL when it has had no response. */
const int64_t *fold_counts(const struct fold *fold, int64_t round, int64_t action);
/* Walks them. */
bool fold_next_counts(const struct fold *fold, size_t *at, int64_t *round, int64_t *action, const int64_t **counts,
                      size_t *slots);

#endif
