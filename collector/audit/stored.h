/* A store's log as the source of an audit: entries, documents, files of releases, and which entries it lists as events.
 * Reads one moment, which whoever opened the store has begun. One thread. */
#ifndef COLLECTOR_AUDIT_STORED_H
#define COLLECTOR_AUDIT_STORED_H

#include "collector/audit/listing.h"
#include "collector/state/catalogue.h"
#include "collector/store/store.h"
#include "crypto/tile.h"

#define STORED_AHEAD 256 /* entries that are asked for at once: some 8 MB of the longest */

/* Set by stored_init. */
struct stored {
    struct store *store; /* these two the caller's */
    const struct catalogue *catalogue;

    struct buf ahead; /* texts of entries that were read ahead, one after another */
    struct stored_entry {
        int64_t index;
        size_t at, len; /* len 0: it was erased */
        int64_t erased_by; /* by that event, or HOLE_OF_NONE */
    } listed[STORED_AHEAD]; /* where each is, ascending; without those that are not as they should be */
    bool erased; /* one of them was */
    size_t count, place;
    int64_t end; /* what stands below it has been looked at */

    struct merkle_hash hashes[TILE_WIDTH]; /* of the tile that was read last */
    uint64_t tile; /* which it is; UINT64_MAX: none was */
    unsigned width; /* 0: there is none */
};

/* Free with stored_wipe. */
void stored_init(struct stored *stored, struct store *store, const struct catalogue *catalogue);
void stored_wipe(struct stored *stored);

/* The events. -1: *error. */
MUST_CHECK int stored_listing(struct stored *stored, struct listing *out, struct error *error);

/* The `read` of an audit_source, the `document` and the `release_file` of a replay_setup; context is a struct
 * stored. */
enum store_result stored_entry(void *stored, int64_t index, struct buf *out, int64_t *erased_by, struct error *error);
enum store_result stored_document(void *stored, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                  struct error *error);
enum store_result stored_release_file(void *stored, const char *round, int64_t number, const char *name,
                                      struct buf *out, struct error *error);

#endif
