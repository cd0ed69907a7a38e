/* One connection on its loop: bytes become requests, answers become bytes, and what is too slow is ended. Requests are
 * taken one after the other; a connection never keeps its loop for longer than one of them. Knows no route and no
 * resource. Inside the HTTP room. On the loop's thread, unless said. */
#ifndef COLLECTOR_HTTP_CONNECTION_H
#define COLLECTOR_HTTP_CONNECTION_H

#include "collector/http/channel.h"
#include "collector/http/exchange.h"

#define CONNECTION_DATE_SIZE sizeof "Thu, 01 Jan 1970 00:00:00 GMT"
#define CONNECTION_READ_MAX ((size_t)16 * 1024) /* bytes of requests that are read at once */

/* How long the others may take, in microseconds. */
struct connection_limits {
    int64_t head_us; /* for a request's head, from its first byte; for the first one, from the connection's start */
    int64_t idle_us; /* between two requests */
    int64_t body_us; /* for a body */
    int64_t answer_us; /* for taking an answer */
    size_t least_rate; /* bytes a second of a body or an answer, over CONNECTION_WINDOW_US; 0: any */
    bool one_request; /* the connection ends with its first answer */
};

#define CONNECTION_WINDOW_US (10 * INT64_C(1000000))

/* What the connections of a loop share; none keeps anything in it beyond a call. */
struct connection_room {
    struct exchange_settings *settings;
    struct connection_limits limits;
    char *scratch; /* CONNECTION_READ_MAX bytes */
    struct buf head; /* of an answer */
    char date[CONNECTION_DATE_SIZE];
    int64_t now; /* when the loop last looked for what is ready, clock_monotonic_us */
};

enum connection_state {
    CONNECTION_READS_HEAD,
    CONNECTION_READS_BODY,
    CONNECTION_HANDLED, /* suspended: somebody else has the exchange */
    CONNECTION_SENDS,
    CONNECTION_LINGERS, /* all is sent; what the other still sends is thrown away, so that it sees the answer */
};

/* What is left of an answer that is a stream. */
enum sending_stream { SENDING_NO_STREAM, SENDING_STREAM, SENDING_LAST_FRAME };

struct http_loop;

struct connection {
    struct channel channel; /* to the socket */
    struct address address; /* of who connected */
    enum connection_state state;
    struct http_loop *loop;
    struct connection_room *room;
    bool served; /* an answer has been given */
    bool refused; /* the last was one, of status 4xx */
    bool turned_away; /* its request will be answered 503 */
    struct buf held; /* bytes read and not used: part of a head, or requests to come */
    size_t scanned; /* of them, for head_find_end */
    int64_t heard; /* when the loop knew of what it goes on with, clock_monotonic_us */
    int64_t state_began;
    int64_t window_began; /* of the rate */
    size_t window_bytes, discarded;

    struct http_exchange *x; /* NULL: none */
    struct buf out, piece; /* bytes to be sent: heads and frames; a piece of a stream */
    size_t out_sent;
    const char *body;
    size_t body_len, body_sent, file_left;
    enum sending_stream stream;
    bool charged; /* for the answer that waits */

    struct connection *inbox_next, *ready_next, *previous, *next; /* the loop's */
    bool in_ready, ended;
    bool unheard; /* it stands in the queue since something came, and has had no turn yet */
};

/* What a connection needs next. */
enum connection_need {
    CONNECTION_WAITS, /* to be readable, writable or resumed */
    CONNECTION_HAS_MORE, /* to go on, after others have had their turn */
    CONNECTION_ENDED, /* to be freed */
};

/* Of a non-blocking socket accepted from `address`, which it owns; in TLS, or with `tls` NULL in plain. NULL when there
 * is no memory; the socket stays the caller's. Any thread. */
MUST_CHECK struct connection *connection_new(int fd, struct tls *tls, const struct address *address);
void connection_free(struct connection *c); /* closes it; no exchange may be suspended */

/* It has come to its loop. */
void connection_begin(struct connection *c, struct http_loop *loop, struct connection_room *room);

/* Goes on with whatever can be done. */
MUST_CHECK enum connection_need connection_proceed(struct connection *c);

/* The exchange that was suspended has been resumed. */
MUST_CHECK enum connection_need connection_resume(struct connection *c);

/* Ends what takes too long; to be called every second or so. */
MUST_CHECK enum connection_need connection_check(struct connection *c, int64_t now);

/* Answers 503 to whatever it was about to ask; only while it reads a head. */
MUST_CHECK enum connection_need connection_turn_away(struct connection *c);

#endif
