/* The library asks for up to so many bytes; the source gives pieces of its own size. What is left of one waits here for
 * the next call. */
#include "collector/http/stream.h"
#include "base/mem.h"
#include <microhttpd.h>
#include <string.h>

#define BLOCK ((size_t)32 * 1024) /* what the library reserves for what it asks */

struct http_stream {
    http_chunk_fn *next;
    void *source;
    void (*release)(void *source);
    struct buf piece;
    size_t sent; /* of the piece */
    enum http_chunk state;
};

struct http_stream *http_stream_new(http_chunk_fn *next, void *source, void (*release)(void *source))
{
    struct http_stream *stream = mem_calloc(1, sizeof *stream);
    if (!stream) {
        release(source);
        return NULL;
    }
    *stream = (struct http_stream){.next = next, .source = source, .release = release, .state = HTTP_CHUNK_MORE};
    buf_init(&stream->piece, SIZE_MAX);
    return stream;
}

void http_stream_free(struct http_stream *stream)
{
    if (!stream)
        return;
    stream->release(stream->source);
    buf_free(&stream->piece);
    mem_free(stream);
}

static void free_stream(void *context)
{
    http_stream_free(context);
}

static void make_piece(struct http_stream *stream)
{
    buf_reset(&stream->piece);
    stream->sent = 0;
    stream->state = stream->next(stream->source, &stream->piece);
    if (buf_check(&stream->piece))
        stream->state = HTTP_CHUNK_BROKEN;
}

static ssize_t read_stream(void *context, uint64_t position, char *out, size_t max)
{
    struct http_stream *stream = context;
    struct buf *piece = &stream->piece;
    (void)position;
    while (stream->sent == piece->len && stream->state == HTTP_CHUNK_MORE)
        make_piece(stream);
    if (stream->state == HTTP_CHUNK_BROKEN)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = piece->len - stream->sent, len = left < max ? left : max;
    if (len == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    memcpy(out, piece->data + stream->sent, len);
    stream->sent += len;
    return (ssize_t)len;
}

static uint64_t count_stream(struct http_stream *stream)
{
    uint64_t size = 0;
    while (stream->state == HTTP_CHUNK_MORE) {
        make_piece(stream);
        size += stream->piece.len;
    }
    return size;
}

struct MHD_Response *http_stream_response(struct http_stream *stream, bool head)
{
    uint64_t size = head ? count_stream(stream) : MHD_SIZE_UNKNOWN;
    if (stream->state == HTTP_CHUNK_BROKEN)
        return NULL;
    return MHD_create_response_from_callback(size, BLOCK, read_stream, stream, free_stream);
}
