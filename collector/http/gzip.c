/* deflate, drained into the buffer after each call. */
#include "collector/http/gzip.h"
#include "base/mem.h"
#define ZLIB_CONST
#include <limits.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* 32 KiB, and a gzip header instead of zlib's */
#define MEMORY_LEVEL 8
#define ROOM ((size_t)4096)

struct gzip {
    z_stream stream;
};

static voidpf zlib_allocate(voidpf opaque, uInt count, uInt size)
{
    (void)opaque;
    return mem_calloc(count, size);
}

static void zlib_release(voidpf opaque, voidpf block)
{
    (void)opaque;
    mem_free(block);
}

struct gzip *gzip_new(void)
{
    struct gzip *gzip = mem_calloc(1, sizeof *gzip);
    if (!gzip)
        return NULL;
    gzip->stream.zalloc = zlib_allocate;
    gzip->stream.zfree = zlib_release;
    if (deflateInit2(&gzip->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) ==
        Z_OK)
        return gzip;
    mem_free(gzip);
    return NULL;
}

void gzip_free(struct gzip *gzip)
{
    if (!gzip)
        return;
    deflateEnd(&gzip->stream);
    mem_free(gzip);
}

/* Lets deflate write until it has room to spare, which says that it has written all that it can. */
static void deflate_all(z_stream *stream, int flush, struct buf *out)
{
    do {
        char *room = buf_reserve(out, ROOM);
        if (!room)
            return;
        stream->next_out = (Bytef *)room;
        stream->avail_out = ROOM;
        deflate(stream, flush);
        out->len += ROOM - stream->avail_out;
    } while (stream->avail_out == 0);
    buf_put(out, "", 0);
}

void gzip_put(struct gzip *gzip, const void *bytes, size_t len, bool last, struct buf *out)
{
    z_stream *stream = &gzip->stream;
    stream->next_in = bytes;
    do {
        size_t taken = len < UINT_MAX ? len : UINT_MAX;
        stream->avail_in = (uInt)taken;
        len -= taken;
        deflate_all(stream, last && len == 0 ? Z_FINISH : Z_NO_FLUSH, out);
    } while (len > 0 && buf_check(out) == 0);
}
