/* Requests to one collector over one kept connection (base/fetch.h), what is worth trying again tried again within a
 * bound. Knows which answers are problems by our names; no panel. Main thread only.
 *
 * The room: to the collector and back, below all that knows a question or prints a line. retry.h decides, pure, what is
 * worth another try and when; this file tries. enrol.h signs and sends one enrolment, deliver.h takes what waits in a
 * home to the collector, one after the other. Both have on disk what they send before it goes, believe no answer that
 * the log's key does not prove, and file what comes of it in the home, so that they may be cut off anywhere and begun
 * again without a loss or a double. */
#ifndef CLIENT_NET_HTTP_H
#define CLIENT_NET_HTTP_H

#include "base/fetch.h"
#include "client/net/retry.h"
#include "panel/problem.h"

#define HTTP_ANSWER_MAX ((size_t)128 * 1024) /* of what concerns a single response */

struct http;

struct http_request {
    const char *path; /* "/v1/panel" */
    const char *etag; /* as got earlier, for If-None-Match; NULL or "" for none */
    const char *content_type; /* NULL makes it a GET; else a POST of `body` */
    const char *body;
    size_t len;
    size_t answer_max; /* bytes; 0 means HTTP_ANSWER_MAX */
    const char *wanted; /* a header of the answer that is kept; NULL for none */
};

/* The last answer that was had. */
struct http_answer {
    enum fetch_outcome transfer;
    unsigned status; /* 0 unless FETCH_ANSWERED */
    struct buf body;
    char etag[FETCH_ETAG_SIZE]; /* "" when there was none, or one too long to keep */
    char wanted[FETCH_ETAG_SIZE]; /* the header that the request names; the same */
    char moved_to[FETCH_URL_MAX]; /* the collector's new URL by a permanent redirect, which is not followed; else "" */
    int64_t retry_after; /* seconds; -1 when not asked */
    int64_t server_time; /* its Date, seconds since 1970; 0 when not told */
    enum problem problem; /* of an application/problem+json body by one of our names; else PROBLEM_NONE */
};

/* A client of the collector at `url` (as fetch_normalise_url writes it; copied). NULL when there is no memory. Connects
 * at the first request. `policy` must outlive it. Free with http_close. */
MUST_CHECK struct http *http_open(const char *url, const struct retry_policy *policy);
void http_close(struct http *http);

/* Another policy from now on; it must outlive the client. */
void http_set_policy(struct http *http, const struct retry_policy *policy);

/* Asks, and asks again while it is worth it. *answer is filled whatever comes out, its body emptied first. */
enum http_outcome http_do(struct http *http, const struct http_request *request, struct http_answer *answer);

void http_answer_init(struct http_answer *answer);
void http_answer_free(struct http_answer *answer);

#endif
