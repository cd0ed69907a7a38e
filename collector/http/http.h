/* The face of the HTTP room: connections, routes, caps, headers, problem answers (PROTOCOL 9; adr/008). Knows no
 * resource.
 *
 * The acceptor (server) gives each connection to a loop, one a core. There the connection's bytes become a head, taken
 * strictly (head, target), and an exchange begins: its route is looked up (routes), its body taken in (body), its
 * handler called. The handler asks of the request what it needs (request, fields, negotiate) and sets an answer
 * (answer): from memory, from a resource made at the start (static), from a file, or a piece at a time (stream). The
 * connection sends it (sending), through a channel, which is its socket or TLS before it (tls; adr/019). A handler that
 * must wait suspends the exchange; whoever it waits for resumes it, from any thread, and the answer is set on the
 * loop's thread again. All that takes memory on the way stands in one account. */
#ifndef COLLECTOR_HTTP_HTTP_H
#define COLLECTOR_HTTP_HTTP_H

#include "base/buf.h"
#include "base/error.h"
#include "collector/http/address.h"
#include "collector/http/static.h"
#include "collector/http/stream.h"
#include "panel/problem.h"
#include <stdbool.h>
#include <stdint.h>

#define API_VERSION "1.0.0"
#define HTTP_PARAMETER_MAX 64 /* characters of {id} in a path */

struct http_exchange; /* one request and its answer */

/* Handles a request whose body, if any, has arrived whole. `context` is that of the route's site. */
typedef void http_handler(struct http_exchange *exchange, void *context);

struct http_header {
    const char *name, *value;
};

struct http_route {
    const char *method; /* "GET" (HEAD follows) or "POST" */
    const char *path; /* "/v1/actions/{id}": {id} stands for one segment, a star at the end for all the rest */
    const char *media_type; /* of the body; NULL: none is looked at */
    size_t body_max; /* bytes */
    http_handler *handle;
    /* Names of the arguments that it takes, ending with NULL; NULL: none. Others are 400. */
    const char *const *query;
    /* Of each of its answers, in place of common ones of the same name; ends with a NULL name; NULL: none. */
    const struct http_header *headers;
};

/* Routes that one room handles, and what its handlers work with. */
struct http_site {
    const struct http_route *routes; /* end with a NULL method */
    void *context;
};

struct http_server;

struct http_options {
    const char *address; /* "127.0.0.1", "::1" */
    uint16_t port; /* 0: a free one */
    const char *tls_certificate, *tls_key; /* PEM files (http_reload); NULL: HTTP in plain */
    unsigned threads;
    const char *trusted_proxies; /* whose word on who sent a request is taken (address_read_prefixes); NULL: nobody's */
    bool by_rfc_header; /* they say it in Forwarded (RFC 7239), not in X-Forwarded-For */
    unsigned address_connections; /* that may begin in a minute from one address, trusted proxies aside; 0: any */
    unsigned connections; /* at most, beside a reserve for requests that come whole and at once */
    const char
        *aside_path; /* large answers wait for slow receivers in nameless files beside it; lasts; NULL: in memory */
    size_t memory_max; /* bytes that requests and answers may hold at once; small ones always fit */
    int64_t wait_max_us; /* what a submission may have waited before it is looked at; more: 503 */
    unsigned head_seconds; /* in which a request's head must have come */
    unsigned body_seconds; /* the same of a body */
    unsigned least_rate; /* bytes a second at which a body comes and an answer is taken, over ten seconds; 0: any */
};

/* Listens and serves; `sites` end with NULL routes and share no path; they, and the names of the certificate's files,
 * last as long as the server. NULL: `error` says why. */
MUST_CHECK struct http_server *http_start(const struct http_options *options, const struct http_site *sites,
                                          struct error *error);

/* Whether http_start could listen with these options now. -1: `error` says why not. */
MUST_CHECK int http_may_listen(const struct http_options *options, struct error *error);

/* Whether an address is of this machine alone, so that what is sent to it passes no wire. */
bool http_is_loopback(const char *address);

/* Reads certificate and key anew, for connections that begin from here on; those that there are stay as they are. -1:
 * `error` says why, and the certificate that was in force stays. 0 also without TLS. Any thread. */
MUST_CHECK int http_reload(struct http_server *server, struct error *error);

/* The port that it listens on. */
uint16_t http_port(const struct http_server *server);

/* No new connections from here on. What has begun may finish: requests under way are answered, with `Connection:
 * close`. Waits at most `seconds` for that. Whatever finishes suspended exchanges must still be running. */
