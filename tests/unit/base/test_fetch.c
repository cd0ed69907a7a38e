/* Requests over loopback, to a service that says what each test wants: what goes out, what comes back, and how what
 * goes wrong is told apart. */
#include "base/fetch.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fetch *fetch;
static struct fetch_answer answer;

static void prepare(void)
{
    fetch = fetch_open("tests/1", 10);
    cr_assert_not_null(fetch);
    fetch_answer_init(&answer, 4096);
}

static void finish(void)
{
    fetch_close(fetch);
    fetch_answer_free(&answer);
}

TestSuite(fetch, .init = prepare, .fini = finish, .timeout = 60);

/* Asks a service that gives this answer, head and all. */
static enum fetch_outcome ask(const char *given, struct fetch_request request)
{
    static const char *answers[1];
    answers[0] = given;
    fake_start(answers, 1);
    request.url = fake_url();
    return fetch_do(fetch, &request, &answer);
}

Test(fetch, writes_a_url_in_one_form)
{
    static const char *const pairs[][2] = {{"http://Example.NL", "http://example.nl"},
                                           {"HTTPS://example.nl/", "https://example.nl"},
                                           {"https://example.nl:8443/a/b//", "https://example.nl:8443/a/b"},
                                           {"http://127.0.0.1:8080", "http://127.0.0.1:8080"}};
    static const char *const wrong[] = {"",
                                        "example.nl",
                                        "ftp://example.nl",
                                        "file:///etc/passwd",
                                        "http://u:p@example.nl",
                                        "http://u@example.nl",
                                        "http://example.nl/?a",
                                        "http://example.nl/#a",
                                        "http://"};
    struct buf url;
    buf_init(&url, FETCH_URL_MAX);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        buf_reset(&url);
        cr_expect_eq(fetch_normalise_url(pairs[i][0], &url), 0, "%s", pairs[i][0]);
        cr_expect_str_eq(buf_text(&url), pairs[i][1]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        buf_reset(&url);
        cr_expect_eq(fetch_normalise_url(wrong[i], &url), -1, "%s", wrong[i]);
    }
    buf_free(&url);
}

Test(fetch, sends_what_it_is_given_and_reads_what_comes)
{
    const struct fetch_header headers[] = {{"X-One", "1"}, {"X-Two", "2"}, {NULL, NULL}};
    struct fetch_request post = {.headers = headers, .content_type = "text/plain", .body = "a\0b", .len = 3};
    const char *given =
        fake_answer(201, "etag: \"x\" \r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nRetry-After: 7\r\n", "hello");
    cr_expect_eq(ask(given, post), FETCH_ANSWERED);
    cr_expect_eq(answer.status, 201);
    cr_expect_str_eq(buf_text(&answer.body), "hello");
    cr_expect_str_eq(answer.etag, "\"x\"");
    cr_expect_str_eq(answer.location, "");
    cr_expect_eq(answer.date, 1767225600);
    cr_expect_eq(answer.retry_after, 7);
    const char *sent = fake_last();
    cr_expect_eq(strncmp(sent, "POST / HTTP/1.1\r\n", 17), 0);
    cr_expect_not_null(strstr(sent, "User-Agent: tests/1\r\n"));
    cr_expect_not_null(strstr(sent, "X-One: 1\r\n"));
    cr_expect_not_null(strstr(sent, "X-Two: 2\r\n"));
    cr_expect_not_null(strstr(sent, "Content-Type: text/plain\r\n"));
    cr_expect_not_null(strstr(sent, "Content-Length: 3\r\n"));
    cr_expect_null(strstr(sent, "Expect:"));
    cr_expect_eq(memcmp(strstr(sent, "\r\n\r\n") + 4, "a\0b", 3), 0);
}

Test(fetch, tells_where_it_is_sent_and_does_not_go_there)
{
    cr_expect_eq(ask(fake_answer(308, "Location: /else?where\r\n", ""), (struct fetch_request){0}), FETCH_ANSWERED);
    char wanted[128];
    snprintf(wanted, sizeof wanted, "%s/else?where", fake_url());
    cr_expect_eq(answer.status, 308);
    cr_expect_str_eq(answer.location, wanted);
    cr_expect_eq(fake_requests(), 1);
}

Test(fetch, takes_a_body_to_its_last_byte_and_not_one_more)
{
    fetch_answer_free(&answer);
    fetch_answer_init(&answer, 5);
    cr_expect_eq(ask(fake_answer(200, "", "12345"), (struct fetch_request){0}), FETCH_ANSWERED);
    cr_expect_str_eq(buf_text(&answer.body), "12345");
    fetch_answer_free(&answer);
    fetch_answer_init(&answer, 4);
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = fake_url()}, &answer), FETCH_TOO_LONG);
    cr_expect_leq(answer.body.len, 4);
    cr_expect_eq(answer.status, 0);
}

Test(fetch, passes_over_a_body_that_nobody_wants_however_long)
{
    fetch_answer_free(&answer);
    fetch_answer_init(&answer, 0);
    cr_expect_eq(ask(fake_answer(201, "", "12345"), (struct fetch_request){.leaves_body = true}), FETCH_ANSWERED);
    cr_expect(answer.status == 201 && answer.body.len == 0);
}

