/* The state that a log makes, worked out entry by entry: members, current responses, counters. Shares nothing with
 * intake/ledger.c but the meaning of PROTOCOL 4 and 5, so that each is a check on the other. In bounded memory: members
 * are a spilled table; responses are put aside as they come, in the order of the log, and had back place by place, a
 * place being a member's answers to one action in one round; only then is it known which of them count. Counters alone
 * are held whole: they grow with the panel. What fails is told by the scratch that it was made with. One thread. */
#ifndef COLLECTOR_AUDIT_FOLD_H
#define COLLECTOR_AUDIT_FOLD_H

#include "base/scratch.h"
#include "collector/audit/links.h"
#include "collector/state/catalogue.h"

struct fold;

struct fold_member {
    uint8_t public_key[KEY_BYTES];
    int64_t index; /* of the enrolment */
    bool is_revoked;
};

/* A response, with where it belongs. */
struct fold_current {
    int64_t round, member, action; /* the history's numbers, and the fold's of members */
    int64_t revision, index, replaced; /* replaced: -1 for none */
    const uint16_t *slots; /* the fold's, until it is asked for the next */
    size_t slot_count;
};

/* The state of an empty log, in about `memory` bytes. `scratch` must last as long. NULL: no memory. Free with
 * fold_free. */
MUST_CHECK struct fold *fold_new(struct scratch *scratch, size_t memory);
void fold_free(struct fold *fold);

enum fold_answer {
    FOLD_OK,
    FOLD_REFUSED, /* it can't be, whatever follows: nothing changed */
    FOLD_FAILED, /* the scratch says why */
};

/* An enrolment; indexes ascend. Refused: the key is a member's already. */
MUST_CHECK enum fold_answer fold_enrol(struct fold *fold, const struct fold_member *member);

/* A response; `replaced` is not looked at; `slots` is copied. Refused: its counters are laid out otherwise than those
 * of its action in its round, or no store can number it. Whether it can follow on those before shows at fold_next. */
MUST_CHECK enum fold_answer fold_respond(struct fold *fold, const struct fold_current *response,
                                         const struct tally_layout *layout);

/* Said by the event at `event`: at this place nothing that was put so far is current any more. */
void fold_expect_none(struct fold *fold, int64_t round, int64_t member, int64_t action, int64_t event);

/* Number of the member with that thumbprint, and its key, valid until the fold is asked again; 0: none, or it
 * failed. */
int64_t fold_find_member(struct fold *fold, const char kid[static KID_SIZE], const uint8_t **public_key);

/* Number of the member whose enrolment has that index; 0 likewise. */
int64_t fold_find_enrolment(struct fold *fold, int64_t index);

/* Revokes that member, who is there, or restores them. */
void fold_revoke(struct fold *fold, int64_t number, bool is_revoked);

size_t fold_member_count(const struct fold *fold);
const struct fold_member *fold_member(struct fold *fold, int64_t number); /* NULL: none, or it failed; valid likewise */

/* What has been put, place by place: ascending by round, member and action, and in each place as it was put. */
enum fold_step {
    FOLD_END, /* there is no more, or it failed */
    FOLD_COUNTS, /* this response counts, in place of the one before it */
    FOLD_STALE, /* this one can't follow on the one that is current */
    FOLD_KEPT, /* fold_expect_none was said, and this one is still current; *event is the one that said it */
    FOLD_CURRENT, /* behind all of a place: this one is current */
};

/* Behind the last entry: from now on what was put can be had, and no more be put. */
void fold_turn(struct fold *fold);
enum fold_step fold_next(struct fold *fold, struct fold_current *out, int64_t *event);

/* Current responses that fold_next has come by. */
size_t fold_current_count(const struct fold *fold);

/* What each of them that has been replaced had replaced itself, likewise; the fold's. */
const struct links *fold_links(const struct fold *fold);

/* The counters of an action in a round, by the responses that fold_next has come by; NULL when none was put. */
const int64_t *fold_counts(const struct fold *fold, int64_t round, int64_t action);
/* Walks them. */
bool fold_next_counts(const struct fold *fold, size_t *at, int64_t *round, int64_t *action, const int64_t **counts,
                      size_t *slots);

#endif
