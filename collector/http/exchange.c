/* The server over GNU libmicrohttpd: an epoll loop a core, requests suspended until their batch has committed. The
 * library calls `http_take` several times a request: once for the header, for each piece of the body, at its end, and
 * again after a resume. */
#include "base/json.h"
#include "base/mem.h"
#include "collector/http/server.h"
#include "collector/ops/metrics.h"
#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX 6
#define KEEP_MAX 4
#define DISCARD_MAX ((size_t)1024 * 1024) /* of a refused body that is read, so that its sender sees the answer */
#define CLOSING_MAX ((size_t)64 * 1024) /* the same on a connection that is closed anyway */
#define BODY_FREE 8192 /* bytes of a body that need no share of bodies_max */
/* What a submission may have waited before it is looked at, in microseconds; under more load the rest are told so at
 * once. */
#define LAG_MAX_US 250000

struct header {
    const char *name, *value;
};

struct http_exchange {
    struct http_server *server;
    struct http_loop *loop;
    struct MHD_Connection *connection;
    const struct http_route *route; /* NULL: `refusal` is the answer */
    char parameter[HTTP_PARAMETER_MAX + 1];
    enum problem refusal; /* found before the body had come */
    const char *allow; /* with PROBLEM_METHOD_NOT_ALLOWED */
    struct buf body;
    size_t reserved; /* of the server's bodies_max */
    size_t discarded; /* bytes of a refused body */
    bool head; /* no body is wanted */
    bool closing; /* the connection ends with this answer */
    bool handled, suspended;
    http_handler *finish; /* what to do after a resume */

    unsigned status;
    const char *content_type;
    struct buf answer;
    struct http_stream *pieces; /* the body, in place of `answer`; NULL: none */
    struct header headers[HEADERS_MAX];
    size_t header_count;
    char *kept[KEEP_MAX];
    void *attachment;
    void (*release)(void *attachment);
};

/* Routes. */

/* Whether `url` is `path`; *parameter is where {id} or the star begins in the url, NULL without one. */
static bool path_matches(const char *path, const char *url, const char **parameter, size_t *len)
{
    size_t before = strcspn(path, "{*");
    *parameter = NULL;
    if (path[before] == '\0')
        return strcmp(path, url) == 0;
    if (strncmp(path, url, before) != 0)
        return false;
    bool all = path[before] == '*';
    const char *rest = all ? "" : strchr(path, '}') + 1;
    *parameter = url + before;
    *len = all ? strlen(*parameter) : strcspn(*parameter, "/");
    return *len > 0 && *len <= HTTP_PARAMETER_MAX && strcmp(*parameter + *len, rest) == 0;
}

