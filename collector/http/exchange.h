/* One request and its answer, as the files of this room see it. Inside the HTTP room: handlers know http.h alone. */
#ifndef COLLECTOR_HTTP_EXCHANGE_H
#define COLLECTOR_HTTP_EXCHANGE_H

#include "collector/http/routes.h"
#include "collector/http/server.h"
#include <microhttpd.h>

struct answer_header {
    const char *name, *value;
    char *copy; /* the value, where it is the exchange's own; or NULL */
};

struct http_exchange {
    struct http_server *server;
    struct http_loop *loop;
    struct MHD_Connection *connection;
    struct route_match match;
    enum problem refusal; /* found before the body had come; the answer then */
    struct buf body;
    size_t reserved; /* of the server's bodies_max */
    size_t discarded; /* bytes of a refused body */
    bool head; /* no body is wanted */
    bool closing; /* the connection ends with this answer */
    bool handled, suspended;
    http_handler *finish; /* what to do after a resume */

    unsigned status; /* 0: no answer yet */
    enum problem problem; /* that the answer tells */
    const char *content_type;
    struct buf answer;
    const struct http_static *ready; /* the body, in place of `answer`; NULL: none */
    bool gzip; /* `ready` goes compressed */
    struct http_stream *stream; /* the body, in place of both; NULL: none */
    struct answer_header *headers;
    size_t header_count, header_capacity;
    bool short_of_memory; /* a header was lost: the answer must not go out without it */
    void *attachment;
    void (*release)(void *attachment);
};

/* request.c */

/* The first query argument that is not among `known` (which ends with NULL), has no `=`, or stands there twice; NULL
 * when there is none. While the handler runs only. */
const char *request_unknown_argument(const struct http_exchange *x, const char *const *known);

/* body.c: the request's body, and its share of what the server may hold. */

/* Takes the next piece of the body. Sets x->refusal where it is too large or there is no room for it; what follows is
 * then thrown away. -1: enough of a refused body has been read, and the connection should end. */
MUST_CHECK int body_take(struct http_exchange *x, const char *bytes, size_t len);

/* Whether the announced body is too large to be read at all: then the answer goes out before it, and the connection
 * ends. */
bool body_is_refused_unread(const struct http_exchange *x);

/* Frees the body and gives its share back. */
void body_release(struct http_exchange *x);

/* answer.c: what the handlers have set. */

/* Sets the answer to a refusal that was found before the handler. */
void answer_put_refusal(struct http_exchange *x);

/* Sets 503 in place of an answer that is incomplete for want of memory, or was not set at all. -1: there is no memory
 * even for that. */
MUST_CHECK int answer_make_whole(struct http_exchange *x);

/* The library's answer with its headers; takes over body and stream. NULL when there is no memory. */
MUST_CHECK struct MHD_Response *answer_response(struct http_exchange *x);

void answer_free(struct http_exchange *x);

#endif
