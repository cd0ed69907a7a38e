/* The way to the collector and back, over a real socket: requests, outcomes, deliveries, enrolment. */
#include "base/clock.h"
#include "base/file.h"
#include "client/deliver.h"
#include "client/enrol.h"
#include "tests/unit/client/fake.h"
#include "tests/unit/client/scratch.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct retry_policy quick = {.attempts = 3, .first_ms = 2, .most_ms = 4, .patience_s = 1};
static struct http *http;
static struct http_answer answer;

static void prepare(void)
{
    scratch_make();
    http_answer_init(&answer);
    cr_assert_eq(spool_prepare(scratch_folder()), 0);
}

static void finish(void)
{
    http_close(http);
    http_answer_free(&answer);
    scratch_remove();
}

TestSuite(http, .init = prepare, .fini = finish);
TestSuite(deliver, .init = prepare, .fini = finish);
TestSuite(enrol, .init = prepare, .fini = finish);

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

Test(http, writes_a_url_in_one_form)
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
    buf_init(&url, HTTP_URL_MAX);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        buf_reset(&url);
        cr_expect_eq(http_normalise_url(pairs[i][0], &url), 0, "%s", pairs[i][0]);
        cr_expect_str_eq(buf_text(&url), pairs[i][1]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        buf_reset(&url);
        cr_expect_eq(http_normalise_url(wrong[i], &url), -1, "%s", wrong[i]);
    }
    buf_free(&url);
}

Test(http, warns_only_of_what_leaves_this_machine_unsealed)
{
    cr_expect(http_is_exposed("http://example.nl"));
    cr_expect_not(http_is_exposed("https://example.nl"));
    cr_expect_not(http_is_exposed("http://127.0.0.1:8080"));
    cr_expect_not(http_is_exposed("http://localhost:8080"));
    cr_expect_not(http_is_exposed("http://[::1]:8080"));
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
    cr_expect_eq(answer.fate, FATE_OVERLONG);
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

Test(http, gives_up_when_nobody_is_there)
{
    http = http_open("http://127.0.0.1:1", &quick);
    cr_expect_eq(get(0), HTTP_RETRY);
    cr_expect_eq(answer.fate, FATE_UNREACHED);
    cr_expect_str_neq(answer.why, "");
}

/* --- deliveries */

#define PROBLEM(name) "{\"type\":\"urn:burgerpanel:problem:" name "\",\"status\":1}"

static enum delivery sort(enum http_outcome outcome, unsigned status, const char *body)
{
    struct json *document = json_parse(body, strlen(body), NULL);
    enum delivery delivery = deliver_sort(outcome, status, document);
    json_free(document);
    return delivery;
}

Test(deliver, believes_only_what_a_collector_says)
{
    cr_expect_eq(sort(HTTP_DONE, 201, "{\"index\":0}"), DELIVERY_SENT);
    cr_expect_eq(sort(HTTP_DONE, 200, "<html>"), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_DONE, 304, "{\"index\":0}"), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_RETRY, 503, PROBLEM("unavailable")), DELIVERY_KEPT);
    cr_expect_eq(sort(HTTP_REFUSED, 400, PROBLEM("invalid-response")), DELIVERY_REFUSED);
    cr_expect_eq(sort(HTTP_REFUSED, 409, PROBLEM("stale-revision")), DELIVERY_REFUSED);
    cr_expect_eq(sort(HTTP_REFUSED, 404, PROBLEM("not-found")), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_REFUSED, 415, PROBLEM("unsupported-media-type")), DELIVERY_BLOCKED);
    cr_expect_eq(sort(HTTP_REFUSED, 403, "<html>"), DELIVERY_BLOCKED);
}

static void spool(const char *action, int64_t revision)
{
    struct response_id id = scratch_id(action, revision);
    cr_assert_eq(spool_put(scratch_folder(), &id, "a.b.c", 5), 0);
}

static enum spool_place place_of(const char *action, int64_t revision)
{
    struct response_id id = scratch_id(action, revision);
    return spool_find(scratch_folder(), &id);
}

