/* What is worked out from the log for anyone who asks, and kept in memory until the log has more of it. Inside the API
 * room. HTTP threads. */
#ifndef COLLECTOR_API_KEPT_H
#define COLLECTOR_API_KEPT_H

#include "base/latest.h"
#include "collector/api/api.h"

/* A kind of counted value (base/counted.h). */
struct kept_kind {
    const char *name; /* for the collector's own log */
    void *(*load)(struct store *store, struct error *error); /* NULL: *error */
    int (*is_current)(const void *value, struct store *store, bool *current); /* -1: store_error */
};

/* The value as the log has it now, from `latest` or read anew; held for the caller, for counted_release. NULL: the
 * answer has been set. */
MUST_CHECK void *kept_take(struct http_exchange *exchange, struct service *service, struct latest *latest,
                           const struct kept_kind *kind);

#endif
