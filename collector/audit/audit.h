/* The log worked out anew: every signature, the tree, the roster, the current responses, the counters; then compared
 * with what is stored. Each thing that differs is told by its name. Memory grows with members and current responses,
 * not with the log. */
#ifndef COLLECTOR_AUDIT_AUDIT_H
#define COLLECTOR_AUDIT_AUDIT_H

#include "base/parallel.h"
#include "collector/audit/fold.h"
#include "crypto/checkpoint.h"

struct audit;

/* Where the entries come from. */
struct audit_source {
    /* Puts the entry of that index, in ascending order from 0. STORE_NONE: there is none. STORE_FAILED: *error says
     * why. */
    enum store_result (*read)(void *context, int64_t index, struct buf *out, const char **error);
    void *context;
    int64_t size; /* entries that there should be */
};

/* What the audit talks to. */
struct audit_listener {
    void (*differs)(void *context, const char *what); /* one finding, a line in the language of lang.h */
    void (*progress)(void *context, int64_t done, int64_t size); /* now and then */
    void *context;
};

/* `catalogue` is the panel's, used and kept; its rounds' opening times are not looked at. NULL: no memory. Free with
 * audit_free. */
MUST_CHECK struct audit *audit_new(struct catalogue *catalogue, struct parallel *parallel,
                                   const struct audit_listener *listener);
void audit_free(struct audit *audit);

/* Reads all entries: signatures, claims, order; builds the fold and the tree. With `store`, compares each leaf and tile
 * with the store's. 0, also with findings; -1: it could not be done, *error says why. */
MUST_CHECK int audit_read(struct audit *audit, const struct audit_source *source, struct store *store,
                          const char **error);

/* Compares the store's members, invitations, current responses and counters with the fold. -1: *error says why. */
MUST_CHECK int audit_compare(struct audit *audit, struct store *store, const char **error);

/* A signed checkpoint, verified already: the tree must have had its root when it had its size. Before audit_read, and
 * one at most. */
void audit_compare_head(struct audit *audit, const struct merkle_head *head);

/* Things that differ so far. */
size_t audit_findings(const struct audit *audit);

/* The state as worked out, what it was worked out with, and the tree's head. The audit's. */
const struct catalogue *audit_catalogue(const struct audit *audit);
const struct fold *audit_fold(const struct audit *audit);
void audit_head(const struct audit *audit, struct merkle_head *out);

/* Tells one more finding; for what is compared elsewhere. */
void audit_differs(struct audit *audit, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
