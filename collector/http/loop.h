/* One HTTP thread: an event loop over a daemon of the HTTP library that it alone runs. The library's own threads, and
 * its accepting, are not used (adr/006). Inside the HTTP room. */
#ifndef COLLECTOR_HTTP_LOOP_H
#define COLLECTOR_HTTP_LOOP_H

#include "base/compiler.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct MHD_Daemon;
struct MHD_Connection;

/* A connection that has been accepted: a non-blocking socket and its peer. */
struct http_arrival {
    int fd;
    socklen_t len; /* of `peer` */
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } peer;
};

struct http_loop {
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int pipe[2]; /* brings arrivals, and such without a descriptor when the loop must look up */
    atomic_bool woken; /* it has been told, and has not looked yet */
    atomic_bool stopping;
    atomic_size_t connections; /* handed over and not yet closed */
    size_t closings; /* close notifications so far; loop thread only */
    int64_t round_began; /* when the loop last looked for what is ready, clock_monotonic_us; loop thread only */
};

/* Starts the thread on a daemon that was started without a listening socket, for external polling with epoll. 0: the
 * loop owns the daemon. -1: it can't be started, the daemon stays the caller's. `loop` must stay where it is until
 * http_loop_stop. */
MUST_CHECK int http_loop_start(struct http_loop *loop, struct MHD_Daemon *daemon);

/* Hands a connection over; where the loop has as many at hand as its pipe holds, waits until it has looked up. One
 * thread, not the loop's; not after http_loop_stop has begun. */
void http_loop_add(struct http_loop *loop, const struct http_arrival *arrival);

/* The library tells that a connection of the loop has been closed. On the loop's thread, or in http_loop_stop. */
void http_loop_closed(struct http_loop *loop);

/* Takes a suspended connection up again, on the loop's thread; returns at once. Any thread. */
void http_loop_resume(struct http_loop *loop, struct MHD_Connection *connection);

/* How long ago the loop looked for what is ready, in microseconds: what the request that is being handled has waited,
 * if it was there by then. On the loop's thread. */
int64_t http_loop_lag_us(const struct http_loop *loop);

/* Ends the thread and the daemon, closing all connections; none may be suspended, and none may be handed over any
 * more. */
void http_loop_stop(struct http_loop *loop);

#endif
