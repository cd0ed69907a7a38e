/* GET requests to another collector, for an audit from outside. The only place of this room that knows libcurl
 * (docs/adr/002). TLS certificates are verified, only http and https are spoken, redirects are never followed, answers
 * are bounded by the buffer that takes them, and what may pass of itself is tried three times. Main thread only. */
#ifndef COLLECTOR_NET_FETCH_H
#define COLLECTOR_NET_FETCH_H

#include "base/buf.h"

#define FETCH_ERROR_SIZE 256
#define FETCH_TOKEN_MAX 128 /* characters of an access token */

struct fetch;

/* For the collector at `url`: http or https, without user, query or fragment. `token` (NULL for none) must consist of
 * what base64url does. NULL: one line in `error`. Free with fetch_close. */
MUST_CHECK struct fetch *fetch_open(const char *url, const char *token, char error[static FETCH_ERROR_SIZE]);
void fetch_close(struct fetch *fetch);

/* Which path, and whether the token goes with it. */
struct fetch_request {
    const char *path; /* with its query */
    bool with_token;
};

/* Appends the body of a 200 to `out`. -1: one line in `error`, and *status, 0 when there was no answer. */
MUST_CHECK int fetch_get(struct fetch *fetch, const struct fetch_request *request, struct buf *out, unsigned *status,
                         char error[static FETCH_ERROR_SIZE]);

#endif
