/* The words for what went otherwise than asked. */
#include "base/clock.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "tests/unit/capture.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct http_answer answer;

static void prepare(void)
{
    kit_begin();
    http_answer_init(&answer);
}

static void finish(void)
{
    http_answer_free(&answer);
    kit_end();
}

TestSuite(messages, .init = prepare, .fini = finish);
TestSuite(failures, .init = prepare, .fini = finish);

static void expect_reason(const char *part)
{
    struct buf out;
    buf_init(&out, 4096);
    messages_put_reason(&out, &answer);
    cr_expect_not_null(strstr(buf_text(&out), part), "'%s' has no '%s'", buf_text(&out), part);
    buf_free(&out);
}

Test(messages, name_what_the_collector_refused_and_what_came_in_between)
{
    answer.transfer = FETCH_ANSWERED;
    answer.status = 409;
    answer.problem = PROBLEM_ROUND_NOT_OPEN;
    expect_reason("round is not open");
    answer.problem = PROBLEM_NOT_FOUND;
    answer.status = 404;
    expect_reason("HTTP 404");
    answer.problem = PROBLEM_NONE;
    answer.status = 301;
    expect_reason("sent elsewhere (HTTP 301)");
    answer.transfer = FETCH_TOO_LONG;
    expect_reason("far longer");
}

Test(messages, tell_a_server_in_between_and_a_collector_that_has_moved)
{
    answer.transfer = FETCH_ANSWERED;
    for (answer.status = 502; answer.status <= 504; answer.status++)
        expect_reason("a server between you and the collector");
    answer.status = 500;
    expect_reason("unexpected answer (HTTP 500)");
    answer.status = 308;
    expect_reason("sent elsewhere");
    memcpy(answer.moved_to, "https://new.example", 20);
    expect_reason("has moved to https://new.example; `burgerpanel enrol https://new.example`");
}

Test(messages, show_a_problem_s_errors_without_what_moves_a_cursor)
{
    static const char body[] = "{\"errors\":[{\"pointer\":\"/answers/a\\u001b[2J\",\"detail\":\"too\\u009b31m big\"},"
                               "{\"pointer\":17},{\"pointer\":\"/iat\",\"detail\":\"late\"}]}";
    capture_begin(2);
    messages_say_errors(body, sizeof body - 1);
    messages_say_errors("no JSON", 7);
    cr_expect_str_eq(capture_end(2), "  a?[2J: too?31m big\n  /iat: late\n");
}

Test(messages, cut_an_error_that_is_very_long_on_a_character)
{
    struct buf body;
    buf_init(&body, (size_t)64 * 1024);
    buf_put_text(&body, "{\"errors\":[{\"pointer\":\"/answers/a\",\"detail\":\"x");
    for (int i = 0; i < 5000; i++)
        buf_put_text(&body, "\u00e9");
    buf_put_text(&body, "\"},{\"pointer\":\"/answers/b\",\"detail\":\"late\"}]}");
    capture_begin(2);
    messages_say_errors(buf_text(&body), body.len);
    const char *said = capture_end(2);
    cr_expect(strncmp(said, "  a: x\u00e9", 8) == 0, "%s", said);
    cr_expect_str_eq(said + strlen("  a: ") + 499, "...\n  b: late\n");
    buf_free(&body);
}

Test(messages, say_how_far_a_clock_is_off_only_when_it_is)
{
    answer.server_time = clock_now() - 299;
    capture_begin(2);
    messages_say_clock(&answer);
    cr_expect_str_eq(capture_end(2), "");
    answer.server_time = clock_now() + 900;
    capture_begin(2);
    messages_say_clock(&answer);
    cr_expect_not_null(strstr(capture_end(2), "seconds slow"));
    answer.server_time = clock_now() - 900;
    capture_begin(2);
    messages_say_clock(&answer);
    cr_expect_not_null(strstr(capture_end(2), "seconds fast"));
}

Test(failures, say_what_and_why_in_one_line)
{
    capture_begin(2);
    errno = ENOSPC;
    cr_expect_eq(failure_tell_errno("some\033file"), 1);
    const char *said = capture_end(2);
    cr_expect_not_null(strstr(said, "some?file: "), "%s", said);
    cr_expect_eq(strchr(said, '\n'), said + strlen(said) - 1);
}

Test(failures, name_the_faults_and_how_many_more_there_are)
{
    struct faults faults;
    faults_init(&faults);
    for (int i = 0; i < FAULTS_MAX + 3; i++)
        faults_add(&faults, "r.csv:2", "fault %d", i);
    capture_begin(2);
    failure_say_faults("  ", &faults);
    const char *said = capture_end(2);
    cr_expect_eq(strncmp(said, "  r.csv:2: fault 0\n", 19), 0);
    cr_expect_not_null(strstr(said, "... and 3 more\n"));
    faults_free(&faults);
}

Test(failures, put_every_way_in_which_a_folder_does_not_open_in_words)
{
    struct error error = {0};
    cr_expect_eq(failure_of_home(&error, PROFILE_OPEN, "/h"), 0);
    cr_expect_eq(error.kind, ERROR_NONE);
    static const enum profile_result results[] = {PROFILE_MISSING, PROFILE_BUSY, PROFILE_DAMAGED, PROFILE_FAILED};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        errno = EACCES;
        cr_expect_eq(failure_of_home(&error, results[i], "/h"), -1);
        cr_expect_not_null(strstr(error.text, "/h"), "%s", error.text);
    }
    cr_expect_eq(error.kind, ERROR_IO);
}
