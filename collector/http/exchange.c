/* The life of an exchange over GNU libmicrohttpd. The library calls exchange_take several times a request: once for the
 * header, for each piece of the body, at its end, and again after a resume. What the steps do stands in routes, body,
 * request and answer. */
#include "collector/http/exchange.h"
#include "base/mem.h"
#include "collector/http/fields.h"
#include <string.h>

/* What a submission may have waited before it is looked at, in microseconds; under more load the rest are told so at
 * once. */
#define LAG_MAX_US 250000

static struct http_exchange *exchange_new(struct serving *serving, struct MHD_Connection *connection, const char *url,
                                          const char *method)
{
    struct http_exchange *x = mem_calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->server = serving->server;
    x->loop = &serving->loop;
    x->connection = connection;
    buf_init(&x->answer, SIZE_MAX);
    x->head = strcmp(method, "HEAD") == 0;
    route_find(x->server->routes, url, method, &x->match);
    if (!x->match.route)
        x->refusal = x->match.allow ? PROBLEM_METHOD_NOT_ALLOWED : PROBLEM_NOT_FOUND;
    if (serving->overflow) {
        x->refusal = PROBLEM_UNAVAILABLE;
        x->closing = true;
    }
    buf_init(&x->body, x->match.route ? x->match.route->body_max : 0);
    atomic_fetch_add_explicit(&x->server->exchanges, 1, memory_order_relaxed);
    return x;
}

/* Hands the answer to the library. MHD_NO closes the connection. */
static enum MHD_Result send_answer(struct http_exchange *x)
{
    struct MHD_Response *response = answer_make_whole(x) == 0 ? answer_response(x) : NULL;
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(x->connection, x->status, response);
    MHD_destroy_response(response);
    return result;
}

/* What can be said of a request whose body has come, before its handler sees it. */
static enum problem find_refusal(const struct http_exchange *x)
{
    static const char *const no_query[] = {NULL};
    const struct http_route *route = x->match.route;
    if (x->refusal != PROBLEM_NONE)
        return x->refusal;
    if (route->media_type && !field_is_media_type(http_header(x, "Content-Type"), route->media_type))
        return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    if (route->media_type && http_loop_lag_us(x->loop) > LAG_MAX_US)
        return PROBLEM_UNAVAILABLE;
    return request_unknown_argument(x, route->query ? route->query : no_query) ? PROBLEM_BAD_REQUEST : PROBLEM_NONE;
}

static void handle_request(struct http_exchange *x)
{
    x->handled = true;
    x->refusal = find_refusal(x);
    if (x->refusal != PROBLEM_NONE)
        answer_put_refusal(x);
    else
        x->match.route->handle(x, x->server->context);
}

/* The header is there. MHD_YES: the body is wanted. */
static enum MHD_Result take_head(struct http_exchange *x)
{
    if (!body_is_refused_unread(x))
        return MHD_YES;
    x->refusal = x->refusal == PROBLEM_NONE ? PROBLEM_TOO_LARGE : x->refusal;
    x->handled = true;
    answer_put_refusal(x);
    return send_answer(x);
}

enum MHD_Result exchange_take(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *len, void **slot)
{
    (void)version;
    struct http_exchange *x = *slot;
    if (!x) {
        x = *slot = exchange_new(context, connection, url, method);
        return x ? take_head(x) : MHD_NO;
    }
    if (*len > 0) {
        int result = body_take(x, bytes, *len);
        *len = 0;
        return result == 0 ? MHD_YES : MHD_NO;
    }
    if (!x->handled) {
        handle_request(x);
        if (x->suspended)
            return MHD_YES; /* it may be another thread's by now */
    } else if (x->finish) {
        x->finish(x, x->server->context);
    }
    return send_answer(x);
}

void exchange_completed(void *context, struct MHD_Connection *connection, void **slot,
                        enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct http_exchange *x = *slot;
    *slot = NULL;
    if (!x)
        return;
    if (x->release)
        x->release(x->attachment);
    body_release(x);
    answer_free(x);
    atomic_fetch_sub_explicit(&x->server->exchanges, 1, memory_order_relaxed);
    mem_free(x);
}

void http_suspend(struct http_exchange *x, http_handler *finish)
{
    x->suspended = true;
    x->finish = finish;
    MHD_suspend_connection(x->connection);
}

void http_resume(struct http_exchange *x)
{
    http_loop_resume(x->loop, x->connection);
}

void http_attach(struct http_exchange *x, void *attachment, void (*release)(void *attachment))
{
    x->attachment = attachment;
    x->release = release;
}

void *http_attachment(const struct http_exchange *x)
{
    return x->attachment;
}
