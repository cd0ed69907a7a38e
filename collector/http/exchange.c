/* The life of an exchange, from a head that has been read to an answer that has been set. What the steps do stands in
 * routes, body, request and answer; how bytes come and go, in connection. */
#include "collector/http/exchange.h"
#include "base/mem.h"
#include "collector/http/fields.h"
#include "collector/http/request.h"
#include <string.h>

struct http_exchange *exchange_new(struct exchange_settings *settings, struct connection *connection)
{
    struct http_exchange *x = mem_calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->settings = settings;
    x->connection = connection;
    x->answer.file = -1;
    buf_init(&x->answer.own, SIZE_MAX);
    atomic_fetch_add_explicit(&settings->under_way, 1, memory_order_relaxed);
    return x;
}

/* Whoever waits for the last one is told; the order of the two is http_quiesce's other way round. */
static void settle_exchange(struct exchange_settings *settings)
{
    if (atomic_fetch_sub(&settings->under_way, 1) > 1 || !atomic_load(&settings->quiescing))
        return;
    pthread_mutex_lock(&settings->lock);
    pthread_cond_broadcast(&settings->settled);
    pthread_mutex_unlock(&settings->lock);
}

void exchange_free(struct http_exchange *x)
{
    if (!x)
        return;
    if (x->release)
        x->release(x->attachment);
    buf_free(&x->body);
    mem_free(x->head_copy);
    answer_free(x);
    account_release(&x->settings->account, x->charged);
    account_release(&x->settings->aside, x->charged_aside);
    settle_exchange(x->settings);
    mem_free(x);
}

int exchange_keep_head(struct http_exchange *x)
{
    size_t len = x->head.len;
    if (x->head_copy)
        return 0;
    x->head_copy = mem_alloc(len);
    if (!x->head_copy)
        return -1;
    memcpy(x->head_copy, x->head.bytes, len);
    x->head.bytes = x->head_copy;
    account_charge_small(&x->settings->account, len);
    x->charged += len;
    return 0;
}

void exchange_drop_body(struct http_exchange *x)
{
    buf_free(&x->body);
    account_release(&x->settings->account, x->body_charged);
    x->charged -= x->body_charged;
    x->body_charged = 0;
}

int exchange_charge(struct http_exchange *x, size_t bytes)
{
    if (account_charge(&x->settings->account, bytes) < 0)
        return -1;
    x->charged += bytes;
    return 0;
}

int http_charge(struct http_exchange *x, size_t bytes)
{
    return exchange_charge(x, bytes);
}

/* What can be said of a request before its body. */
static enum problem find_refusal(const struct http_exchange *x, int64_t lag_us)
{
    const struct http_route *route = x->match.route;
    if (!route)
        return x->match.allow ? PROBLEM_METHOD_NOT_ALLOWED : PROBLEM_NOT_FOUND;
    if (x->head.length > route->body_max)
        return PROBLEM_TOO_LARGE;
    if (route->media_type && !field_is_media_type(http_header(x, "Content-Type"), route->media_type))
        return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    if (route->media_type && lag_us > x->settings->wait_max_us)
        return PROBLEM_UNAVAILABLE;
    return request_has_unknown_argument(x, route->query) ? PROBLEM_BAD_REQUEST : PROBLEM_NONE;
}

int exchange_begin(struct http_exchange *x, int64_t lag_us)
{
    const char *path = head_string(&x->head, x->head.path), *method = head_string(&x->head, x->head.method);
    route_find(x->settings->sites, path ? path : "", method, &x->match);
    x->closing |= x->head.closes;
    enum problem refusal = find_refusal(x, lag_us);
    if (refusal == PROBLEM_NONE) {
        buf_init(&x->body, (size_t)x->head.length);
        return 0;
    }
    if (refusal == PROBLEM_METHOD_NOT_ALLOWED)
        http_answer_header(x, "Allow", x->match.allow);
    http_answer_problem(x, refusal, problem_detail(refusal), NULL);
    return -1;
}

void exchange_refuse_head(struct http_exchange *x, const struct head_fault *fault)
{
    x->closing = true;
    x->head.minor = 1;
    if (fault->status == 400)
        http_answer_problem(x, PROBLEM_BAD_REQUEST, fault->detail, NULL);
    else
        answer_set_plain(x, fault->status, fault->detail);
}

void exchange_handle(struct http_exchange *x)
{
    x->match.route->handle(x, x->match.context);
}

void exchange_finish(struct http_exchange *x)
{
    x->suspended = false;
    x->finish(x, x->match.context);
}

int http_keep_head(struct http_exchange *x)
{
    return exchange_keep_head(x);
}

/* What is read into the place where the head lay is another's: where it was not kept, there is nothing to ask for. */
void http_suspend(struct http_exchange *x, http_handler *finish)
{
    if (!x->head_copy) {
        x->head.field_count = x->head.argument_count = 0;
        x->head.path = (struct head_text){0, 0};
    }
    x->suspended = true;
    x->finish = finish;
}

void http_attach(struct http_exchange *x, void *attachment, void (*release)(void *attachment))
{
    if (x->release)
        x->release(x->attachment);
    x->attachment = attachment;
    x->release = release;
}

void *http_attachment(const struct http_exchange *x)
{
    return x->attachment;
}
