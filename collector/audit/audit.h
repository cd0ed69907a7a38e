/* The log worked out anew: every signature, the tree, the roster, the current responses, the counters; then compared
 * with what is stored. Each thing that differs is told by its name. Memory grows with members and current responses,
 * not with the log.
 *
 * The room: a check on the rest of the collector, so it shares no code with intake, and writes nothing.
 *
 *     remote     another collector's panel and log over HTTP, as a source of entries
 *     audit      entries -> signatures checked on all cores -> fold and tree, in order
 *     fold       the state that the entries make
 *     tree       the Merkle tree that they make
 *     compare    the store's state against the fold
 *     findings   what differs, told and counted */
#ifndef COLLECTOR_AUDIT_AUDIT_H
#define COLLECTOR_AUDIT_AUDIT_H

#include "base/error.h"
#include "base/parallel.h"
#include "collector/audit/findings.h"
#include "collector/audit/fold.h"
#include "crypto/checkpoint.h"

struct audit;

/* Where the entries come from. */
struct audit_source {
    /* Puts the entry of that index, in ascending order from 0. STORE_NONE: there is none. STORE_ERASED: it
     * was erased. STORE_FAILED: *error. */
    enum store_result (*read)(void *context, int64_t index, struct buf *out, struct error *error);
    void (*progress)(void *context, int64_t done, int64_t size); /* told now and then; NULL: nobody listens */
    void *context;
    int64_t size; /* entries that there should be */
};

/* `catalogue` is the panel's, held; when its rounds open is not looked at, since that may have been moved. What differs
 * is told to `findings`, which must outlive the audit. NULL: no memory. Free with audit_free. */
MUST_CHECK struct audit *audit_new(struct catalogue *catalogue, struct parallel *parallel,
                                   struct audit_findings *findings);
void audit_free(struct audit *audit);

/* Reads all entries: signatures, claims, order; builds the fold and the tree. With `store`, compares each leaf and tile
 * with the store's. 0, also with findings; -1: it could not be done, *error. */
MUST_CHECK int audit_read(struct audit *audit, const struct audit_source *source, struct store *store,
                          struct error *error);

/* Compares the store's members, invitations, current responses and counters with the fold. -1: *error. */
MUST_CHECK int audit_compare(struct audit *audit, struct store *store, struct error *error);

/* A signed checkpoint, verified already: the tree must have had its root when it had its size. Before audit_read, and
 * one at most. */
void audit_compare_head(struct audit *audit, const struct merkle_head *head);

/* The state as worked out, and the tree's head. The audit's. */
const struct fold *audit_fold(const struct audit *audit);
void audit_head(const struct audit *audit, struct merkle_head *out);

#endif
