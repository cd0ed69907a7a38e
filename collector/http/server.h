/* The server's loops and limits, and what it hands to whoever takes a request. Inside the HTTP room. */
#ifndef COLLECTOR_HTTP_SERVER_H
#define COLLECTOR_HTTP_SERVER_H

#include "collector/http/http.h"
#include "collector/http/loop.h"
#include <microhttpd.h>

/* What the library hands to a handler: which of the loops runs it. */
struct serving {
    struct http_server *server;
    struct http_loop loop;
    bool overflow; /* the one for connections over the limit */
};

struct http_server {
    const struct http_route *routes;
    void *context;
    size_t bodies_max;
    atomic_size_t bodies; /* bytes of bodies_max in use */
    atomic_size_t exchanges; /* under way */
    size_t connections_max;
    atomic_bool quiescing;
    int listening; /* -1: no longer */
    pthread_t acceptor;
    uint16_t port;
    unsigned count; /* of loops that run, with the one for what is too much */
    /* The first takes the connections over the limit: it answers 503 and closes, and so is never busy for long. */
    struct serving loops[];
};

/* The library's calls for each request, exchange.c: `context` is the struct serving, *slot the exchange. */
enum MHD_Result exchange_take(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *len, void **slot);
void exchange_completed(void *context, struct MHD_Connection *connection, void **slot,
                        enum MHD_RequestTerminationCode code);

#endif
