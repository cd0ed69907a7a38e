/* How deliveries are told: of each response, of what still waits, and with which exit code. */
#include "client/terminal/outcome.h"
#include "tests/unit/capture.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
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

TestSuite(outcome, .init = prepare, .fini = finish);

static const char *told(enum delivery delivery, const char *body)
{
    struct response_id id = kit_id("WA-1.03", 2);
    buf_reset(&answer.body);
    buf_put_text(&answer.body, body);
    capture_begin(2);
    outcome_tell(NULL, &id, delivery, &answer);
    return capture_end(2);
}

Test(outcome, tells_the_entry_and_what_it_replaces)
{
    answer.status = 201;
    cr_expect_str_eq(told(DELIVERY_SENT, "{\"index\":7}"), "WA-1.03: accepted, entry 7 of the log\n");
    cr_expect_str_eq(told(DELIVERY_SENT, "{\"index\":7,\"replaced\":3}"),
                     "WA-1.03: accepted, entry 7 of the log; it replaces your earlier response\n");
}

Test(outcome, tells_why_it_was_refused_with_the_faults_named)
{
    answer.status = 400;
    answer.problem = PROBLEM_INVALID_RESPONSE;
    cr_expect_str_eq(
        told(DELIVERY_REFUSED, "{\"errors\":[{\"pointer\":\"/answers/a\",\"detail\":\"no such option\"}]}"),
        "WA-1.03: refused: the answers don't fit the questions\n  a: no such option\n");
}

static const char *rest(enum delivery stopped_by, int expected)
{
    struct delivery_count count = {.kept = 2};
    error_set(&count.unproven, ERROR_REFUSED, "another entry");
    capture_begin(2);
    int exit_code = outcome_tell_rest(stopped_by, &count, &answer);
    const char *said = capture_end(2);
    cr_expect_eq(exit_code, expected, "%s", said);
    return said;
}

Test(outcome, is_a_failure_unless_it_only_waits_for_a_connection)
{
    answer.transfer = FETCH_REFUSED;
    cr_expect_str_eq(rest(DELIVERY_SENT, 0), "");
    cr_expect_str_eq(rest(DELIVERY_REFUSED, 0), "");
    cr_expect_not_null(strstr(rest(DELIVERY_KEPT, 0), "2 kept, signed; `burgerpanel sync` sends it later."));
    cr_expect_not_null(strstr(rest(DELIVERY_BLOCKED, 1), "2 kept, signed"));
    cr_expect_not_null(strstr(rest(DELIVERY_UNPROVEN, 1), "another entry"));
    cr_expect_not_null(strstr(rest(DELIVERY_FAILED, 1), "response"));
}

static int64_t current_in(const char *problem)
{
    struct buf text;
    buf_init(&text, 256);
    buf_put_text(&text, problem);
    int64_t current = outcome_current_revision(&text);
    buf_free(&text);
    return current;
}

Test(outcome, takes_a_current_revision_from_a_stale_one_alone)
{
    cr_expect_eq(current_in("{\"type\":\"urn:burgerpanel:problem:stale-revision\",\"currentRevision\":4}"), 4);
    cr_expect_eq(current_in("{\"type\":\"urn:burgerpanel:problem:stale-revision\",\"currentRevision\":0}"), 0);
    cr_expect_eq(current_in("{\"type\":\"urn:burgerpanel:problem:stale-revision\"}"), 0);
    cr_expect_eq(current_in("{\"type\":\"urn:burgerpanel:problem:round-not-open\",\"currentRevision\":4}"), 0);
    cr_expect_eq(current_in("nothing"), 0);
}
