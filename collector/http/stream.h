/* A body that is made a piece at a time while it is being sent: what a handler hands over for it. */
#ifndef COLLECTOR_HTTP_STREAM_H
#define COLLECTOR_HTTP_STREAM_H

#include "base/buf.h"

enum http_chunk {
    HTTP_CHUNK_MORE, /* there is more to come */
    HTTP_CHUNK_LAST, /* the body ends with what was put, if anything */
    HTTP_CHUNK_BROKEN, /* it can't be completed: the connection ends, so that the receiver sees it */
};

/* Puts the next bytes of a body into `out`, which is empty; none at all is fine. On the exchange's HTTP thread; must
 * not wait for anything. */
typedef enum http_chunk http_chunk_fn(void *source, struct buf *out);

#endif
