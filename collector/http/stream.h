/* A body that is made a piece at a time while it is being sent. Inside the HTTP room but for http_chunk_fn; what makes
 * the pieces is the handlers'. */
#ifndef COLLECTOR_HTTP_STREAM_H
#define COLLECTOR_HTTP_STREAM_H

#include "base/buf.h"
#include <stdbool.h>

enum http_chunk {
    HTTP_CHUNK_MORE, /* there is more to come */
    HTTP_CHUNK_LAST, /* the body ends with what was put, if anything */
    HTTP_CHUNK_BROKEN, /* it can't be completed: the connection ends, so that the receiver sees it */
};

/* Puts the next bytes of a body into `out`, which is empty; none at all is fine. On the exchange's HTTP thread; must
 * not wait for anything. */
typedef enum http_chunk http_chunk_fn(void *source, struct buf *out);

struct http_stream;
struct MHD_Response;

/* Takes `source` over, to be given back to `release`. NULL when there is no memory; `release` has then been called. */
MUST_CHECK struct http_stream *http_stream_new(http_chunk_fn *next, void *source, void (*release)(void *source));

/* Releases the source. NULL is fine. */
void http_stream_free(struct http_stream *stream);

/* The HTTP library's answer with this body; owns the stream from then on. For a HEAD request the pieces are made and
 * counted instead: the library would send the end of a body whose length it does not know. NULL when there is no memory
 * or a counted body is broken; the stream stays the caller's. */
MUST_CHECK struct MHD_Response *http_stream_response(struct http_stream *stream, bool head);

#endif
