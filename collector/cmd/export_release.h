/* A release that is exported: found, and written as it is kept or in another profile. Inside the cmd room. Main
 * thread. */
#ifndef COLLECTOR_CMD_EXPORT_RELEASE_H
#define COLLECTOR_CMD_EXPORT_RELEASE_H

#include "collector/cmd/folder.h"
#include "collector/log/last_checkpoint.h"
#include "collector/ops/config.h"
#include "collector/release/released.h"

struct export_release {
    struct store_release found;
    struct released_context context; /* the folder's then */
    struct buf checkpoint; /* the log's last, for the proof; empty: out of reach, as `why` says */
    struct merkle_head head; /* of that checkpoint */
    struct error why;
};

/* Reads the last checkpoint beside the log's key. Before the moment of the store is chosen, so that the store holds all
 * that the checkpoint speaks of. */
void export_read_checkpoint(struct export_release *release, struct store *store, const struct config *config);

/* Finds the newest release of the folder's round, and gives the folder its context. Returns the exit code. */
int export_find_release(struct folder *folder, struct export_release *release);

/* Whether the checkpoint does not speak of the release yet: it was made in between. */
bool export_awaits_checkpoint(const struct export_release *release);

/* Puts a table in the folder's profile, and gives its rows. -1: *error. */
MUST_CHECK int export_put_released(const struct folder *folder, const struct export_release *release, enum table table,
                                   struct buf *out, uint64_t *rows, struct error *error);

/* Writes all files as they are kept, with the entry that tells of them and the proof that the log holds it: such a
 * folder can be verified. Returns the exit code. */
int export_write_kept(const struct folder *folder, const struct export_release *release);

#endif
