/* Whatever an answer's body is, what is to be sent next is two runs of bytes: a head or frame, then a piece of body. */
#include "collector/http/sending.h"
#include "base/file.h"
#include <errno.h>
#include <unistd.h>

#define STREAM_BYTES ((size_t)64 * 1024) /* what a piece of a stream takes, about */
#define TURN_BYTES ((size_t)64 * 1024) /* of a file, sent at once */
#define ASIDE_LEAST ((size_t)32 * 1024) /* of a body that waits in a file */
#define ASIDE_COUNTED ((size_t)4 * 1024 * 1024) /* at least, of each such file: a bound on how many there are */
#define TURNS 8 /* sends and pieces before others have theirs */

void sending_reset(struct connection *c)
{
    buf_free(&c->out);
    buf_free(&c->piece);
    c->body = NULL;
    c->out_sent = c->body_len = c->body_sent = c->file_left = 0;
    c->stream = SENDING_NO_STREAM;
    c->charged = false;
}

/* Counts so many bytes as handed over: first of the head or frame, then of the body. */
static void note_sent(struct connection *c, size_t *out_sent, size_t out_len, size_t n)
{
    size_t of_out = n < out_len - *out_sent ? n : out_len - *out_sent;
    *out_sent += of_out;
    c->body_sent += n - of_out;
}

/* What the receiver has taken since, for its rate: in TLS that is not what was handed over. */
static void note_taken(struct connection *c)
{
    c->window_bytes += c->channel.sent;
    c->channel.sent = 0;
}

static struct iovec rest_of(const char *bytes, size_t len, size_t sent)
{
    if (len == sent)
        return (struct iovec){NULL, 0};
    return (struct iovec){(void *)(uintptr_t)(bytes + sent), len - sent}; /* sendmsg only reads it */
}

/* Sends of what is left of `out` and of the body at hand. -1: the connection is broken. */
static int send_runs(struct connection *c, const char *out, size_t len, size_t *out_sent)
{
    const struct iovec runs[2] = {rest_of(out, len, *out_sent), rest_of(c->body, c->body_len, c->body_sent)};
    ssize_t n = c->channel.verbs->send(&c->channel, runs, c->file_left > 0);
    if (n < 0 && errno != EAGAIN)
        return -1;
    if (n > 0)
        note_sent(c, out_sent, len, (size_t)n);
    return 0;
}

/* Makes the next piece of a stream with its frame (RFC 9112 §7.1) ready; HTTP/1.0 knows no frames. -1: it broke off. */
static int make_piece(struct connection *c)
{
    struct answer_body *answer = &c->x->answer;
    bool framed = c->x->head.minor > 0;
    buf_reset(&c->piece);
    buf_reset(&c->out);
    enum http_chunk state = answer->next(answer->source, &c->piece);
    if (state == HTTP_CHUNK_BROKEN || buf_check(&c->piece) < 0)
        return -1;
    if (framed && c->piece.len > 0)
        buf_printf(&c->out, "%s%zx\r\n", c->body ? "\r\n" : "", c->piece.len);
    if (c->piece.len > 0)
        c->body = c->piece.data;
    c->out_sent = c->body_sent = 0;
    c->body_len = c->piece.len;
    if (state == HTTP_CHUNK_LAST)
        c->stream = framed ? SENDING_LAST_FRAME : SENDING_NO_STREAM;
    return buf_check(&c->out);
}

