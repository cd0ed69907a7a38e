/* Guesses cost no line each, and none is lost from the count. */
#include "collector/api/refusal_log.h"
#include "tests/unit/capture.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

Test(refusal_log, tells_a_few_guesses_a_minute_and_counts_the_rest)
{
    struct refusal_log log;
    cr_assert_eq(refusal_log_init(&log), 0);
    capture_begin(2);
    for (int i = 0; i < 1000; i++)
        refusal_log_guess(&log, 6000 + i % 60);
    cr_assert_eq(count_lines(capture_end(2)), 5);
    capture_begin(2);
    refusal_log_guess(&log, 6060);
    const char *told = capture_end(2);
    cr_assert_not_null(strstr(told, "access: 995 more were refused in a minute before\n"), "%s", told);
    cr_assert_eq(count_lines(told), 2);
    capture_begin(2);
    refusal_log_guess(&log, 6120);
    cr_assert_eq(count_lines(capture_end(2)), 1);
    refusal_log_destroy(&log);
}

Test(refusal_log, names_a_token_however_many_guess)
{
    struct refusal_log log;
    cr_assert_eq(refusal_log_init(&log), 0);
    capture_begin(2);
    for (int i = 0; i < 1000; i++)
        refusal_log_guess(&log, 6000);
    refusal_log_token(&log, 6000, "token ", "analyst-1");
    cr_assert_not_null(strstr(capture_end(2), "access: refused, token analyst-1\n"));
    refusal_log_destroy(&log);
}
