/* How an answer that has been set goes out: head and body in one send where they fit, the rest as the connection takes
 * it. Inside the HTTP room: the other half of connection.h. On the loop's thread. */
#ifndef COLLECTOR_HTTP_SENDING_H
#define COLLECTOR_HTTP_SENDING_H

#include "collector/http/connection.h"

enum sending_result {
    SENDING_DONE,
    SENDING_WAITS, /* for the connection to take more */
    SENDING_HAS_MORE, /* others first */
    SENDING_FAILED, /* the connection is of no use any more */
};

/* Begins to send the answer of c->x; frees the request's body. */
MUST_CHECK enum sending_result sending_begin(struct connection *c);
MUST_CHECK enum sending_result sending_continue(struct connection *c);

/* Forgets what was sent. */
void sending_reset(struct connection *c);

#endif