static int put_last_frame(struct connection *c)
{
    c->out_sent = c->body_sent = c->body_len = 0;
    buf_reset(&c->out);
    buf_put_text(&c->out, c->body ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
    c->stream = SENDING_NO_STREAM;
    return buf_check(&c->out);
}

/* Whether what waits is large enough for a file. */
static bool belongs_aside(const struct connection *c)
{
    return c->x->settings->aside_path && c->x->answer.own.cap >= ASIDE_LEAST && c->body_len > c->body_sent;
}

/* Puts what is left of the body into a file, from which it is sent on: the receiver holds no memory, however slow it
 * is. -1: there can be no file now, and nothing has changed. */
static int put_aside(struct connection *c)
{
    size_t left = c->body_len - c->body_sent;
    int file = file_nameless(c->x->settings->aside_path);
    if (file < 0)
        return -1;
    if (file_append(file, c->body + c->body_sent, left) < 0 || lseek(file, 0, SEEK_SET) != 0) {
        close(file);
        return -1;
    }
    buf_free(&c->x->answer.own);
    c->x->answer.file = file;
    c->file_left = left;
    c->body = NULL;
    c->body_len = c->body_sent = 0;
    return 0;
}

static int charge_aside(struct connection *c, size_t left)
{
    size_t counted = left > ASIDE_COUNTED ? left : ASIDE_COUNTED;
    if (account_charge(&c->x->settings->aside, counted) < 0)
        return -1;
    c->x->charged_aside = counted;
    return 0;
}

/* What waits for its receiver is charged, a large body as a file, and so one that was made in a file; where there is no
 * room for that, the receiver is to blame for the wait. On a full disk a large body waits in memory. */
static int charge_waiting(struct connection *c)
{
    if (c->file_left > 0)
        return charge_aside(c, c->file_left);
    if (belongs_aside(c)) {
        if (charge_aside(c, c->body_len - c->body_sent) < 0)
            return -1;
        if (put_aside(c) < 0) {
            account_release(&c->x->settings->aside, c->x->charged_aside);
            c->x->charged_aside = 0;
        }
    }
    size_t own = c->x->answer.own.cap;
    return own > 0 ? exchange_charge(c->x, own) : 0;
}

static enum sending_result wait_for_receiver(struct connection *c)
{
    if (!c->charged && charge_waiting(c) < 0)
        return SENDING_FAILED;
    c->charged = true;
    return SENDING_WAITS;
}

/* Sends a part of the file. -1: the connection or the file is broken. */
static int send_file(struct connection *c)
{
    size_t size = c->file_left < TURN_BYTES ? c->file_left : TURN_BYTES;
    ssize_t n = c->channel.verbs->send_file(&c->channel, c->x->answer.file, size);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        return -1;
    if (n < 0)
        return 0;
    c->file_left -= (size_t)n;
    return 0;
}

static int flush_channel(struct connection *c)
{
    return c->channel.verbs->flush(&c->channel) < 0 && errno != EAGAIN ? -1 : 0;
}

static bool has_runs(const struct connection *c)
{
    return c->out_sent < c->out.len || c->body_sent < c->body_len;
}

/* One thing that is next. -1: the connection is of no use any more. */
static int send_next(struct connection *c)
{
    if (c->channel.owes)
        return flush_channel(c);
    if (has_runs(c))
        return send_runs(c, c->out.data, c->out.len, &c->out_sent);
    if (c->file_left > 0)
        return send_file(c);
    return c->stream == SENDING_STREAM ? make_piece(c) : put_last_frame(c);
}

enum sending_result sending_continue(struct connection *c)
{
    for (unsigned turns = 0; turns < TURNS; turns++) {
        if (!has_runs(c) && c->file_left == 0 && c->stream == SENDING_NO_STREAM && !c->channel.owes)
            return SENDING_DONE;
        if (!c->channel.writable)
            return wait_for_receiver(c);
        if (send_next(c) < 0)
            return SENDING_FAILED;
        note_taken(c);
    }
    return SENDING_HAS_MORE;
}

/* Where the body is; a HEAD request and a 304 have none. */
static void find_body(struct connection *c)
{
    const struct answer_body *answer = &c->x->answer;
    if (c->x->head_only || c->x->status == 304) {
        answer_drop_body(c->x);
    } else if (answer->next) {
        c->stream = SENDING_STREAM;
    } else if (answer->file >= 0) {
        c->file_left = answer->len;
    } else {
        c->body = answer->ready ? answer->ready : answer->own.data;
        c->body_len = answer->len;
    }
}

enum sending_result sending_begin(struct connection *c)
{
    struct http_exchange *x = c->x;
    struct buf *head = &c->room->head;
    size_t sent = 0;
    exchange_drop_body(x);
    if (x->answer.next && !x->head_only && exchange_charge(x, STREAM_BYTES) < 0)
        x->short_of_memory = true;
    if (answer_make_whole(x) < 0)
        return SENDING_FAILED;
    buf_reset(head);
    answer_put_head(x, c->room->date, head);
    if (buf_check(head) < 0)
        return SENDING_FAILED;
    find_body(c);
    if (send_runs(c, head->data, head->len, &sent) < 0)
        return SENDING_FAILED;
    buf_put(&c->out, head->data + sent, head->len - sent);
    return buf_check(&c->out) == 0 ? sending_continue(c) : SENDING_FAILED;
}
