/* What becomes of a batch's lines: in order, and small where they hold nothing. */
#include "base/mem.h"
#include "collector/api/outcomes.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(outcomes, .init = kit_begin, .fini = kit_end);

static struct outcomes outcomes;

static int add_refusal(enum problem problem, const char *text)
{
    struct buf json;
    buf_init(&json, KIT_TEXT_MAX);
    buf_put_text(&json, text);
    int result = buf_check(&json) == 0 ? outcomes_add_refusal(&outcomes, problem, &json) : -1;
    buf_free(&json);
    return result;
}

static struct submission *new_submission(int64_t index)
{
    struct submission *s = mem_calloc(1, sizeof *s);
    if (s)
        s->index = index;
    return s;
}

/* The next line as a text: its refusal's, or the number of its submission. */
static const char *next(void)
{
    static char text[32];
    const struct submission *s;
    const struct outcome_refusal *refusal;
    if (!outcomes_next(&outcomes, &s, &refusal))
        return "end";
    if (refusal)
        return refusal->json;
    snprintf(text, sizeof text, "%lld", (long long)s->index);
    return text;
}

Test(outcomes, come_in_the_order_of_their_lines)
{
    cr_assert_eq(add_refusal(PROBLEM_MALFORMED_ENVELOPE, "a"), 0);
    cr_assert_eq(outcomes_add(&outcomes, new_submission(7), NULL), 0);
    cr_assert_eq(add_refusal(PROBLEM_NOT_VERIFIED, "b"), 0);
    cr_assert_eq(add_refusal(PROBLEM_MALFORMED_ENVELOPE, "a"), 0);
    cr_assert_eq(outcomes_add(&outcomes, new_submission(8), json_parse("\"x\"", 3, NULL)), 0);
    cr_assert_eq(outcomes.submission_count, 2);
    cr_assert_eq(outcomes.refusal_count, 2);
    cr_assert_str_eq(next(), "a");
    cr_assert_str_eq(next(), "7");
    cr_assert_str_eq(next(), "b");
    cr_assert_str_eq(next(), "a");
    cr_assert_str_eq(next(), "8");
    cr_assert_str_eq(next(), "end");
    outcomes_free(&outcomes);
    cr_assert_str_eq(next(), "end");
}

Test(outcomes, of_lines_that_hold_nothing_are_small)
{
    static const char text[] = "{\"type\":\"urn:burgerpanel:problem:malformed-envelope\",\"status\":400}";
    for (size_t i = 0; i < OUTCOMES_MAX; i++)
        cr_assert_eq(add_refusal(PROBLEM_MALFORMED_ENVELOPE, i % 2 == 0 ? text : "other"), 0);
    cr_assert_lt(outcomes_size(&outcomes), 20000);
    for (size_t i = 0; i < OUTCOMES_MAX; i++)
        cr_assert_str_eq(next(), i % 2 == 0 ? text : "other");
    cr_assert_str_eq(next(), "end");
    outcomes_free(&outcomes);
}

Test(outcomes, tell_apart_more_refusals_than_they_compare)
{
    char text[16];
    for (size_t i = 0; i < OUTCOMES_MAX; i++) {
        snprintf(text, sizeof text, "r%zu", i);
        cr_assert_eq(add_refusal(PROBLEM_INVALID_RESPONSE, text), 0);
    }
    for (size_t i = 0; i < OUTCOMES_MAX; i++) {
        snprintf(text, sizeof text, "r%zu", i);
        cr_assert_str_eq(next(), text);
    }
    outcomes_free(&outcomes);
}

/* Adds a line of each kind; -1 when one of them found no memory. */
static int add_some(void)
{
    struct submission *s = new_submission(1);
    if (!s || outcomes_add(&outcomes, s, json_parse("\"x\"", 3, NULL)) < 0)
        return -1;
    return add_refusal(PROBLEM_NOT_VERIFIED, "a") < 0 || add_refusal(PROBLEM_NOT_VERIFIED, "b") < 0 ? -1 : 0;
}

Test(outcomes, leak_nothing_and_lose_nothing_when_memory_lacks)
{
    for (unsigned long n = 1;; n++) {
        mem_fail_at(n);
        int result = add_some();
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert(failed || result == 0, "allocation %lu", n);
        if (result == 0)
            cr_assert_eq(outcomes.count, 3);
        outcomes_free(&outcomes);
        if (!failed) {
            cr_assert_gt(n, 5, "there were failures");
            return;
        }
    }
}
