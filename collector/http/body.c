/* Bodies are read into memory as they come, and charged as they grow: what is announced but not sent costs nothing. */
#include "collector/http/exchange.h"

#define SMALL_BODY ((size_t)8 * 1024) /* always fits: a response and an enrolment are of about 1 KB */
#define READ_MAX ((size_t)256 * 1024) /* at once */

/* Charges for a body of `len` bytes what its buffer may take by then: it doubles. */
static int charge_body(struct http_exchange *x, size_t len)
{
    size_t whole = (size_t)x->head.length, want = len < whole / 2 ? len * 2 : whole;
    if (len <= SMALL_BODY || want <= x->body_charged)
        return 0;
    if (exchange_charge(x, want - x->body_charged) < 0)
        return -1;
    x->body_charged = want;
    return 0;
}

char *body_room(struct http_exchange *x, size_t *len)
{
    size_t left = (size_t)x->head.length - x->body.len;
    size_t most = x->body.len < SMALL_BODY ? SMALL_BODY : x->body.len < READ_MAX ? x->body.len : READ_MAX;
    *len = left < most ? left : most;
    char *room = charge_body(x, x->body.len + *len) == 0 ? buf_reserve(&x->body, *len) : NULL;
    if (!room)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, "The collector is busy; send the same again later.", NULL);
    return room;
}

void body_add(struct http_exchange *x, size_t len)
{
    x->body.len += len;
    buf_put(&x->body, "", 0); /* the NUL behind */
}

const struct buf *http_body(const struct http_exchange *x)
{
    return &x->body;
}
