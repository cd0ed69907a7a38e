/* Pairs as one number: the same in whatever order they come, another for other pairs, and one that nobody knows
 * beforehand. */
#include "collector/audit/links.h"
#include <criterion/criterion.h>
#include <string.h>

Test(links, are_the_same_in_whatever_order_they_come)
{
    struct links one, other;
    links_init(&one);
    links_init_like(&other, &one);
    cr_assert(links_same(&one, &other));
    for (int64_t i = 0; i < 100; i++) {
        links_add(&one, 2 * i + 1, i);
        links_add(&other, 2 * (99 - i) + 1, 99 - i);
    }
    cr_assert(links_same(&one, &other));
    links_add(&one, 300, 200);
    cr_assert_not(links_same(&one, &other));
    links_add(&other, 200, 300);
    cr_assert_not(links_same(&one, &other), "of another pair");
}

Test(links, add_up_to_another_number_each_time)
{
    struct links one, other;
    links_init(&one);
    links_init(&other);
    links_add(&one, 7, 4);
    links_add(&other, 7, 4);
    cr_assert_neq(memcmp(one.sums, other.sums, sizeof one.sums), 0);
}
