/* So many at once and as many again in a window, each address by itself, whatever the clock does and however many
 * come. */
#include "collector/http/limiter.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define NOW (1000 * SECOND)
#define SLOTS 1024

static struct limiter *limiter;

static void open_limiter(unsigned most, unsigned seconds)
{
    limiter = limiter_new(most, seconds, SLOTS);
    cr_assert_not_null(limiter);
}

static void close_limiter(void)
{
    limiter_free(limiter);
}

TestSuite(limiter, .fini = close_limiter);

static struct address address_of(const char *text)
{
    struct address address;
    cr_assert_eq(address_read(text, strlen(text), &address), 0, "%s", text);
    return address;
}

static int64_t take_one(const char *text, int64_t now)
{
    const struct address address = address_of(text);
    return limiter_take(limiter, &address, now);
}

/* How many of `tries` it may at that moment. */
static int count_taken(const char *text, int tries, int64_t now)
{
    int taken = 0;
    for (int i = 0; i < tries; i++)
        taken += take_one(text, now) == 0;
    return taken;
}

static void number_address(char out[static 32], const char *network, unsigned number)
{
    snprintf(out, 32, "%s.%u.%u", network, number >> 8, number & 255);
}

Test(limiter, lets_so_many_at_once_and_then_one_by_one)
{
    open_limiter(6, 60);
    cr_assert_eq(count_taken("192.0.2.1", 100, NOW), 6);
    cr_assert_eq(take_one("192.0.2.1", NOW), 10, "in ten seconds one is made good");
    cr_assert_eq(take_one("192.0.2.1", NOW + 9 * SECOND), 1);
    cr_assert_eq(count_taken("192.0.2.1", 100, NOW + 10 * SECOND), 1);
    cr_assert_eq(count_taken("192.0.2.1", 100, NOW + 40 * SECOND), 3);
    cr_assert_eq(count_taken("192.0.2.1", 100, NOW + 1000 * SECOND), 6, "never more than that at once");
}

Test(limiter, counts_each_address_by_itself)
{
    open_limiter(2, 60);
    for (unsigned i = 0; i < 100; i++) {
        char text[32];
        number_address(text, "192.0", i);
        cr_assert_eq(count_taken(text, 5, NOW), 2, "%s", text);
    }
    cr_assert_eq(count_taken("192.0.0.1", 5, NOW), 0);
}

Test(limiter, takes_a_line_of_ipv6_for_one_address_and_eight_lines_for_a_site)
{
    open_limiter(3, 60);
    cr_assert_eq(count_taken("2001:db8:0:1::1", 2, NOW), 2);
    cr_assert_eq(count_taken("2001:db8:0:1:ffff::2", 5, NOW), 1, "the same /64");
    for (unsigned i = 2; i <= 8; i++) {
        char text[32];
        snprintf(text, sizeof text, "2001:db8:0:%x::1", i);
        cr_assert_eq(count_taken(text, 5, NOW), 3, "%s", text);
    }
    cr_assert_eq(count_taken("2001:db8:0:9::1", 5, NOW), 0, "the /48 has had eight times as many");
    cr_assert_gt(take_one("2001:db8:0:9::1", NOW), 0);
    cr_assert_eq(count_taken("2001:db8:1:1::1", 5, NOW), 3, "another /48");
}

Test(limiter, counts_no_refusal)
{
    open_limiter(1, 60);
    cr_assert_eq(take_one("192.0.2.1", NOW), 0);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(take_one("192.0.2.1", NOW + i), 60);
    cr_assert_eq(take_one("192.0.2.1", NOW + 60 * SECOND), 0);
}

Test(limiter, takes_back_what_was_none_of_those)
{
    open_limiter(3, 60);
    const struct address v4 = address_of("192.0.2.1"), v6 = address_of("2001:db8::1");
    for (int i = 0; i < 1000; i++) {
        cr_assert_eq(limiter_take(limiter, &v4, NOW), 0);
        limiter_give_back(limiter, &v4);
        cr_assert_eq(limiter_take(limiter, &v6, NOW), 0);
        limiter_give_back(limiter, &v6);
    }
    cr_assert_eq(count_taken("192.0.2.1", 5, NOW), 3);
    cr_assert_eq(count_taken("2001:db8::1", 5, NOW), 3);
    limiter_give_back(limiter, &v4);
    cr_assert_eq(count_taken("192.0.2.1", 5, NOW), 1);
}

Test(limiter, holds_nobody_for_longer_than_a_window_when_the_clock_leaps)
{
    open_limiter(2, 60);
    cr_assert_eq(count_taken("192.0.2.1", 5, NOW), 2);
    int64_t wait = take_one("192.0.2.1", NOW - 900 * SECOND);
    cr_assert(wait > 0 && wait <= 60, "%lld seconds", (long long)wait);
    cr_assert_eq(take_one("192.0.2.2", NOW - 900 * SECOND), 0, "nobody else");
    cr_assert_eq(count_taken("192.0.2.1", 5, NOW + 100000 * SECOND), 2);
}

Test(limiter, that_is_full_forgets_those_who_have_waited_longest_and_lets_newcomers_in)
{
    open_limiter(1, 60);
    for (unsigned i = 0; i < 4 * SLOTS; i++) {
        char text[32];
        number_address(text, "10.0", i);
        cr_assert_eq(take_one(text, NOW + i), 0, "%s", text);
    }
    unsigned held = 0;
    for (unsigned i = 4 * SLOTS; i > 4 * SLOTS - SLOTS / 8; i--) {
        char text[32];
        number_address(text, "10.0", i - 1);
        held += take_one(text, NOW + 4 * SLOTS) > 0;
    }
    cr_assert_geq(held, SLOTS / 16, "%u of the newest %d", held, SLOTS / 8);
    cr_assert_eq(take_one("10.0.0.0", NOW + 4 * SLOTS), 0, "the oldest begins anew");
}

/* Neighbours fall apart: of as many addresses in a row as there are slots half or more are held at once. */
Test(limiter, spreads_addresses_that_stand_in_a_row)
{
    open_limiter(1, 60);
    for (unsigned i = 0; i < SLOTS / 2; i++) {
        char text[32];
        number_address(text, "10.0", i);
        cr_assert_eq(take_one(text, NOW), 0);
    }
    unsigned held = 0;
    for (unsigned i = 0; i < SLOTS / 2; i++) {
        char text[32];
        number_address(text, "10.0", i);
        held += take_one(text, NOW) > 0;
    }
    cr_assert_geq(held, SLOTS * 4 / 10, "%u of %d", held, SLOTS / 2);
}

Test(limiter, that_is_none_bounds_nothing)
{
    const struct address address = address_of("192.0.2.1");
    limiter = NULL;
    for (int i = 0; i < 100; i++)
        cr_assert_eq(limiter_take(NULL, &address, NOW), 0);
    limiter_give_back(NULL, &address);
}
