/* One request and its answer, as the files of this room see it. Inside the HTTP room: handlers know http.h alone. */
#ifndef COLLECTOR_HTTP_EXCHANGE_H
#define COLLECTOR_HTTP_EXCHANGE_H

#include "collector/http/account.h"
#include "collector/http/forwarded.h"
#include "collector/http/head.h"
#include "collector/http/http.h"
#include "collector/http/routes.h"
#include <pthread.h>

/* What all exchanges of a server have in common. */
struct exchange_settings {
    const struct http_site *sites;
    struct account account;
    struct account aside; /* bytes of files in which answers wait for slow receivers */
    const char *aside_path; /* beside which these files are made; NULL: nowhere */
    int64_t wait_max_us; /* what a submission may have waited before it is looked at */
    struct forwarded forwarded; /* whom it takes a proxy's word from */
    atomic_bool told_of_proxy; /* that there seems to be one that is not trusted */
    bool secure; /* all that comes and goes is in TLS */
    atomic_size_t under_way; /* exchanges */
    atomic_bool quiescing; /* each connection ends with the answer that it is given now */
    pthread_mutex_t lock;
    pthread_cond_t settled; /* none is under way; told while quiescing */
};

struct answer_header {
    const char *name, *value;
    char *copy; /* the value, where it is the exchange's own; or NULL */
};

/* The body of an answer: the first of these that is set. */
struct answer_body {
    http_chunk_fn *next; /* a stream's, with what it was given */
    void *source;
    void (*release)(void *source);
    int file; /* -1: none */
    const char *ready; /* lasts for ever */
    struct buf own;
    bool unmade; /* there is none, and its length isn't known */
    size_t len; /* of all but a stream */
};

struct http_exchange {
    struct exchange_settings *settings;
    struct connection *connection;
    struct http_head head; /* its bytes last until the handler has returned */
    char *head_copy; /* them, where they had to be kept; or NULL */
    struct route_match match;
    struct buf body;
    size_t body_charged; /* of `charged` */
    size_t charged; /* to the account */
    size_t charged_aside;
    bool head_only; /* no body is wanted */
    bool closing; /* the connection ends with this answer */
    bool suspended;
    http_handler *finish; /* what to do after a resume */

    unsigned status; /* 0: no answer yet */
    enum problem problem; /* that the answer tells */
    const char *content_type;
    struct answer_body answer;
    struct answer_header *headers;
    size_t header_count, header_capacity;
    bool short_of_memory; /* for a header, or for the stream: 503 goes out in place of the answer */
    void *attachment;
    void (*release)(void *attachment);
};

/* exchange.c */

/* An exchange without a head yet. NULL when there is no memory. */
MUST_CHECK struct http_exchange *exchange_new(struct exchange_settings *settings, struct connection *connection);

/* Frees it, gives back what it was charged, and releases what the handler attached. NULL is fine. */
void exchange_free(struct http_exchange *x);

/* The head has been read, `lag_us` microseconds after the request could have been seen at the earliest. 0: the body is
 * wanted, x->head.length bytes. -1: the answer has been set. */
MUST_CHECK int exchange_begin(struct http_exchange *x, int64_t lag_us);

/* Sets the answer to a head that was refused; the connection ends with it. */
void exchange_refuse_head(struct http_exchange *x, const struct head_fault *fault);

/* The body is whole. Runs the handler: afterwards either the answer is set or the exchange is suspended, and then it
 * may be another thread's already. */
void exchange_handle(struct http_exchange *x);

/* After a resume: has the handler set the answer. */
void exchange_finish(struct http_exchange *x);

/* Keeps a copy of the head's bytes for as long as the exchange lasts. -1: no memory. */
MUST_CHECK int exchange_keep_head(struct http_exchange *x);

/* Frees the body once nobody needs it any more. */
void exchange_drop_body(struct http_exchange *x);

/* Charges so many bytes more until the exchange ends. -1: there is no room. */
MUST_CHECK int exchange_charge(struct http_exchange *x, size_t bytes);

/* body.c */

/* Room for the next bytes of a body that isn't whole yet; *len says how many. NULL: there is none, and the answer has
 * been set. */
MUST_CHECK char *body_room(struct http_exchange *x, size_t *len);

/* So many of them have come. */
void body_add(struct http_exchange *x, size_t len);

/* answer.c */

/* Sets a problem that is none of the API's: a status and its usual phrase (RFC 9457 §4.2.1, about:blank). */
void answer_set_plain(struct http_exchange *x, unsigned status, const char *detail);

/* Sets 503 in place of an answer that is incomplete for want of memory, or was not set at all, and counts a problem.
 * -1: there is no memory even for that. */
MUST_CHECK int answer_make_whole(struct http_exchange *x);

/* Puts the head of the answer, `date` (as HTTP writes it) among it. */
void answer_put_head(const struct http_exchange *x, const char *date, struct buf *out);

/* Frees the body of the answer; it is then without one. */
void answer_drop_body(struct http_exchange *x);
void answer_free(struct http_exchange *x);

#endif