/* An answer whose head never ends, or seems not to. */
static void put_long_head(void *context, const char *request, struct buf *out)
{
    (void)context, (void)request;
    buf_put_text(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    for (int i = 0; i < 2000; i++)
        buf_printf(out, "X-%d: 0123456789012345678901234567890123456789\r\n", i);
    buf_put_text(out, "\r\n");
}

Test(fetch, bounds_the_head_too)
{
    fake_start_with(put_long_head, NULL);
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = fake_url()}, &answer), FETCH_TOO_LONG);
}

Test(fetch, leaves_out_an_etag_that_is_too_long_to_keep)
{
    char header[256];
    snprintf(header, sizeof header, "ETag: \"%0200d\"\r\n", 0);
    cr_expect_eq(ask(fake_answer(200, header, ""), (struct fetch_request){0}), FETCH_ANSWERED);
    cr_expect_str_eq(answer.etag, "");
}

Test(fetch, tells_apart_how_a_connection_fails)
{
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = "http://127.0.0.1:1/"}, &answer), FETCH_REFUSED);
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = "http://no.such.host.invalid/"}, &answer),
                 FETCH_UNRESOLVED);
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = "file:///etc/passwd"}, &answer), FETCH_BROKEN);
    cr_expect_eq(ask("", (struct fetch_request){0}), FETCH_BROKEN);
}

/* Connects, and then hears nothing. */
static void put_nothing_for_long(void *context, const char *request, struct buf *out)
{
    (void)context, (void)request;
    buf_put_text(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
}

Test(fetch, gives_up_when_it_takes_too_long)
{
    fetch_close(fetch);
    fetch = fetch_open("tests/1", 1);
    cr_assert_not_null(fetch);
    fake_start_with(put_nothing_for_long, NULL);
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = fake_url()}, &answer), FETCH_TIMED_OUT);
}

Test(fetch, empties_the_answer_before_each_request)
{
    cr_expect_eq(ask(fake_answer(404, "ETag: \"x\"\r\n", "no"), (struct fetch_request){0}), FETCH_ANSWERED);
    cr_expect_eq(answer.status, 404);
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = "http://127.0.0.1:1/"}, &answer), FETCH_REFUSED);
    cr_expect(answer.status == 0 && answer.body.len == 0 && answer.etag[0] == '\0' && answer.retry_after == -1);
}

Test(fetch, has_a_word_for_each_outcome)
{
    for (int outcome = FETCH_ANSWERED; outcome <= FETCH_UNTRUSTED; outcome++)
        cr_expect_eq(fetch_tell((enum fetch_outcome)outcome)[0] == '\0', outcome == FETCH_ANSWERED);
}

/* By the address that is connected to, whatever the name was; and no connection is made. */
Test(fetch, goes_nowhere_out_of_its_reach)
{
    static const enum reach barred[] = {REACH_PUBLIC, REACH_NETWORK};
    for (size_t i = 0; i < sizeof barred / sizeof *barred; i++) {
        fetch_confine(fetch, barred[i]);
        cr_expect_eq(ask(fake_answer(200, "", "hello"), (struct fetch_request){.url = NULL}), FETCH_UNREACHABLE);
        cr_expect(fetch_was_barred(fetch));
        fake_stop();
    }
    fetch_confine(fetch, REACH_LOOPBACK);
    cr_expect_eq(ask(fake_answer(200, "", "hello"), (struct fetch_request){.url = NULL}), FETCH_ANSWERED);
    cr_expect_not(fetch_was_barred(fetch));
}

Test(fetch, finds_a_host_by_itself_and_uses_no_proxy_then)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost"};
    char url[64];
    cr_assert_eq(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    const char *hello = fake_answer(200, "", "hello");
    cr_expect_eq(ask(hello, (struct fetch_request){.url = NULL}), FETCH_REFUSED);
    fetch_look_up_itself(fetch);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        fake_stop(); /* which takes one connection after the other */
        fake_start(&hello, 1);
        snprintf(url, sizeof url, "http://%s%s/", hosts[i], strrchr(fake_url(), ':'));
        cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = url}, &answer), FETCH_ANSWERED, "%s", url);
        cr_expect_str_eq(buf_text(&answer.body), "hello");
    }
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = "http://[::1]:1/"}, &answer), FETCH_REFUSED);
    cr_expect_eq(fetch_do(fetch, &(struct fetch_request){.url = "http://no-such-host.invalid/"}, &answer),
                 FETCH_UNRESOLVED);
}

Test(fetch, names_the_file_of_authorities_that_it_reads)
{
    cr_assert_eq(setenv("BURGERPANEL_CA_FILE", "", 1), 0);
    cr_expect_null(fetch_authorities());
    cr_assert_eq(setenv("BURGERPANEL_CA_FILE", "/some/ca.pem", 1), 0);
    cr_expect_str_eq(fetch_authorities(), "/some/ca.pem");
}
