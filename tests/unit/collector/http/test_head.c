/* Heads, taken or refused. That the collector refuses the same over a socket, once each, is shown end to end. */
#include "collector/http/head.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct http_head head;
static struct head_fault fault;
static char bytes[64 * 1024];

static int parse(const char *text)
{
    size_t len = strlen(text);
    memcpy(bytes, text, len);
    return head_parse(&head, bytes, len, &fault);
}

static void must_parse(const char *text)
{
    int result = parse(text);
    cr_assert_eq(result, 0, "%u %s", fault.status, fault.detail);
}

/* GET of the target, and the path that comes of it. */
static const char *path_of(const char *target)
{
    char text[1024];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    if (parse(text) < 0)
        return NULL;
    const char *path = head_string(&head, head.path);
    return path ? path : "";
}

static unsigned status_of(const char *fields)
{
    char text[2048];
    snprintf(text, sizeof text, "POST / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    return parse(text) < 0 ? fault.status : 0;
}

Test(head, is_read_into_its_parts)
{
    must_parse("POST /v1/x?from=1&to HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nX-Y:\t z z \t\r\n\r\n");
    cr_assert_str_eq(head_string(&head, head.method), "POST");
    cr_assert_str_eq(head_string(&head, head.path), "/v1/x");
    cr_assert_eq(head.length, 12);
    cr_assert_eq(head.minor, 1);
    cr_assert_not(head.closes);
    cr_assert_not(head.expects_continue);
    cr_assert_str_eq(head_field(&head, "x-y"), "z z");
    cr_assert_null(head_field(&head, "X"));
    cr_assert_eq(head.argument_count, 2);
    cr_assert_str_eq(head_argument(&head, "from"), "1");
    cr_assert_null(head_argument(&head, "to"));
    cr_assert_null(head_argument(&head, "x"));
}

Test(head, says_whether_the_connection_goes_on)
{
    must_parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Close\r\n\r\n");
    cr_assert(head.closes);
    must_parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n");
    cr_assert_not(head.closes);
    must_parse("GET / HTTP/1.0\r\n\r\n");
    cr_assert(head.closes);
    must_parse("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n");
    cr_assert(head.expects_continue);
}

Test(head, takes_a_length_as_far_as_numbers_go)
{
    cr_assert_eq(status_of("Content-Length: 18446744073709551614\r\n"), 0);
    cr_assert_eq(head.length, UINT64_MAX - 1);
    cr_assert_eq(status_of("Content-Length: 18446744073709551616\r\n"), 0);
    cr_assert_eq(head.length, UINT64_MAX);
    cr_assert_eq(status_of("Content-Length: 0099\r\n"), 0);
    cr_assert_eq(head.length, 99);
}

Test(head, leaves_no_doubt_where_a_request_ends)
{
    static const struct {
        const char *fields;
        unsigned status;
    } cases[] = {
        {"Content-Length: 1\r\nContent-Length: 1\r\n", 400},
        {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Content-Length: 1,1\r\n", 400},
        {"Content-Length: -1\r\n", 400},
        {"Content-Length: \r\n", 400},
        {"Content-Length : 1\r\n", 400},
        {"Transfer-Encoding: chunked\r\n", 411},
        {"Transfer-Encoding: Chunked\r\n", 411},
        {"Transfer-Encoding: identity\r\n", 501},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", 501},
        {"Expect: else\r\n", 417},
        {"Host: a\r\n", 400},
        {"X: a\rb\r\n", 400},
        {"X: a\r\n b\r\n", 400},
        {"X\r\n", 400},
        {": x\r\n", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_eq(status_of(cases[i].fields), cases[i].status, "%s: %u", cases[i].fields, fault.status);
}

Test(head, knows_no_method_that_is_longer_than_any_there_is)
{
    char text[10100], method[10001];
    struct head_fault wrong;
    for (size_t len = 1; len <= 10000; len = len < 30 ? len + 1 : 10 * len) {
        memset(method, 'M', len);
        method[len] = '\0';
        int size = snprintf(text, sizeof text, "%s / HTTP/1.1\r\nHost: a\r\n\r\n", method);
        int result = head_parse(&head, text, (size_t)size, &wrong);
        cr_assert_eq(result, len > 24 ? -1 : 0, "%zu", len);
        cr_assert_eq(wrong.status, len > 24 ? 501 : 0, "%zu: %u", len, wrong.status);
    }
}

Test(head, undoes_percents_after_it_has_split)
{
    cr_assert_str_eq(path_of("/a/b"), "/a/b");
    cr_assert_str_eq(path_of("/%61/b%2B%3f?x"), "/a/b+?");
    cr_assert_str_eq(path_of("/a+b"), "/a+b");
    cr_assert_str_eq(path_of("/a%2Fb"), "");
    cr_assert_str_eq(path_of("/a%00b"), "");
    cr_assert_str_eq(path_of("/a%0a"), "");
    cr_assert_null(path_of("/a%"));
    cr_assert_null(path_of("/a%1"));
    cr_assert_null(path_of("/a%1g"));
    cr_assert_str_eq(path_of("/a?q=x%26y%3D+z&r=%2F"), "/a");
    cr_assert_str_eq(head_argument(&head, "q"), "x&y= z");
    cr_assert_str_eq(head_argument(&head, "r"), "/");
    cr_assert_null(path_of("/a?q=%00"));
    cr_assert_null(path_of("/a?%00=q"));
}

Test(head, takes_each_form_of_a_target_that_there_is_for_a_server)
{
    cr_assert_str_eq(path_of("http://a.example:80/x"), "/x");
    cr_assert_str_eq(path_of("https://[::1]/x?y=z"), "/x");
    cr_assert_str_eq(head_argument(&head, "y"), "z");
    cr_assert_str_eq(path_of("http://a"), "");
    cr_assert_null(path_of("http://"));
    cr_assert_null(path_of("http://me@a/x"));
    cr_assert_null(path_of("//a b"));
    cr_assert_null(path_of("a/x"));
    cr_assert_null(path_of("*"));
    cr_assert_null(path_of("/x[1]"));
    must_parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_str_eq(head_string(&head, head.path), "*");
}

Test(head, bounds_what_it_keeps)
{
    char text[4096] = "GET / HTTP/1.1\r\nHost: a\r\n", query[1024] = "/?";
    size_t len = strlen(text);
    for (size_t i = 1; i < HEAD_FIELDS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "X: y\r\n");
    snprintf(text + len, sizeof text - len, "\r\n");
    must_parse(text);
    cr_assert_eq(head.field_count, HEAD_FIELDS_MAX);
    snprintf(text + len, sizeof text - len, "X: y\r\n\r\n");
    cr_assert_eq(parse(text), -1);
    cr_assert_eq(fault.status, 431);
    for (size_t i = 0; i < HEAD_ARGUMENTS_MAX; i++) {
        size_t at = strlen(query);
        snprintf(query + at, sizeof query - at, "a%zu=1&", i);
    }
    cr_assert_str_eq(path_of(query), "/");
    cr_assert_eq(head.argument_count, HEAD_ARGUMENTS_MAX);
    size_t at = strlen(query);
    snprintf(query + at, sizeof query - at, "b=1");
    cr_assert_null(path_of(query));
}

/* Feeds the text in parts of `step` bytes; what the last look said. */
static enum head_end find_end_in_steps(const char *text, size_t len, size_t step, size_t *end)
{
    size_t scanned = 0;
    enum head_end result = HEAD_INCOMPLETE;
    for (size_t have = step; result == HEAD_INCOMPLETE && have < len + step; have += step)
        result = head_find_end(text, have < len ? have : len, &scanned, end);
    return result;
}

Test(head, ends_where_it_ends_however_it_comes)
{
    static const char whole[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody\n\0\n";
    static const char broken[] = "GET / HTTP/1.1\r\nHost: a\n\r\n", with_nul[] = "GET /\0 HTTP/1.1\r\n\r\n";
    for (size_t step = 1; step < sizeof whole; step++) {
        size_t end = 0;
        cr_assert_eq(find_end_in_steps(whole, sizeof whole - 1, step, &end), HEAD_ENDS);
        cr_assert_eq(end, strlen("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        cr_assert_eq(find_end_in_steps(broken, sizeof broken - 1, step, &end), HEAD_BROKEN);
        cr_assert_eq(find_end_in_steps(with_nul, sizeof with_nul - 1, step, &end), HEAD_BROKEN);
        cr_assert_eq(find_end_in_steps(whole, 20, step, &end), HEAD_INCOMPLETE);
    }
}

/* Each bit of a good head flipped: it is taken or refused, with a status and a text. */
Test(head, has_a_word_for_whatever_it_refuses)
{
    static const char good[] = "POST /v1/x?a=b%20c HTTP/1.1\r\nHost: a:1\r\nContent-Length: 12\r\nExpect: "
                               "100-continue\r\nConnection: close\r\n\r\n";
    unsigned refused = 0;
    for (size_t bit = 0; bit < (sizeof good - 1) * 8; bit++) {
        size_t scanned = 0, end;
        memcpy(bytes, good, sizeof good);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        if (head_find_end(bytes, sizeof good - 1, &scanned, &end) != HEAD_ENDS)
            continue;
        if (head_parse(&head, bytes, end, &fault) < 0) {
            cr_assert_geq(fault.status, 400);
            cr_assert_not_null(fault.detail);
            refused++;
        }
    }
    cr_assert_gt(refused, 100);
}
