/* The act of making a release (PROTOCOL 8a): its files, made beside the daemon from one moment of the store, and what
 * its event says of them. Any thread. */
#ifndef COLLECTOR_ACTS_RELEASE_H
#define COLLECTOR_ACTS_RELEASE_H

#include "collector/acts/act.h"
#include "collector/release/release.h"

/* What is wished: the caller's. */
struct act_release {
    const struct panel *panel; /* in force at head.size */
    const char *round;
    int64_t number;
    bool is_final;
    struct merkle_head head; /* of the log that it was made of */
    const struct release *release;
};

/* Where a release would stand. */
struct act_release_place {
    const struct store_release *last; /* of the round; NULL: none */
    const struct panel *panel;
    bool is_closed; /* the round */
    int64_t now;
};

/* Whether another release may follow there: not by bounds that protect nobody (panel/limits.h), which a definition of
 * before may have; not after a final one, a final one only of a closed round, any other not within releaseInterval of
 * the last. -1: *error says why not. Asked by both halves, and by who would make files for nothing. */
MUST_CHECK int act_release_may_follow(const struct act_release_place *place, bool is_final, struct error *error);

/* Makes the wish. -1: *error says why not. */
MUST_CHECK int act_prepare_release(struct act_wish *wish, const struct act_release *release, struct error *error);

#endif
