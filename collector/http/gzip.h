/* Bytes as gzip (RFC 1952), a piece at a time, in constant memory (about 270 KiB). The same bytes in, in the same
 * pieces: the same bytes out. The only room that knows zlib. One thread at a time. */
#ifndef COLLECTOR_HTTP_GZIP_H
#define COLLECTOR_HTTP_GZIP_H

#include "base/buf.h"

struct gzip;

/* NULL when there is no memory. Free with gzip_free. */
MUST_CHECK struct gzip *gzip_new(void);
void gzip_free(struct gzip *gzip); /* NULL is fine */

/* Compresses `len` bytes; what has come out is put into `out`, often nothing yet. With `last` all comes out, and
 * nothing may follow. Whether all fitted is said by buf_check(out). */
void gzip_put(struct gzip *gzip, const void *bytes, size_t len, bool last, struct buf *out);

#endif