static bool method_matches(const char *route_method, const char *method)
{
    return strcmp(route_method, method) == 0 || (strcmp(route_method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static void find_route(struct http_exchange *x, const char *url, const char *method)
{
    x->refusal = PROBLEM_NOT_FOUND;
    for (const struct http_route *route = x->server->routes; route->method; route++) {
        const char *parameter;
        size_t len = 0;
        if (!path_matches(route->path, url, &parameter, &len))
            continue;
        if (!method_matches(route->method, method)) {
            x->refusal = PROBLEM_METHOD_NOT_ALLOWED;
            x->allow = strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method;
            continue;
        }
        x->refusal = PROBLEM_NONE;
        x->route = route;
        if (parameter)
            memcpy(x->parameter, parameter, len);
        return;
    }
}

/* Answers. */

static const struct header common_headers[] = {
    {"API-Version", API_VERSION},
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
};

static bool has_own_header(const struct http_exchange *x, const char *name)
{
    for (size_t i = 0; i < x->header_count; i++)
        if (strcmp(x->headers[i].name, name) == 0)
            return true;
    return false;
}

static bool add_headers(const struct http_exchange *x, struct MHD_Response *response)
{
    bool all = true;
    for (size_t i = 0; i < sizeof common_headers / sizeof *common_headers; i++)
        if (!has_own_header(x, common_headers[i].name))
            all &= MHD_add_response_header(response, common_headers[i].name, common_headers[i].value) == MHD_YES;
    for (size_t i = 0; i < x->header_count; i++)
        all &= MHD_add_response_header(response, x->headers[i].name, x->headers[i].value) == MHD_YES;
    if (x->content_type)
        all &= MHD_add_response_header(response, "Content-Type", x->content_type) == MHD_YES;
    if (x->closing || atomic_load_explicit(&x->server->quiescing, memory_order_relaxed))
        all &= MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    return all;
}

/* Hands the answer to the library. MHD_NO closes the connection. */
static enum MHD_Result send_answer(struct http_exchange *x)
{
    static char nothing[1];
    if (x->status == 0 || buf_check(&x->answer)) {
        buf_reset(&x->answer);
        http_problem(x, PROBLEM_UNAVAILABLE, "The collector is short of memory; send the same again later.", NULL);
        if (buf_check(&x->answer))
            return MHD_NO;
    }
    struct MHD_Response *response =
        x->pieces         ? http_stream_response(x->pieces, x->head)
        : !x->answer.data ? MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT)
                          : MHD_create_response_from_buffer_with_free_callback(x->answer.len, x->answer.data, mem_free);
    if (!response)
        return MHD_NO;
    buf_init(&x->answer, SIZE_MAX); /* the bytes are the library's now */
    x->pieces = NULL;
    enum MHD_Result result = add_headers(x, response) ? MHD_queue_response(x->connection, x->status, response) : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

void http_answer(struct http_exchange *x, unsigned status, const char *content_type, struct buf *body)
{
    x->status = status;
    x->content_type = content_type;
    buf_free(&x->answer);
    if (body) {
        x->answer = *body;
        buf_init(body, body->max);
    }
}

void http_answer_pieces(struct http_exchange *x, const char *content_type, http_chunk_fn *next, void *source,
                        void (*release)(void *source))
{
    x->pieces = http_stream_new(next, source, release);
    if (x->pieces)
        http_answer(x, 200, content_type, NULL);
    else
        http_problem(x, PROBLEM_UNAVAILABLE, "The collector is short of memory; ask again later.", NULL);
}

void http_answer_header(struct http_exchange *x, const char *name, const char *value)
{
    if (value && x->header_count < HEADERS_MAX)
        x->headers[x->header_count++] = (struct header){name, value};
}

const char *http_keep(struct http_exchange *x, const char *text)
{
    for (size_t i = 0; i < KEEP_MAX; i++)
        if (!x->kept[i])
            return x->kept[i] = mem_copy_text(text, strlen(text));
    return NULL;
}

void http_put_problem(struct buf *out, enum problem problem, const char *detail, const char *members)
{
    metrics_note_problem(problem);
    buf_printf(out, "{\"type\":\"%s%s\",\"title\":\"%s\",\"status\":%u,\"detail\":", PROBLEM_URN, problem_name(problem),
               problem_title(problem), problem_status(problem));
    json_put_text(out, detail);
    buf_put_text(out, members ? members : "");
    buf_put_char(out, '}');
}

void http_problem_put(struct http_exchange *x, enum problem problem, struct buf *body)
{
    http_answer(x, problem_status(problem), "application/problem+json", body);
    if (problem == PROBLEM_UNAVAILABLE)
        http_answer_header(x, "Retry-After", "1");
}

void http_problem(struct http_exchange *x, enum problem problem, const char *detail, const char *members)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    http_put_problem(&body, problem, detail, members);
    http_problem_put(x, problem, &body);
}

/* Bodies. */

/* Reserves room for a body of `len` bytes in all. false: all bodies together would be more than the server may hold. */
static bool reserve_body(struct http_exchange *x, size_t len)
{
    if (len <= BODY_FREE || len <= x->reserved)
        return true;
    size_t want = len < x->route->body_max / 2 ? len * 2 : x->route->body_max; /* doubling, as the buffer does */
    size_t more = want - x->reserved;
    if (atomic_fetch_add(&x->server->bodies, more) + more > x->server->bodies_max) {
        atomic_fetch_sub(&x->server->bodies, more);
        return false;
    }
    x->reserved += more;
    return true;
}

static void release_body(struct http_exchange *x)
{
    buf_free(&x->body);
    if (x->reserved > 0)
        atomic_fetch_sub(&x->server->bodies, x->reserved);
    x->reserved = 0;
}

/* A piece of the body. MHD_NO: enough of a refused body has been read. */
static enum MHD_Result take_body(struct http_exchange *x, const char *bytes, size_t len)
{
    if (x->refusal == PROBLEM_NONE && len > x->body.max - x->body.len)
        x->refusal = PROBLEM_TOO_LARGE;
    if (x->refusal == PROBLEM_NONE && !reserve_body(x, x->body.len + len))
        x->refusal = PROBLEM_UNAVAILABLE;
    if (x->refusal == PROBLEM_NONE) {
        buf_put(&x->body, bytes, len);
        if (buf_check(&x->body))
            x->refusal = PROBLEM_UNAVAILABLE;
        return MHD_YES;
    }
    release_body(x);
    x->discarded += len;
    size_t most = x->closing ? CLOSING_MAX : DISCARD_MAX + (x->route ? x->route->body_max : 0);
    return x->discarded <= most ? MHD_YES : MHD_NO;
}

const struct buf *http_body(const struct http_exchange *x)
{
    return &x->body;
}

/* Exchanges. */

static void answer_refusal(struct http_exchange *x)
{
    const char *detail = "";
    switch (x->refusal) {
    case PROBLEM_NOT_FOUND:
        detail = "There is nothing at this path; a path never ends in a slash.";
        break;
    case PROBLEM_METHOD_NOT_ALLOWED:
        detail = "This path takes another method; the Allow header says which.";
        http_answer_header(x, "Allow", x->allow);
        break;
    case PROBLEM_BAD_REQUEST:
        detail = "The query has an argument that this path does not take, one without a value, or one twice.";
        break;
    case PROBLEM_TOO_LARGE:
        detail = "The body is larger than this path takes.";
        break;
    case PROBLEM_UNSUPPORTED_MEDIA_TYPE:
        detail = "The body's Content-Type is not the one that this path takes.";
        break;
    case PROBLEM_UNAVAILABLE:
        detail = "The collector is busy; send the same again later.";
        break;
    case PROBLEM_NONE:
    case PROBLEM_MALFORMED_ENVELOPE:
    case PROBLEM_NOT_VERIFIED:
    case PROBLEM_INVALID_CLAIMS:
    case PROBLEM_INVALID_RESPONSE:
    case PROBLEM_INVITATION_REFUSED:
    case PROBLEM_ROUND_NOT_OPEN:
    case PROBLEM_STALE_REVISION:
    case PROBLEM_UNAUTHORIZED:
    case PROBLEM_FORBIDDEN:
    case PROBLEM_NOT_ACCEPTABLE:
    case PROBLEM_INTERNAL:
        break;
    }
    http_problem(x, x->refusal, detail, NULL);
}

static struct http_exchange *begin(struct serving *serving, struct MHD_Connection *connection, const char *url,
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
    find_route(x, url, method);
    if (http_is_overflow(serving)) {
        x->refusal = PROBLEM_UNAVAILABLE;
        x->closing = true;
    }
    buf_init(&x->body, x->route ? x->route->body_max : 0);
    atomic_fetch_add_explicit(&x->server->exchanges, 1, memory_order_relaxed);
    return x;
}

/* Whether the announced body is too large to be read at all: then the answer goes out before it, and the connection
 * ends. */
static bool announces_too_much(const struct http_exchange *x)
{
    const char *text = http_header(x, "Content-Length");
    unsigned long long len = text ? strtoull(text, NULL, 10) : 0;
    return len > DISCARD_MAX + x->body.max;
}

static const char *const no_query[] = {NULL};

static void handle(struct http_exchange *x)
{
    x->handled = true;
    if (x->refusal == PROBLEM_NONE && x->route->media_type && !http_has_media_type(x, x->route->media_type))
        x->refusal = PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    if (x->refusal == PROBLEM_NONE && x->route->media_type && http_loop_lag_us(x->loop) > LAG_MAX_US)
        x->refusal = PROBLEM_UNAVAILABLE;
    if (x->refusal == PROBLEM_NONE && http_query_unknown(x, x->route->query != NULL ? x->route->query : no_query))
        x->refusal = PROBLEM_BAD_REQUEST;
    if (x->refusal != PROBLEM_NONE)
        answer_refusal(x);
    else
        x->route->handle(x, x->server->context);
}

enum MHD_Result http_take(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                          const char *version, const char *bytes, size_t *len, void **slot)
{
    (void)version;
    struct http_exchange *x = *slot;
    if (!x) {
        x = *slot = begin(context, connection, url, method);
        if (!x)
            return MHD_NO;
        if (!announces_too_much(x))
            return MHD_YES;
        x->refusal = x->refusal == PROBLEM_NONE ? PROBLEM_TOO_LARGE : x->refusal;
        x->handled = true;
        answer_refusal(x);
        return send_answer(x);
    }
    if (*len > 0) {
        enum MHD_Result result = take_body(x, bytes, *len);
        *len = 0;
        return result;
    }
    if (!x->handled) {
        handle(x);
        if (x->suspended)
            return MHD_YES; /* it may be another thread's by now */
    } else if (x->finish) {
        x->finish(x, x->server->context);
    }
    return send_answer(x);
}

void http_completed(void *context, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code)
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
    release_body(x);
    buf_free(&x->answer);
    http_stream_free(x->pieces);
    for (size_t i = 0; i < KEEP_MAX; i++)
        mem_free(x->kept[i]);
    atomic_fetch_sub_explicit(&x->server->exchanges, 1, memory_order_relaxed);
    mem_free(x);
}

struct MHD_Connection *http_connection(const struct http_exchange *x)
{
    return x->connection;
}

const char *http_parameter(const struct http_exchange *x)
{
    return x->parameter;
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
