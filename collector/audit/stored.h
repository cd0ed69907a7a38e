/* A store's log as the source of an audit: entries, documents, files of releases, and which entries it lists as events.
 * Reads one moment, which whoever opened the store has begun. One thread. */
#ifndef COLLECTOR_AUDIT_STORED_H
#define COLLECTOR_AUDIT_STORED_H

#include "collector/audit/listing.h"
#include "collector/state/catalogue.h"
#include "collector/store/store.h"
#include "crypto/tile.h"

/* Both the caller's; all else zero at first, and its own. */
struct stored {
    struct store *store;
    const struct catalogue *catalogue;

    struct merkle_hash hashes[TILE_WIDTH]; /* of the tile that was read last */
    uint64_t tile;
    unsigned width; /* 0: none was */
};

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
