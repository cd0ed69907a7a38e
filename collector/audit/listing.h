/* Which entries of a log are events, as a store or a collector lists them, read before the log itself: what must be
 * known beforehand is whether the log began under protocol 2, and on which sizes its releases rest. The log is then
 * held against the list. Knows no store. One thread. */
#ifndef COLLECTOR_AUDIT_LISTING_H
#define COLLECTOR_AUDIT_LISTING_H

#include "crypto/merkle.h"
#include "panel/event.h"

#define LISTING_ID_SIZE 66 /* of a round's id, and one more, so that what is longer is no round's */

struct listed {
    int64_t index;
    enum event_kind kind; /* EVENT_KINDS: of none that this program knows */
    bool has_leaf; /* it was listed by its JWS, and this is that one's: what was read from it is the log's where the
                    * log has the same */
    struct merkle_hash leaf;
};

/* A release-created, as it says of itself. */
struct listed_release {
    int64_t index;
    struct merkle_head head; /* of the log that it rests on */
    char round[LISTING_ID_SIZE];
};

/* All zero for none; wiped with listing_wipe. */
struct listing {
    struct listed *list; /* ascending */
    size_t count, capacity;
    struct listed_release *releases; /* ascending by index */
    size_t release_count, release_capacity;
    bool is_upgraded; /* the first is log-upgraded, and these are its documents */
    uint8_t panel[SHA256_BYTES], actions[SHA256_BYTES];
};

void listing_wipe(struct listing *listing);

/* One more, of higher index than those before, by its JWS; what is no event is listed as EVENT_KINDS. -1: no memory. */
MUST_CHECK int listing_add(struct listing *listing, int64_t index, const char *jws, size_t len);

/* The same of which the kind is known and nothing else needed; `kind` as event_name has it, or anything else. */
MUST_CHECK int listing_add_kind(struct listing *listing, int64_t index, const char *kind);

/* Whether the JWS of an event of this kind must be given, for listing_add. */
bool listing_needs_text(const struct listing *listing, const char *kind);

#endif
