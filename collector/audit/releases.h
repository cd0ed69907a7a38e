/* Each release of the log made anew (PROTOCOL 8a): from the entries below its size and the releases before it, file by
 * file, and held against the hashes that its event names. The steps are the release room's, which are pure and held to
 * vectors of their own; what was in force and who answered what comes from the replay. One thread. */
#ifndef COLLECTOR_AUDIT_RELEASES_H
#define COLLECTOR_AUDIT_RELEASES_H

#include "collector/audit/listing.h"
#include "collector/audit/replay.h"

struct releases;

/* Of those that are listed; `setup` must last as long. NULL: no memory. Free with releases_free. */
MUST_CHECK struct releases *releases_new(const struct replay_setup *setup, const struct listing *listing);
void releases_free(struct releases *releases);

/* In order, before the entry of that index is settled: what is in force for a release of that size. */
void releases_pass(struct releases *releases, const struct replay *replay, int64_t index);

/* In order, each entry after it has been counted. -1: *error. */
MUST_CHECK int releases_count(struct releases *releases, const struct entry *entry, struct error *error);

/* Behind the last entry: the next response that counts, as replay_next has them, and that its place has no more. -1:
 * *error. */
MUST_CHECK int releases_take(struct releases *releases, const struct fold_current *response, struct error *error);
MUST_CHECK int releases_leave(struct releases *releases, struct error *error);

/* Behind all of that: makes all anew and tells which file is another. -1: *error. */
MUST_CHECK int releases_end(struct releases *releases, const struct replay *replay, struct error *error);

#endif
