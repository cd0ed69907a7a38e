/* A release as the store keeps it, given again: a table in any form, and what describes it. In profile rfc4180 the
 * bytes are those that the log has the hash of. The caller's thread, within a transaction. */
#ifndef COLLECTOR_RELEASE_RELEASED_H
#define COLLECTOR_RELEASE_RELEASED_H

#include "base/csv.h"
#include "collector/state/catalogue.h"
#include "collector/tables/context.h"
#include "panel/wanted.h"

/* The release of that number, 0: the newest, of a round by the store's number of it. STORE_NONE: there is none. */
MUST_CHECK enum store_result released_find(struct store *store, int64_t round, int64_t number,
                                           struct store_release *out);

/* Its file of that name, into `out`, which is empty. STORE_NONE: it has none. STORE_FAILED: *error; ERROR_DAMAGED where
 * it is not what its event names. */
MUST_CHECK enum store_result released_file(struct store *store, const struct store_release *release, const char *name,
                                           struct buf *out, struct error *error);

/* The same for who has read the event: `sha256` is what it says of that file. */
MUST_CHECK enum store_result released_file_of(struct store *store, const struct store_release *release,
                                              const char *name, const uint8_t sha256[static SHA256_BYTES],
                                              struct buf *out, struct error *error);

struct released_source {
    struct store *store;
    const struct catalogue *catalogue;
    size_t round; /* index in the panel */
    const struct store_release *release;
    enum table table;
    const struct csv_format *format; /* NULL: JSON */
    const struct wanted_actions *actions; /* NULL: all */
};

struct released; /* a table on its way */

/* What `source` names must last as long. NULL: *error. Free with released_free. */
MUST_CHECK struct released *released_new(const struct released_source *source, struct error *error);
void released_free(struct released *released); /* NULL is fine */

/* Puts the next piece into `out`, as sheet_put_next does. */
MUST_CHECK enum store_result released_put_next(struct released *released, struct buf *out, struct error *error);

/* The rows that have been put; of profile rfc4180, which is not taken apart, 0. */
uint64_t released_rows(const struct released *released);

/* What its tables can't be understood without, as it was when the release was made. */
struct released_context {
    struct table_context context; /* format is to be set */
    struct table_release release;
    struct json *document;
};

/* 0, and the caller calls released_context_wipe; the context lasts as long as the catalogue and *out, which is not to
 * be moved. -1: *error. */
MUST_CHECK int released_context_read(struct released_context *out, const struct released_source *source,
                                     struct error *error);
void released_context_wipe(struct released_context *context);

#endif
