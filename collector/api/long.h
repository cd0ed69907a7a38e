/* Answers that are short mostly and can be long, worked out from a value that is kept. What fits into LONG_AT_ONCE
 * bytes is made and compressed at once; what is longer on a thread for that, as a table is (made.h), so that it keeps
 * nobody waiting but who asked. Inside the API room. HTTP threads, but for `put`. */
#ifndef COLLECTOR_API_LONG_H
#define COLLECTOR_API_LONG_H

#include "collector/api/api.h"
#include "collector/api/troubles.h"

#define LONG_AT_ONCE ((size_t)16 * 1024) /* bytes, before they are compressed */

/* A kind of answer, and what is asked of it: a struct of so many bytes, whose texts may be the exchange's. */
struct long_kind {
    size_t request_size;
    struct api_troubles *troubles; /* for the collector's own log */
    bool (*read)(struct http_exchange *exchange, void *request); /* false: the answer has been set */
    int (*put)(struct buf *out, const void *value,
               const void *request); /* -1: no memory, or `out` is full. Any thread */
    const char *(*content_type)(const void *request); /* static */
    void (*describe)(struct http_exchange *exchange, const void *value, const void *request); /* its headers */
};

/* Sets the answer from the value (base/counted.h), whose hold it takes over. The last thing that a handler does. */
void long_give(struct http_exchange *exchange, struct service *service, const struct long_kind *kind, void *value);

#endif
