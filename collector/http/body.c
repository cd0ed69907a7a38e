/* Bodies are read into memory, but all together they never take more than the server was given for them. */
#include "collector/http/exchange.h"
#include <stdlib.h>

#define DISCARD_MAX ((size_t)1024 * 1024) /* of a refused body that is read, so that its sender sees the answer */
#define CLOSING_MAX ((size_t)64 * 1024) /* the same on a connection that is closed anyway */
#define BODY_FREE 8192 /* bytes of a body that need no share of bodies_max */

/* Reserves room for a body of `len` bytes in all. -1: all bodies together would be more than the server may hold. */
static int reserve_share(struct http_exchange *x, size_t len)
{
    size_t most = x->match.route->body_max;
    if (len <= BODY_FREE || len <= x->reserved)
        return 0;
    size_t want = len < most / 2 ? len * 2 : most; /* doubling, as the buffer does */
    size_t more = want - x->reserved;
    if (atomic_fetch_add(&x->server->bodies, more) + more > x->server->bodies_max) {
        atomic_fetch_sub(&x->server->bodies, more);
        return -1;
    }
    x->reserved += more;
    return 0;
}

void body_release(struct http_exchange *x)
{
    buf_free(&x->body);
    if (x->reserved > 0)
        atomic_fetch_sub(&x->server->bodies, x->reserved);
    x->reserved = 0;
}

int body_take(struct http_exchange *x, const char *bytes, size_t len)
{
    if (x->refusal == PROBLEM_NONE && len > x->body.max - x->body.len)
        x->refusal = PROBLEM_TOO_LARGE;
    if (x->refusal == PROBLEM_NONE && reserve_share(x, x->body.len + len) < 0)
        x->refusal = PROBLEM_UNAVAILABLE;
    if (x->refusal == PROBLEM_NONE) {
        buf_put(&x->body, bytes, len);
        if (buf_check(&x->body) < 0)
            x->refusal = PROBLEM_UNAVAILABLE;
        return 0;
    }
    body_release(x);
    x->discarded += len;
    size_t most = x->closing ? CLOSING_MAX : DISCARD_MAX + x->body.max;
    return x->discarded <= most ? 0 : -1;
}

bool body_is_refused_unread(const struct http_exchange *x)
{
    const char *text = http_header(x, "Content-Length");
    unsigned long long len = text ? strtoull(text, NULL, 10) : 0;
    return len > DISCARD_MAX + x->body.max;
}

const struct buf *http_body(const struct http_exchange *x)
{
    return &x->body;
}
