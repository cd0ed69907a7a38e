/* Answers and problems: what a handler sets, and the head that goes before it. */
#include "base/json.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/http/exchange.h"
#include "collector/http/fields.h"
#include "collector/http/negotiate.h"
#include "collector/ops/metrics.h"
#include <string.h>
#include <unistd.h>

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

/* Of answers in TLS: for a year the browser comes by https alone (RFC 6797). */
static const struct http_header secure_headers[] = {
    {"Strict-Transport-Security", "max-age=31536000"},
    {NULL, NULL},
};

static const struct {
    unsigned status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

/* "" for a status that is never answered. */
static const char *phrase_of(unsigned status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "";
}

/* Headers. */

static void clear_headers(struct http_exchange *x)
{
    for (size_t i = 0; i < x->header_count; i++)
        mem_free(x->headers[i].copy);
    x->header_count = 0;
}

/* One of each name (RFC 9110 §5.3): the last that was given. */
static void append_header(struct http_exchange *x, const struct answer_header *header)
{
    for (size_t i = 0; i < x->header_count; i++) {
        if (strcasecmp(x->headers[i].name, header->name) != 0)
            continue;
        mem_free(x->headers[i].copy);
        x->headers[i] = *header;
        return;
    }
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

/* Bodies. */

void http_answer(struct http_exchange *x, unsigned status, const char *content_type, struct buf *body)
{
    x->status = status;
    x->problem = PROBLEM_NONE;
    x->content_type = content_type;
    answer_drop_body(x);
    if (!body)
        return;
    x->answer.own = *body;
    x->answer.len = body->len;
    buf_init(body, body->max);
}

void http_answer_stream(struct http_exchange *x, const char *content_type, http_chunk_fn *next, void *source,
                        void (*release)(void *source))
{
    http_answer(x, 200, content_type, NULL);
    x->answer.next = next;
    x->answer.source = source;
    x->answer.release = release;
}

void http_answer_file(struct http_exchange *x, const char *content_type, int file, size_t len)
{
    http_answer(x, 200, content_type, NULL);
    x->answer.file = file;
    x->answer.len = len;
}

void http_answer_unmade(struct http_exchange *x, const char *content_type, size_t len)
{
    http_answer(x, 200, content_type, NULL);
    x->answer.unmade = len == HTTP_LENGTH_UNKNOWN;
    x->answer.len = len;
}

void http_answer_static(struct http_exchange *x, const struct http_static *resource)
{
    bool gzip = negotiate_gzip(http_header(x, "Accept-Encoding"));
    const char *tag = http_static_tag(resource, gzip);
    bool same = field_has_tag(http_header(x, "If-None-Match"), tag);
    http_answer(x, same ? 304 : 200, same ? NULL : http_static_type(resource), NULL);
    if (!same)
        x->answer.ready = http_static_bytes(resource, gzip, &x->answer.len);
    if (!same && gzip)
        http_answer_header(x, "Content-Encoding", "gzip");
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

void answer_set_plain(struct http_exchange *x, unsigned status, const char *detail)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_printf(&body, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,\"detail\":", phrase_of(status),
               status);
    json_put_text(&body, detail);
    buf_put_char(&body, '}');
    http_answer(x, status, "application/problem+json", &body);
}

int answer_make_whole(struct http_exchange *x)
{
    bool lacks = x->status == 0 || buf_check(&x->answer.own) < 0 || x->short_of_memory;
    if (lacks) {
        clear_headers(x);
        x->short_of_memory = false;
        http_answer_problem(x, PROBLEM_UNAVAILABLE, NO_MEMORY_DETAIL, NULL);
    }
    if (x->problem != PROBLEM_NONE)
        metrics_note_problem(x->problem);
    return lacks && (buf_check(&x->answer.own) < 0 || x->short_of_memory) ? -1 : 0;
}

void answer_drop_body(struct http_exchange *x)
{
    struct answer_body *body = &x->answer;
    if (body->release)
        body->release(body->source);
    if (body->file >= 0)
        close(body->file);
    buf_free(&body->own);
    *body = (struct answer_body){.file = -1};
    buf_init(&body->own, SIZE_MAX);
}

void answer_free(struct http_exchange *x)
{
    answer_drop_body(x);
    clear_headers(x);
    mem_free(x->headers);
}

/* The head. */

static void put_header_line(struct buf *out, const char *name, const char *value)
{
    buf_put_text(out, name);
    buf_put(out, ": ", 2);
    buf_put_text(out, value);
    buf_put(out, "\r\n", 2);
}

static bool is_set_by_handler(const struct http_exchange *x, const char *name)
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
static void put_list(const struct http_exchange *x, const struct http_header *list, const struct http_header *before,
                     struct buf *out)
{
    for (; list && list->name; list++)
        if (!is_set_by_handler(x, list->name) && !is_in(before, list->name))
            put_header_line(out, list->name, list->value);
}

/* How long the body is, where there may be one and it is known. */
static void put_framing(const struct http_exchange *x, struct buf *out)
{
    if (x->status == 304 || x->answer.unmade)
        return;
    if (!x->answer.next)
        buf_printf(out, "Content-Length: %zu\r\n", x->answer.len);
    else if (!x->head_only && x->head.minor > 0)
        put_header_line(out, "Transfer-Encoding", "chunked");
}

void answer_put_head(const struct http_exchange *x, const char *date, struct buf *out)
{
    const struct http_header *of_route = x->match.route ? x->match.route->headers : NULL;
    buf_printf(out, "HTTP/1.1 %u %s\r\n", x->status, phrase_of(x->status));
    put_header_line(out, "Date", date);
    put_list(x, of_route, NULL, out);
    put_list(x, common_headers, of_route, out);
    if (x->settings->secure)
        put_list(x, secure_headers, of_route, out);
    for (size_t i = 0; i < x->header_count; i++)
        put_header_line(out, x->headers[i].name, x->headers[i].value);
    if (x->content_type)
        put_header_line(out, "Content-Type", x->content_type);
    if (x->closing)
        put_header_line(out, "Connection", "close");
    put_framing(x, out);
    buf_put(out, "\r\n", 2);
}