void http_quiesce(struct http_server *server, unsigned seconds);

/* Ends the threads and closes what is open. No exchange may be suspended. */
void http_stop(struct http_server *server);

/* For handlers. */

/* false of a HEAD request: whatever body the answer has, it is not sent, and need not be made. */
bool http_wants_body(const struct http_exchange *exchange);

/* The body, as received; the exchange's. Lasts until it has been answered. */
const struct buf *http_body(const struct http_exchange *exchange);

/* The path, decoded. While the handler runs only. */
const char *http_path(const struct http_exchange *exchange);

/* The part of the path that {id} or else the star stood for; "" when the route has none. */
const char *http_parameter(const struct http_exchange *exchange);

/* The part that the star stood for, which ends the path and may have slashes; "" when the route has none. */
const char *http_tail(const struct http_exchange *exchange);

/* A request header or query argument; NULL when absent. While the handler runs only, or by `finish` of a head that was
 * kept. */
const char *http_header(const struct http_exchange *exchange, const char *name);
const char *http_query(const struct http_exchange *exchange, const char *name);

/* The address that sent the request: the connection's, or where that is a trusted proxy's, what this one says. For
 * bounds alone: it is not kept, and not logged. While the handler runs only. */
struct address http_sender(const struct http_exchange *exchange);

/* Charges so many bytes more to the server's account until the answer has been sent: for what a handler allocates
 * beside the body and its answer, where that is large. -1: there is no room; answer PROBLEM_UNAVAILABLE. By whoever has
 * the exchange: the handler, or while it is suspended the thread that is to resume it. */
MUST_CHECK int http_charge(struct http_exchange *exchange, size_t bytes);

/* Keeps the head for the answer: headers, arguments and path may then be asked for by `finish` too, who otherwise finds
 * none. Before http_suspend. -1: no memory. */
MUST_CHECK int http_keep_head(struct http_exchange *exchange);

/* Puts the exchange aside until http_resume, which may come from any thread, even before the handler has returned: the
 * handler must not touch it once it has been handed over. After the resume `finish` sets the answer, on the exchange's
 * HTTP thread again, or puts the exchange aside once more. */
void http_suspend(struct http_exchange *exchange, http_handler *finish);
void http_resume(struct http_exchange *exchange);

/* Sets the answer, in place of one that was set before; headers stay. Takes over the bytes of `body` (NULL: none).
 * `content_type` is static. Whatever an answer lacks for want of memory, a body's bytes or a header, makes it a 503. */
void http_answer(struct http_exchange *exchange, unsigned status, const char *content_type, struct buf *body);

/* Sets 200 with a body that comes a piece at a time, as the connection takes it, in constant memory. Takes `source`
 * over: `release` is called once the answer has been sent or given up. Of HEAD nothing is made. */
void http_answer_stream(struct http_exchange *exchange, const char *content_type, http_chunk_fn *next, void *source,
                        void (*release)(void *source));

/* Sets 200 with the next `len` bytes of an open file, which is taken over. */
void http_answer_file(struct http_exchange *exchange, const char *content_type, int file, size_t len);

/* Sets 200 for HEAD of something that has not been made or read: `len` bytes, or HTTP_LENGTH_UNKNOWN. */
#define HTTP_LENGTH_UNKNOWN SIZE_MAX
void http_answer_unmade(struct http_exchange *exchange, const char *content_type, size_t len);

/* Sets 200 with the resource, compressed where the request takes that, or 304 when If-None-Match names its tag. */
void http_answer_static(struct http_exchange *exchange, const struct http_static *resource);

/* One more header for the answer, in place of a common one of that name. Both texts are static. */
void http_answer_header(struct http_exchange *exchange, const char *name, const char *value);

/* The same with a copy of `value`. */
void http_answer_header_copy(struct http_exchange *exchange, const char *name, const char *value);

/* Sets a problem as the answer (RFC 9457), with members as by problem_put. PROBLEM_UNAVAILABLE brings its
 * Retry-After. */
void http_answer_problem(struct http_exchange *exchange, enum problem problem, const char *detail, const char *members);

/* The same with a problem's object that has been put already; takes over its bytes. */
void http_answer_problem_body(struct http_exchange *exchange, enum problem problem, struct buf *body);

/* Something of the handler's that goes with the exchange: freed by `release` once the answer has been sent or given
 * up, or once something else takes its place. */
void http_attach(struct http_exchange *exchange, void *attachment, void (*release)(void *attachment));

/* What was attached; NULL for nothing. */
void *http_attachment(const struct http_exchange *exchange);

#endif
