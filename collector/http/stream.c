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
    struct http_stream *pieces = mem_calloc(1, sizeof *pieces);
    if (!pieces) {
        release(source);
        return NULL;
    }
    *pieces = (struct http_stream){.next = next, .source = source, .release = release, .state = HTTP_CHUNK_MORE};
    buf_init(&pieces->piece, SIZE_MAX);
    return pieces;
}

void http_stream_free(struct http_stream *pieces)
{
    if (!pieces)
        return;
    pieces->release(pieces->source);
    buf_free(&pieces->piece);
    mem_free(pieces);
}

static void free_pieces(void *context)
{
    http_stream_free(context);
}

static void make_piece(struct http_stream *pieces)
{
    buf_reset(&pieces->piece);
    pieces->sent = 0;
    pieces->state = pieces->next(pieces->source, &pieces->piece);
    if (buf_check(&pieces->piece))
        pieces->state = HTTP_CHUNK_BROKEN;
}

static ssize_t read_pieces(void *context, uint64_t position, char *out, size_t max)
{
    struct http_stream *pieces = context;
    struct buf *piece = &pieces->piece;
    (void)position;
    while (pieces->sent == piece->len && pieces->state == HTTP_CHUNK_MORE)
        make_piece(pieces);
    if (pieces->state == HTTP_CHUNK_BROKEN)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = piece->len - pieces->sent, len = left < max ? left : max;
    if (len == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    memcpy(out, piece->data + pieces->sent, len);
    pieces->sent += len;
    return (ssize_t)len;
}

static uint64_t count_pieces(struct http_stream *pieces)
{
    uint64_t size = 0;
    while (pieces->state == HTTP_CHUNK_MORE) {
        make_piece(pieces);
        size += pieces->piece.len;
    }
    return size;
}

struct MHD_Response *http_stream_response(struct http_stream *pieces, bool head)
{
    uint64_t size = head ? count_pieces(pieces) : MHD_SIZE_UNKNOWN;
    if (pieces->state == HTTP_CHUNK_BROKEN)
        return NULL;
    return MHD_create_response_from_callback(size, BLOCK, read_pieces, pieces, free_pieces);
}
