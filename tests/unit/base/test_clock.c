/* The time and RFC 3339. */
#include "base/clock.h"

#include <criterion/criterion.h>
#include <string.h>

static int64_t parsed(const char *text)
{
    int64_t seconds = INT64_MIN;

    cr_assert_eq(clock_parse(text, &seconds), 0, "%s", text);
    return seconds;
}

Test(clock, reads_date_times_in_every_allowed_form)
{
    cr_assert_eq(parsed("1970-01-01T00:00:00Z"), 0);
    cr_assert_eq(parsed("2026-01-01T00:00:00+01:00"), 1767222000);
    cr_assert_eq(parsed("2026-01-01t00:00:00z"), 1767225600);
    cr_assert_eq(parsed("2026-01-01T00:00:00.999999999Z"), 1767225600);
    cr_assert_eq(parsed("2025-12-31T12:30:00-11:30"), 1767225600);
    cr_assert_eq(parsed("2026-01-01T00:00:00-00:00"), 1767225600);
    cr_assert_eq(parsed("2024-02-29T00:00:00Z"), 1709164800);
    cr_assert_eq(parsed("2000-02-29T23:59:59Z"), 951868799);
    cr_assert_eq(parsed("0000-01-01T00:00:00Z"), -62167219200);
    cr_assert_eq(parsed("9999-12-31T23:59:59Z"), 253402300799);
    cr_assert_eq(parsed("1969-12-31T23:59:59Z"), -1);
}

Test(clock, takes_a_leap_second_only_where_one_may_stand)
{
    int64_t seconds;

    cr_assert_eq(parsed("2016-12-31T23:59:60Z"), 1483228799);
    cr_assert_eq(parsed("2017-01-01T00:59:60+01:00"), 1483228799);
    cr_assert_eq(parsed("1990-12-31T15:59:60.5-08:00"), parsed("1990-12-31T23:59:59Z"));
    cr_assert_eq(clock_parse("2016-12-31T22:59:60Z", &seconds), -1);
    cr_assert_eq(clock_parse("2016-12-30T23:59:60Z", &seconds), -1);
    cr_assert_eq(clock_parse("2016-12-31T23:59:60+01:00", &seconds), -1);
    cr_assert_eq(clock_parse("2016-12-31T23:59:61Z", &seconds), -1);
}

Test(clock, refuses_what_is_no_date_time)
{
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-01-01",
                                      "2026-01-01T00:00:00",
                                      "2026-01-01 00:00:00Z",
                                      "2026-1-01T00:00:00Z",
                                      "2026-01-01T00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "2026-01-32T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2100-02-29T00:00:00Z",
                                      "2026-04-31T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00,5Z",
                                      "2026-01-01T00:00:00+1:00",
                                      "2026-01-01T00:00:00+0100",
                                      "2026-01-01T00:00:00+24:00",
                                      "2026-01-01T00:00:00+01:60",
                                      "2026-01-01T00:00:00Z ",
                                      " 2026-01-01T00:00:00Z",
                                      "2026-01-01T00:00:00ZZ",
                                      "+2026-01-01T00:00:00Z",
                                      "-026-01-01T00:00:00Z",
                                      "2026-01-01T-1:00:00Z",
                                      "2026-01-01T00:00:00+01:00Z"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t seconds = 42;

        cr_assert_eq(clock_parse(bad[i], &seconds), -1, "%s", bad[i]);
        cr_assert_eq(seconds, 42);
    }
}

Test(clock, writes_utc_and_keeps_to_four_digit_years)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(1767225600, text);
    cr_assert_str_eq(text, "2026-01-01T00:00:00Z");
    clock_format(-1, text);
    cr_assert_str_eq(text, "1969-12-31T23:59:59Z");
    clock_format(INT64_MIN, text);
    cr_assert_str_eq(text, "0000-01-01T00:00:00Z");
    clock_format(INT64_MAX, text);
    cr_assert_str_eq(text, "9999-12-31T23:59:59Z");
}

Test(clock, reads_back_what_it_writes)
{
    char text[CLOCK_TEXT_SIZE];

    for (int64_t seconds = -62167219200; seconds <= 253402300799; seconds += 86399 * 97) {
        clock_format(seconds, text);
        cr_assert_eq(parsed(text), seconds, "%s", text);
    }
}

Test(clock, answers_what_it_was_set_to)
{
    clock_set(1000);
    cr_assert_eq(clock_now(), 1000);
    clock_set(0);
    cr_assert_eq(clock_now(), 0);
    clock_set(-1);
    cr_assert_gt(clock_now(), 1767225600);
}

Test(clock, sleeps_at_least_as_long_as_asked)
{
    int64_t before = clock_monotonic_us();

    clock_set(5);
    clock_sleep_ms(-10);
    clock_sleep_ms(0);
    clock_sleep_ms(20);
    cr_assert_geq(clock_monotonic_us() - before, 20000);
}
