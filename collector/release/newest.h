/* The newest releases of all rounds, read for what is worked out over them. Counted, and immutable once read. Whose
 * handle it reads with is the caller's. */
#ifndef COLLECTOR_RELEASE_NEWEST_H
#define COLLECTOR_RELEASE_NEWEST_H

#include "base/counted.h"
#include "collector/state/catalogue.h"
#include "collector/tables/trends.h"

#define NEWEST_KINDS 4 /* of events that it follows from */

struct newest {
    struct counted counted;
    struct catalogue *catalogue; /* in force when it was read; held */
    struct trends *trends; /* of what the newest release of each round told */
    int64_t *releases; /* the number of each round's newest release, by the panel's rounds; 0: none */
    int64_t events[NEWEST_KINDS]; /* indexes of the newest event of each such kind; -1: none */
};

/* Reads it within the caller's begin_reading; held once by the caller, for counted_release. NULL: *error. */
MUST_CHECK struct newest *newest_read(struct store *store, struct error *error);

/* What trends can't be understood without, as a JSON object: panel, rounds that have a release with its number, rules
 * of disclosure control, and the questionnaires of these rounds as imported. -1: no memory. */
MUST_CHECK int newest_put_note(struct buf *out, const struct newest *newest);

/* Whether the log has had no release and no import since. -1: store_error says why. */
MUST_CHECK int newest_is_current(const struct newest *newest, struct store *store, bool *current);

#endif
