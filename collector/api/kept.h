/* What is worked out from the log for anyone who asks, and kept in memory until the log has more of it. Inside the API
 * room. HTTP threads. */
#ifndef COLLECTOR_API_KEPT_H
#define COLLECTOR_API_KEPT_H

#include "base/latest.h"
#include "collector/api/api.h"
#include "collector/api/troubles.h"

/* A kind of counted value (base/counted.h). */
struct kept_kind {
    struct api_troubles *troubles; /* for the collector's own log */
    void *(*load)(struct store *store, struct error *error); /* NULL: *error. By kept_give within begin_reading */
    int (*is_current)(const void *value, struct store *store, bool *current); /* -1: store_error */
};

/* The value as the log has it now, from `latest` or read anew, which all that read from the log wait for: of what is
 * small. Held for the caller, for counted_release. NULL: the answer has been set. */
MUST_CHECK void *kept_take(struct http_exchange *exchange, struct service *service, struct latest *latest,
                           const struct kept_kind *kind);

/* Sets an answer from the value, whose hold it takes over; on the exchange's thread. */
typedef void kept_giver(struct http_exchange *exchange, struct service *service, void *value);

/* The same of what takes long to read, from its place (api_kept_new). Where it has to be read anew, the exchange is
 * suspended meanwhile: the first to ask has it read, by one of service->table_workers however much waits for those, and
 * whoever asks for the same before it is there waits without a thread or a place before them, as many as there are
 * exchanges. What is given is never older than the asking. Where it can't be read, all who wait are told, and it is
 * read again for who asks next. Calls `give` with the value, which may ask for headers, arguments and path, or sets
 * another answer. The last thing that a handler does. One kind for each `kept`. */
void kept_give(struct http_exchange *exchange, struct service *service, struct kept *kept, const struct kept_kind *kind,
               kept_giver *give);

#endif
