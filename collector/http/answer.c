/* Answers and problems: what a handler sets, and how it becomes the HTTP library's response. */
#include "base/list.h"
#include "base/mem.h"
#include "collector/http/exchange.h"
#include "collector/http/fields.h"
#include "collector/http/negotiate.h"
#include "collector/ops/metrics.h"
#include <string.h>

#define NO_MEMORY_DETAIL "The collector is short of memory; send the same again later."

static const struct http_header common_headers[] = {
    {"API-Version", API_VERSION},
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    {NULL, NULL},
};

/* Headers. */

static void clear_headers(struct http_exchange *x)
{
    for (size_t i = 0; i < x->header_count; i++)
        mem_free(x->headers[i].copy);
    x->header_count = 0;
}

static void append_header(struct http_exchange *x, const struct answer_header *header)
{
    struct answer_header *headers = list_grow(x->headers, x->header_count, &x->header_capacity, sizeof *headers);
    if (!headers) {
        mem_free(header->copy);
        x->short_of_memory = true;
        return;
    }
    x->headers = headers;
    x->headers[x->header_count++] = *header;
}

void http_answer_header(struct http_exchange *x, const char *name, const char *value)
{
    append_header(x, &(struct answer_header){.name = name, .value = value});
}

void http_answer_header_copy(struct http_exchange *x, const char *name, const char *value)
{
    char *copy = mem_copy_text(value, strlen(value));
    if (copy)
        append_header(x, &(struct answer_header){.name = name, .value = copy, .copy = copy});
    else
        x->short_of_memory = true;
}

static bool has_own_header(const struct http_exchange *x, const char *name)
{
    for (size_t i = 0; i < x->header_count; i++)
        if (strcmp(x->headers[i].name, name) == 0)
            return true;
    return false;
}

static bool is_in(const struct http_header *list, const char *name)
{
    for (; list && list->name; list++)
        if (strcmp(list->name, name) == 0)
            return true;
    return false;
}

/* Those of `list` that neither the handler nor `before` has set. */
static bool add_list(const struct http_exchange *x, struct MHD_Response *response, const struct http_header *list,
                     const struct http_header *before)
{
    bool all = true;
    for (; list && list->name; list++)
        if (!has_own_header(x, list->name) && !is_in(before, list->name))
            all &= MHD_add_response_header(response, list->name, list->value) == MHD_YES;
    return all;
}

static bool add_headers(const struct http_exchange *x, struct MHD_Response *response)
{
    const struct http_header *of_route = x->match.route ? x->match.route->headers : NULL;
    bool all = add_list(x, response, of_route, NULL) && add_list(x, response, common_headers, of_route);
    for (size_t i = 0; i < x->header_count; i++)
        all &= MHD_add_response_header(response, x->headers[i].name, x->headers[i].value) == MHD_YES;
    if (x->content_type)
        all &= MHD_add_response_header(response, "Content-Type", x->content_type) == MHD_YES;
    if (x->closing || atomic_load_explicit(&x->server->quiescing, memory_order_relaxed))
        all &= MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    return all;
}

/* Bodies. */

void http_answer(struct http_exchange *x, unsigned status, const char *content_type, struct buf *body)
{
    x->status = status;
    x->problem = PROBLEM_NONE;
    x->content_type = content_type;
    x->ready = NULL;
    buf_free(&x->answer);
    if (body) {
        x->answer = *body;
        buf_init(body, body->max);
    }
}

void http_answer_stream(struct http_exchange *x, const char *content_type, http_chunk_fn *next, void *source,
                        void (*release)(void *source))
{
    x->stream = http_stream_new(next, source, release);
    if (x->stream)
        http_answer(x, 200, content_type, NULL);
    else
        http_answer_problem(x, PROBLEM_UNAVAILABLE, NO_MEMORY_DETAIL, NULL);
}

void http_answer_static(struct http_exchange *x, const struct http_static *resource)
{
    bool gzip = negotiate_gzip(http_header(x, "Accept-Encoding"));
    const char *tag = http_static_tag(resource, gzip);
    bool same = field_has_tag(http_header(x, "If-None-Match"), tag);
    http_answer(x, same ? 304 : 200, same ? NULL : http_static_type(resource), NULL);
    if (!same) {
        x->ready = resource;
        x->gzip = gzip;
        if (gzip)
            http_answer_header(x, "Content-Encoding", "gzip");
    }
    http_answer_header(x, "ETag", tag);
    http_answer_header(x, "Vary", "Accept-Encoding");
    http_answer_header(x, "Cache-Control", "no-cache");
}

void http_answer_problem_body(struct http_exchange *x, enum problem problem, struct buf *body)
{
    http_answer(x, problem_status(problem), "application/problem+json", body);
    x->problem = problem;
    if (problem == PROBLEM_UNAVAILABLE)
        http_answer_header(x, "Retry-After", "1");
}

void http_answer_problem(struct http_exchange *x, enum problem problem, const char *detail, const char *members)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    problem_put(&body, problem, detail, members);
    http_answer_problem_body(x, problem, &body);
}

void answer_put_refusal(struct http_exchange *x)
{
    if (x->refusal == PROBLEM_METHOD_NOT_ALLOWED)
        http_answer_header(x, "Allow", x->match.allow);
    http_answer_problem(x, x->refusal, problem_detail(x->refusal), NULL);
}

/* On their way. */

int answer_make_whole(struct http_exchange *x)
{
    if (x->status != 0 && buf_check(&x->answer) == 0 && !x->short_of_memory)
        return 0;
    clear_headers(x);
    http_stream_free(x->stream);
    x->stream = NULL;
    x->short_of_memory = false;
    http_answer_problem(x, PROBLEM_UNAVAILABLE, NO_MEMORY_DETAIL, NULL);
    return buf_check(&x->answer) < 0 || x->short_of_memory ? -1 : 0;
}

static struct MHD_Response *response_from_memory(const char *bytes, size_t len)
{
    char *lasting = (char *)(uintptr_t)bytes; /* the library takes it without const, and only reads it */
    return MHD_create_response_from_buffer(len, lasting, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *make_response(struct http_exchange *x)
{
    size_t len = 0;
    if (x->stream)
        return http_stream_response(x->stream, x->head);
    if (x->ready) {
        const char *bytes = http_static_bytes(x->ready, x->gzip, &len);
        return response_from_memory(bytes, len);
    }
    return x->answer.data ? MHD_create_response_from_buffer_with_free_callback(x->answer.len, x->answer.data, mem_free)
                          : response_from_memory("", 0);
}

struct MHD_Response *answer_response(struct http_exchange *x)
{
    struct MHD_Response *response = make_response(x);
    if (!response)
        return NULL;
    buf_init(&x->answer, SIZE_MAX); /* the bytes are the library's now */
    x->stream = NULL;
    if (x->problem != PROBLEM_NONE)
        metrics_note_problem(x->problem);
    if (add_headers(x, response))
        return response;
    MHD_destroy_response(response);
    return NULL;
}

void answer_free(struct http_exchange *x)
{
    clear_headers(x);
    mem_free(x->headers);
    buf_free(&x->answer);
    http_stream_free(x->stream);
}
