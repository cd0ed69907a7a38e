/* One HTTP thread: an event loop over the connections that it has been given. Inside the HTTP room. */
#ifndef COLLECTOR_HTTP_LOOP_H
#define COLLECTOR_HTTP_LOOP_H

#include "collector/http/connection.h"
#include <sys/epoll.h>

#define LOOP_EVENTS_MAX 4096 /* looked at in one round */

struct http_loop {
    struct connection_room room;
    size_t reserve; /* connections that a loop of the reserve serves at most; 0: it is an ordinary one */
    int epoll, wakeup; /* an eventfd */
    pthread_t thread;
    _Atomic(struct connection *) inbox; /* given or resumed; newest first */
    atomic_bool woken; /* it has been told, and has not looked yet */
    atomic_bool stopping;
    atomic_size_t connections; /* given and not yet ended */
    /* The loop's thread's: */
    struct connection *first, *last; /* in order of arrival */
    struct connection *ready, *ready_last; /* a queue: who has more to do, and who is not known for good requests */
    unsigned heard_at_once; /* in this round, out of the queue */
    struct connection *ended; /* to be freed when the round is over */
    int64_t checked; /* when the slow ones were last looked for */
    struct epoll_event events[LOOP_EVENTS_MAX];
};

/* Starts the thread. `loop` is cleared, and stays where it is until http_loop_stop. -1: it can't be started. */
MUST_CHECK int http_loop_start(struct http_loop *loop, struct exchange_settings *settings,
                               const struct connection_limits *limits, size_t reserve);

/* Gives a new connection to the loop, for good. Any thread; not after http_loop_stop has begun. */
void http_loop_give(struct http_loop *loop, struct connection *c);

/* Ends the thread and closes all connections; no exchange may be suspended, but those that were resumed need not have
 * been answered. Nothing to be done for one that was never started (cleared). */
void http_loop_stop(struct http_loop *loop);

#endif
