/* Another collector, asked over HTTP (base/fetch.h), and asked again where what went wrong may pass of itself. So far
 * for an audit from outside: GET alone. Knows no resource. Main thread only. */
#ifndef COLLECTOR_NET_PEER_H
#define COLLECTOR_NET_PEER_H

#include "base/buf.h"
#include "base/error.h"
#include <stdbool.h>

#define PEER_TOKEN_MAX 128 /* characters of an access token */

struct peer;

/* The collector at `url`: http or https, without user, query or fragment. `token` (NULL for none) must consist of what
 * base64url does. NULL: *error. Free with peer_close. */
MUST_CHECK struct peer *peer_open(const char *url, const char *token, struct error *error);
void peer_close(struct peer *peer);

/* Which path, and whether the token goes with it. */
struct peer_request {
    const char *path; /* with its query */
    bool with_token;
};

/* Appends the body of a 200 to `out`. -1: *error, and *status: 0 when there was no answer, 200 when it
 * is longer than `out` may take. */
MUST_CHECK int peer_get(struct peer *peer, const struct peer_request *request, struct buf *out, unsigned *status,
                        struct error *error);

#endif
