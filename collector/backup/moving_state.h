/* What the files of the move share. */
#ifndef COLLECTOR_BACKUP_MOVING_STATE_H
#define COLLECTOR_BACKUP_MOVING_STATE_H

#include "collector/backup/moving.h"
#include "collector/store/moving.h"

#define MOVING_ROWS ((size_t)4096) /* that are written in one transaction */

struct moving {
    struct store *from, *to;
    store_copy_fn *each;
    void *context;
    struct error *error;
    bool is_told; /* *error says why a walk of `from` was stopped */
    size_t written; /* rows, in the transaction of `to` that is under way */
    struct merkle_edge edge; /* over the leaves that have been copied */
    int64_t size; /* of the log */
    int64_t *rounds; /* their numbers */
    size_t round_count, round_capacity;
    struct moved moved;
};

/* One more row of `to`, as its verb turned out: after some thousands a commit, and the next transaction. -1: *error. */
MUST_CHECK int moving_wrote(struct moving *m, enum store_result result);

/* Ends the transaction and begins the next. -1: *error. */
MUST_CHECK int moving_turn(struct moving *m);

/* A walk of `from` as it turned out. -1: *error, as the visitor has set it, or as the store says. */
MUST_CHECK int moving_walked(struct moving *m, enum store_result result);

/* For a visitor that stops: what has set *error; and that there is no memory. Return -1. */
int moving_stop(struct moving *m);
int moving_no_memory(struct moving *m);

/* The leaves of entries whose bytes are gone, which the tree alone has: the tile that was read last. */
struct moving_leaves {
    uint64_t tile;
    unsigned width; /* 0: none was */
    struct merkle_hash hashes[TILE_WIDTH];
};

/* The leaf of that index in the tree of `store`. -1: *m->error. */
MUST_CHECK int moving_leaf(struct moving *m, struct store *store, struct moving_leaves *leaves, int64_t index,
                           struct merkle_hash *out);

/* The log: entries with what has erased them, tiles, the events among them, its key. -1: *error. */
MUST_CHECK int moving_copy_log(struct moving *m);

/* Behind all of it: what `to` has against what `from` has by now, row for row, and its counters against its own current
 * responses. Begins the reading of `from` anew. -1: *error. */
MUST_CHECK int moving_check(struct moving *m);

#endif
