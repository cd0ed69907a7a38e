/* So many in a window, for each key by itself, by the clock that the caller brings. */
#include "base/mem.h"
#include "collector/intake/quota.h"
#include <criterion/criterion.h>

#define NOW INT64_C(1780272000)

Test(quota, lets_so_many_through_in_a_window_and_says_when_there_may_be_more)
{
    struct quota *quota = quota_new(3, 60, 100);
    cr_assert_not_null(quota);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(quota_wait(quota, 7, NOW + i * 10), 0);
        quota_note(quota, 7, NOW + i * 10);
    }
    cr_assert_eq(quota_wait(quota, 7, NOW + 20), 40);
    cr_assert_eq(quota_wait(quota, 7, NOW + 59), 1);
    cr_assert_eq(quota_wait(quota, 7, NOW + 60), 0, "another window");
    quota_note(quota, 7, NOW + 60);
    quota_note(quota, 7, NOW + 60);
    cr_assert_eq(quota_wait(quota, 7, NOW + 60), 0);
    quota_note(quota, 7, NOW + 60);
    cr_assert_eq(quota_wait(quota, 7, NOW + 60), 60);
    quota_free(quota);
}

Test(quota, counts_each_key_by_itself)
{
    struct quota *quota = quota_new(1, 60, 4096);
    cr_assert_not_null(quota);
    for (uint64_t key = 1; key <= 400; key++) {
        cr_assert_eq(quota_wait(quota, key, NOW), 0);
        quota_note(quota, key, NOW);
    }
    for (uint64_t key = 1; key <= 400; key++)
        cr_assert_eq(quota_wait(quota, key, NOW), 60, "key %llu", (unsigned long long)key);
    quota_free(quota);
}

Test(quota, forgets_those_seen_longest_ago_where_there_are_very_many)
{
    struct quota *quota = quota_new(1, 60, 8);
    cr_assert_not_null(quota);
    for (uint64_t key = 1; key <= 9; key++)
        quota_note(quota, key, NOW + (int64_t)key);
    cr_assert_eq(quota_wait(quota, 1, NOW + 10), 0, "the oldest has made room");
    for (uint64_t key = 2; key <= 9; key++)
        cr_assert_gt(quota_wait(quota, key, NOW + 10), 0, "key %llu", (unsigned long long)key);
    quota_free(quota);
}

Test(quota, holds_nobody_for_a_clock_that_was_set_back)
{
    struct quota *quota = quota_new(1, 60, 8);
    cr_assert_not_null(quota);
    quota_note(quota, 5, NOW);
    cr_assert_eq(quota_wait(quota, 5, NOW - 86400), 0);
    quota_note(quota, 5, NOW - 86400);
    cr_assert_eq(quota_wait(quota, 5, NOW - 86400), 60);
    quota_free(quota);
}

Test(quota, bounds_nothing_where_there_is_none)
{
    cr_assert_eq(quota_wait(NULL, 1, NOW), 0);
    quota_note(NULL, 1, NOW);
    quota_free(NULL);
    mem_fail_at(1);
    cr_assert_null(quota_new(1, 60, 8));
    mem_fail_at(0);
}

Test(quota, counts_no_longer_what_was_taken_back)
{
    struct quota *quota = quota_new(2, 60, 8);
    cr_assert_not_null(quota);
    quota_note(quota, 7, NOW);
    quota_note(quota, 7, NOW + 1);
    cr_assert_eq(quota_wait(quota, 7, NOW + 2), 58);
    quota_take_back(quota, 7);
    cr_assert_eq(quota_wait(quota, 7, NOW + 2), 0);
    quota_take_back(quota, 7);
    quota_take_back(quota, 7);
    quota_take_back(quota, 8);
    quota_take_back(NULL, 7);
    quota_note(quota, 7, NOW + 3);
    quota_note(quota, 7, NOW + 4);
    cr_assert_eq(quota_wait(quota, 7, NOW + 4), 59, "a window that begins with the first that counts");
    quota_free(quota);
}
