/* The log worked out anew: every signature, the tree, the roster, who may answer what when, the current responses,
 * the counters; then compared with what is stored. Each thing that differs is told by its name. In bounded memory
 * (adr/026): what grows with members and responses lies in scratch files once it is more than that; what grows with
 * panels, events and releases is held.
 *
 * The room: a check on the rest of the collector, so it shares no code with intake, and writes nothing.
 *
 *     stored     a store's log, as a source of entries, events and documents
 *     remote     another collector's panel and log over HTTP, as a source of the same
 *     listing    which entries are events, read beforehand
 *     audit      entries -> taken apart and signatures checked on all cores -> replay and tree, in order
 *     entry      one entry taken apart
 *     replay     what the entries make, each judged by what was in force; its files are named in its header
 *     blocks     what releases ask, counted while current responses come by
 *     releases   each release made anew, by the release room's pure steps (releases_recount)
 *     tree       the Merkle tree that they make
 *     compare    the store's state against the replay's; its files are named in comparison.h
 *     shown      what a collector elsewhere shows of panel, actions and follow-ups, against the log
 *     pages      what a collector elsewhere serves, against the manifest that its log names
 *     findings   what differs, told and counted, and what is noted */
#ifndef COLLECTOR_AUDIT_AUDIT_H
#define COLLECTOR_AUDIT_AUDIT_H

#include "base/error.h"
#include "base/parallel.h"
#include "collector/audit/listing.h"
#include "collector/audit/replay.h"
#include "crypto/checkpoint.h"

struct audit;

/* Where the entries come from. */
struct audit_source {
    /* Puts the entry of that index, in ascending order from 0. STORE_NONE: there is none. STORE_ERASED: it was erased,
     * *out is the hash of its leaf, or empty where that can't be had, and *erased_by the event that did it, or
     * HOLE_OF_NONE; left alone where nobody is asked. STORE_FAILED: *error. */
    enum store_result (*read)(void *context, int64_t index, struct buf *out, int64_t *erased_by, struct error *error);
    void (*progress)(void *context, int64_t done, int64_t size); /* told now and then; NULL: nobody listens */
    void *context;
    int64_t size; /* entries that there should be */
};

/* `setup`: where documents come from, the log's origin, and who is told what differs; copied. NULL: no memory. Free
 * with audit_free. */
MUST_CHECK struct audit *audit_new(const struct replay_setup *setup, struct parallel *parallel);
void audit_free(struct audit *audit);

/* Before audit_read: the events that there are said to be, which must outlive the audit, and what is in force now, by
 * which entries of before protocol 2 are judged where no event says what was. -1: *error. */
MUST_CHECK int audit_begin(struct audit *audit, const struct listing *listing, const struct catalogue *now,
                           struct error *error);

/* Reads all entries: signatures, claims, order; replays them and builds the tree. With `store`, compares each leaf and
 * tile with the store's. 0, also with findings; -1: it could not be done, *error. */
MUST_CHECK int audit_read(struct audit *audit, const struct audit_source *source, struct store *store,
                          struct error *error);

/* Behind audit_read, once: works out which responses are current, and makes the releases anew; with `store` (NULL:
 * none) compares what it keeps beside its log with what was worked out. -1: *error. */
MUST_CHECK int audit_compare(struct audit *audit, struct store *store, struct error *error);

/* A signed checkpoint, verified already: the tree must have had its root when it had its size. Before audit_read. -1:
 * no memory. */
MUST_CHECK int audit_compare_head(struct audit *audit, const struct merkle_head *head);

/* What was worked out, and the tree's head. The audit's. */
const struct replay *audit_replay(const struct audit *audit);
void audit_head(const struct audit *audit, struct merkle_head *out);

#endif