Test(deliver, files_each_response_by_its_answer)
{
    const char *answers[] = {fake_answer(201, "", "{\"index\":4,\"receipt\":\"r\"}"),
                             fake_answer(409, "", PROBLEM("round-not-open")), fake_answer(200, "", "{\"index\":5}")};
    struct delivery_count count;
    meet(answers, 3);
    spool("A", 1);
    spool("B", 1);
    spool("C", 1);
    cr_expect_eq(deliver_all(scratch_folder(), http, &answer, NULL, NULL, &count), DELIVERY_SENT);
    cr_expect(count.sent == 2 && count.refused == 1 && count.kept == 0);
    cr_expect_eq(place_of("A", 1), SPOOL_SENT);
    cr_expect_eq(place_of("B", 1), SPOOL_REFUSED);
    cr_expect_eq(place_of("C", 1), SPOOL_SENT);
    cr_expect_not_null(strstr(fake_last(), "Content-Type: application/jose\r\n"));
    cr_expect_not_null(strstr(fake_last(), "\r\n\r\na.b.c"));
}

Test(deliver, sends_no_later_revision_while_an_earlier_one_waits)
{
    const char *answers[] = {fake_answer(503, "Retry-After: 60\r\n", PROBLEM("unavailable"))};
    struct delivery_count count;
    meet(answers, 1);
    spool("A", 1);
    spool("A", 2);
    cr_expect_eq(deliver_all(scratch_folder(), http, &answer, NULL, NULL, &count), DELIVERY_KEPT);
    cr_expect_eq(count.kept, 2);
    cr_expect_eq(fake_requests(), 1);
    cr_expect_eq(place_of("A", 1), SPOOL_WAITING);
    cr_expect_eq(place_of("A", 2), SPOOL_WAITING);
}

Test(deliver, keeps_the_response_when_something_in_between_answers)
{
    const char *answers[] = {fake_answer(403, "", "<html>log in first</html>")};
    struct delivery_count count;
    meet(answers, 1);
    spool("A", 1);
    cr_expect_eq(deliver_all(scratch_folder(), http, &answer, NULL, NULL, &count), DELIVERY_BLOCKED);
    cr_expect_eq(place_of("A", 1), SPOOL_WAITING);
}

/* --- enrolment */

#define CODE "0000000-0000000-0000000-00000"

Test(enrol, has_its_key_on_disk_before_anything_is_sent)
{
    const char *answers[] = {""};
    struct profile profile;
    meet(answers, 1);
    cr_assert_eq(profile_open(&profile, scratch_folder(), false), PROFILE_OPEN);
    cr_expect_eq(enrol_member(&profile, http, fake_url(), "wau", CODE, &answer), ENROL_LATER);
    cr_expect(file_exists(scratch_path("key")));
    cr_expect_not(profile_is_enrolled(&profile));
    profile_close(&profile);
}

Test(enrol, believes_only_an_answer_about_its_own_key)
{
    char body[128];
    const char *answers[2] = {fake_answer(201, "", "{\"kid\":\"another\",\"index\":1}"), NULL};
    struct profile profile;
    meet(answers, 2);
    cr_assert_eq(profile_open(&profile, scratch_folder(), false), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(&profile), 0);
    snprintf(body, sizeof body, "{\"kid\":\"%s\",\"index\":6,\"receipt\":\"r\"}", profile.kid);
    answers[1] = fake_answer(200, "", body);
    cr_expect_eq(enrol_member(&profile, http, fake_url(), "wau", CODE, &answer), ENROL_REFUSED);
    cr_expect_not(profile_is_enrolled(&profile));
    cr_expect_eq(enrol_member(&profile, http, fake_url(), "wau", CODE, &answer), ENROL_DONE);
    cr_expect_eq(profile.index, 6);
    cr_expect_eq(enrol_member(&profile, http, fake_url(), "wau", CODE, &answer), ENROL_DONE, "no second time");
    cr_expect_eq(fake_requests(), 2);
    profile_close(&profile);
}
