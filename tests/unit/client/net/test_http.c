/* The way to the collector and back, over a real socket: requests and outcomes. */
#include "base/clock.h"
#include "client/net/http.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct retry_policy quick = {.attempts = 3, .first_ms = 2, .most_ms = 4, .patience_s = 1};
static struct http *http;
static struct http_answer answer;

static void prepare(void)
{
    kit_begin();
    http_answer_init(&answer);
}

static void finish(void)
{
    http_close(http);
    http_answer_free(&answer);
    kit_end();
}

TestSuite(http, .init = prepare, .fini = finish);

static void meet(const char *const *answers, size_t count)
{
    fake_start(answers, count);
    http = http_open(fake_url(), &quick);
    cr_assert_not_null(http);
}

static enum http_outcome get(size_t answer_max)
{
    struct http_request request = {.path = "/v1/panel", .answer_max = answer_max};
    return http_do(http, &request, &answer);
}

Test(http, says_who_it_is_and_reads_the_answer)
{
    const char *answers[] = {fake_answer(200, "etag: \"x\"\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n", "hello")};
    meet(answers, 1);
    cr_expect_eq(get(0), HTTP_DONE);
    cr_expect_eq(answer.status, 200);
    cr_expect_str_eq(buf_text(&answer.body), "hello");
    cr_expect_str_eq(answer.etag, "\"x\"");
    cr_expect_eq(answer.server_time, 1767225600);
    cr_expect_eq(answer.retry_after, -1);
    cr_expect_not_null(strstr(fake_last(), "User-Agent: burgerpanel/" BURGERPANEL_VERSION "\r\n"));
    cr_expect_eq(strncmp(fake_last(), "GET /v1/panel HTTP/1.1\r\n", 24), 0);
}

Test(http, tries_again_when_the_collector_cant_just_now_or_the_connection_breaks)
{
    const char *answers[] = {fake_answer(503, "", ""), "", fake_answer(200, "", "ok")};
    meet(answers, 3);
    cr_expect_eq(get(0), HTTP_DONE);
    cr_expect_geq(fake_requests(), 3);
}

Test(http, stops_after_as_many_tries_as_it_may)
{
    const char *answers[] = {fake_answer(503, "Connection: close\r\n", "")};
    meet(answers, 1);
    cr_expect_eq(get(0), HTTP_RETRY);
    cr_expect_eq(fake_requests(), 3);
    cr_expect_eq(answer.status, 503);
}

Test(http, waits_as_long_as_it_is_asked_and_leaves_off_when_that_is_too_long)
{
    const char *answers[] = {fake_answer(503, "Retry-After: 1\r\n", ""), fake_answer(503, "Retry-After: 3600\r\n", "")};
    meet(answers, 2);
    int64_t start = clock_monotonic_us();
    cr_expect_eq(get(0), HTTP_RETRY);
    cr_expect_geq(clock_monotonic_us() - start, 1000000);
    cr_expect_eq(fake_requests(), 2);
    cr_expect_eq(answer.retry_after, 3600);
}

Test(http, takes_no_more_than_it_asked_for)
{
    const char *answers[] = {fake_answer(200, "", "0123456789")};
    meet(answers, 1);
    cr_expect_eq(get(9), HTTP_REFUSED);
    cr_expect_eq(answer.transfer, FETCH_TOO_LONG);
    cr_expect_leq(answer.body.len, 9);
    cr_expect_eq(get(10), HTTP_DONE);
}

Test(http, goes_nowhere_else_when_sent_there)
{
    char header[128];
    const char *answers[1] = {""};
    fake_start(answers, 1);
    snprintf(header, sizeof header, "Location: %s/elsewhere\r\n", fake_url());
    answers[0] = fake_answer(302, header, "");
    http = http_open(fake_url(), &quick);
    cr_expect_eq(get(0), HTTP_REFUSED);
    cr_expect_eq(fake_requests(), 1);
}

/* What is told of a move when asked for /v1/panel and answered with `status` and this Location. */
static const char *moved_to(int status, const char *location)
{
    static const char *answers[1];
    char header[128];
    snprintf(header, sizeof header, "Location: %s\r\n", location);
    answers[0] = fake_answer(status, header, "");
    meet(answers, 1);
    cr_expect_eq(get(0), HTTP_REFUSED);
    cr_expect_eq(fake_requests(), 1);
    return answer.moved_to;
}

Test(http, tells_where_a_collector_has_moved_to)
{
    cr_expect_str_eq(moved_to(308, "https://new.example:8443/base/v1/panel"), "https://new.example:8443/base");
}

Test(http, tells_it_for_the_older_status_too)
{
    cr_expect_str_eq(moved_to(301, "https://new.example/v1/panel"), "https://new.example");
}

Test(http, takes_no_passing_redirect_for_a_move)
{
    cr_expect_str_eq(moved_to(307, "https://new.example/v1/panel"), "");
}

Test(http, takes_no_redirect_to_another_page_for_a_move)
{
    cr_expect_str_eq(moved_to(301, "https://portal.example/login"), "");
}

Test(http, gives_up_when_nobody_is_there)
{
    http = http_open("http://127.0.0.1:1", &quick);
    cr_expect_eq(get(0), HTTP_RETRY);
    cr_expect_eq(answer.transfer, FETCH_REFUSED);
}
