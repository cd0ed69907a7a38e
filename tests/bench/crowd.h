/* Who answers in a store made to size: members and actions by number, in sittings of several answers, in an order that
 * is mixed but the same in every run. Knows no store. Any thread; whatever goes wrong ends the program with a
 * message. */
#ifndef TESTS_BENCH_CROWD_H
#define TESTS_BENCH_CROWD_H

#include "crypto/key.h"
#include <stddef.h>
#include <stdint.h>

#define CROWD_SITTING 10 /* answers that a member gives in a row */

/* Each member answers each action. */
struct crowd {
    size_t members, actions;
};

/* A member's answers to `count` actions from `first` on. */
struct sitting {
    size_t member, first, count;
};

/* In how many sittings the crowd answers everything once, and one of them. */
size_t crowd_sittings(const struct crowd *crowd);
struct sitting crowd_sitting(const struct crowd *crowd, size_t number);

/* The numbers below `count`, mixed as `seed` says. The caller frees. */
uint32_t *crowd_shuffle(size_t count, uint64_t seed);

/* The key of a member, worked out from the number, since guarded memory can't hold those of all. Free with
 * secret_key_free. */
struct secret_key *crowd_key(size_t member);

/* Puts a member's signed response to an action. */
void crowd_put_response(struct buf *out, const struct secret_key *key, size_t member, size_t action, int64_t revision);

/* Puts the list of all actions, as the programme team would keep it. */
void crowd_put_actions(struct buf *out, const struct crowd *crowd);

#endif
