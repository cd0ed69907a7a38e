/* The log of a store, read once into a round's ballots, without looking at a signature: what stands in it was checked
 * when it was accepted, and is checked again by the audit. All cores take envelopes and claims apart while the next
 * entries are read. The caller's thread, and those of `parallel`. */
#ifndef COLLECTOR_RELEASE_REPLAY_H
#define COLLECTOR_RELEASE_REPLAY_H

#include "base/parallel.h"
#include "collector/release/ballots.h"
#include "collector/state/catalogue.h"

struct replay_source {
    struct store *store; /* within begin_reading */
    const struct catalogue *catalogue; /* read in that same transaction */
    size_t round; /* index in the panel */
    int64_t size; /* entries that are read */
    struct parallel *parallel;
    void (*progress)(void *context, int64_t done, int64_t size); /* may be NULL */
    void *context;
    struct scratch *scratch; /* where members go that do not fit in memory; the ballots' */
    size_t memory; /* bytes, about, that members may take */
};

/* Fills `out`, which was made of the round's questionnaire and the whole action list, and turns it. -1: *error,
 * ERROR_DAMAGED where an entry is missing or can't be what was accepted. */
MUST_CHECK int replay_ballots(const struct replay_source *source, struct ballots *out, struct error *error);

#endif
