/* Sorting outcomes, and the back-off schedule. */
#include "client/net/retry.h"
#include <criterion/criterion.h>

Test(retry, is_done_when_answered_well)
{
    cr_expect_eq(retry_sort(FETCH_ANSWERED, 200), HTTP_DONE);
    cr_expect_eq(retry_sort(FETCH_ANSWERED, 201), HTTP_DONE);
    cr_expect_eq(retry_sort(FETCH_ANSWERED, 304), HTTP_DONE);
}

Test(retry, tries_again_when_the_fault_may_pass)
{
    static const unsigned statuses[] = {408, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        cr_expect_eq(retry_sort(FETCH_ANSWERED, statuses[i]), HTTP_RETRY, "%u", statuses[i]);
    cr_expect_eq(retry_sort(FETCH_REFUSED, 0), HTTP_RETRY);
}

Test(retry, gives_up_when_the_same_would_go_the_same_way)
{
    static const unsigned statuses[] = {0, 100, 301, 302, 307, 400, 401, 403, 404, 409, 413, 415};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        cr_expect_eq(retry_sort(FETCH_ANSWERED, statuses[i]), HTTP_REFUSED, "%u", statuses[i]);
    cr_expect_eq(retry_sort(FETCH_UNTRUSTED, 0), HTTP_REFUSED);
    cr_expect_eq(retry_sort(FETCH_TOO_LONG, 0), HTTP_REFUSED);
}

static const struct retry_policy policy = {.attempts = 6, .first_ms = 100, .most_ms = 1000, .patience_s = 10};

Test(retry, doubles_up_to_the_most_when_nothing_was_asked)
{
    static const int64_t ceilings[] = {100, 200, 400, 800, 1000};
    for (unsigned attempt = 1; attempt <= 5; attempt++) {
        int64_t ceiling = ceilings[attempt - 1];
        int64_t span = ceiling - ceiling / 2;
        cr_expect_eq(retry_wait_ms(&policy, attempt, 0, -1), ceiling / 2);
        cr_expect_eq(retry_wait_ms(&policy, attempt, (uint32_t)span, -1), ceiling);
        int64_t any = retry_wait_ms(&policy, attempt, 0xDEADBEEF, -1);
        cr_expect(any >= ceiling / 2 && any <= ceiling);
    }
}

Test(retry, ends_when_the_tries_are_used_up)
{
    cr_expect_eq(retry_wait_ms(&policy, 6, 0, -1), -1);
    cr_expect_eq(retry_wait_ms(&policy, 7, 0, 1), -1);
    cr_expect_eq(retry_wait_ms(&retry_never, 1, 0, -1), -1);
}

Test(retry, never_comes_before_it_was_asked_to)
{
    for (uint32_t random = 0; random < 100; random++) {
        int64_t wait = retry_wait_ms(&policy, 1, random, 3);
        cr_expect(wait >= 3000 && wait <= 3100);
    }
    cr_expect_geq(retry_wait_ms(&policy, 1, 0, 10), 10000);
}

Test(retry, leaves_off_when_asked_to_wait_longer_than_it_will)
{
    cr_expect_eq(retry_wait_ms(&policy, 1, 0, 11), -1);
    cr_expect_eq(retry_wait_ms(&policy, 1, 0, INT64_MAX), -1);
}
