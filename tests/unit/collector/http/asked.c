/* Paths that answer at once, later, or in a stream, and what they note of it. */
#include "tests/unit/collector/http/asked.h"
#include <stdio.h>
#include <string.h>

static void say(struct http_exchange *x, const char *text, size_t len)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    buf_put(&body, text, len);
    http_answer(x, 200, "text/plain", &body);
}

static void get_small(struct http_exchange *x, void *context)
{
    (void)context;
    say(x, "small", 5);
}

static void post_echo(struct http_exchange *x, void *context)
{
    (void)context;
    say(x, buf_text(http_body(x)), http_body(x)->len);
}

static void finish_late(struct http_exchange *x, void *context)
{
    (void)context;
    say(x, "late", 4);
}

static void post_late(struct http_exchange *x, void *context)
{
    (void)context;
    http_suspend(x, finish_late);
}

/* What is asked for after the resume, when the head's bytes are others'. */
static void finish_asking(struct http_exchange *x, void *context)
{
    char text[200];
    const char *header = http_header(x, "X-Asked"), *query = http_query(x, "q"), *path = http_path(x);
    (void)context;
    snprintf(text, sizeof text, "[%s %s %s]", header ? header : "none", query ? query : "none", path ? path : "none");
    say(x, text, strlen(text));
}

static void get_kept(struct http_exchange *x, void *context)
{
    (void)context;
    if (http_keep_head(x) == 0)
        http_suspend(x, finish_asking);
}

static void get_forgotten(struct http_exchange *x, void *context)
{
    (void)context;
    http_suspend(x, finish_asking);
}

static enum http_chunk count_down(void *source, struct buf *out)
{
    int *left = source;
    buf_printf(out, "%d;", *left);
    return --*left > 0 ? HTTP_CHUNK_MORE : HTTP_CHUNK_LAST;
}

int asked_left, asked_released;

static void release_count(void *source)
{
    (void)source;
    asked_released++;
}

static void get_stream(struct http_exchange *x, void *context)
{
    (void)context;
    asked_left = 3;
    http_answer_header_copy(x, "X-Left", "4");
    http_answer_header_copy(x, "x-left", "3");
    http_answer_stream(x, "text/plain", count_down, &asked_left, release_count);
}

static const char *const of_asking[] = {"q", NULL};
static const struct http_route routes[] = {
    {"GET", "/small", NULL, 0, get_small, NULL, NULL},
    {"GET", "/stream", NULL, 0, get_stream, NULL, NULL},
    {"POST", "/echo", "text/plain", 200000, post_echo, NULL, NULL},
    {"POST", "/late", "text/plain", 100, post_late, NULL, NULL},
    {"GET", "/kept", NULL, 0, get_kept, of_asking, NULL},
    {"GET", "/forgotten", NULL, 0, get_forgotten, of_asking, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
const struct http_site asked_sites[] = {{routes, NULL}, {NULL, NULL}};
