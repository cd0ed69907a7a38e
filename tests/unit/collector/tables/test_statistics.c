#include "collector/tables/statistics.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void assert_near(const char *name, double actual, double expected)
{
    cr_assert(fabs(actual - expected) <= 1e-12 * fmax(1, fabs(expected)), "%s is %.17g, not %.17g", name, actual,
              expected);
}

struct expected {
    double mean, sd, median, positive, negative, net;
};

static void assert_scale(int64_t min, const int64_t *counts, size_t value_count, const struct expected *expected)
{
    struct scale_figures f;
    statistics_scale(min, counts, value_count, &f);
    cr_assert(f.has_figures && f.has_sd);
    assert_near("mean", f.mean, expected->mean);
    assert_near("sd", f.sd, expected->sd);
    assert_near("median", f.median, expected->median);
    assert_near("positive", f.positive, expected->positive);
    assert_near("negative", f.negative, expected->negative);
    assert_near("net", f.net, expected->net);
}

Test(statistics, scale_has_no_figures_when_nobody_answered)
{
    struct scale_figures f;
    statistics_scale(1, (int64_t[]){0, 0, 0}, 3, &f);
    cr_assert_not(f.has_figures);
    cr_assert_not(f.has_sd);
}

Test(statistics, scale_has_no_sd_when_one_answered)
{
    struct scale_figures f;
    statistics_scale(1, (int64_t[]){0, 0, 0, 1, 0}, 5, &f);
    cr_assert(f.has_figures);
    cr_assert_not(f.has_sd);
    assert_near("mean", f.mean, 4);
    assert_near("median", f.median, 4);
    assert_near("positive", f.positive, 1);
    assert_near("net", f.net, 1);
}

/* 1 1 2 2 2 3 3 4: mean 18/8, sum of squares 48, variance (8*48 - 18²)/56 = 60/56. */
Test(statistics, scale_equals_values_worked_out_by_hand)
{
    assert_scale(1, (int64_t[]){2, 3, 2, 1, 0}, 5, &(struct expected){2.25, sqrt(60.0 / 56), 2, 0.125, 0.625, -0.5});
}

Test(statistics, median_is_mean_of_two_middle_values_when_even)
{
    assert_scale(1, (int64_t[]){1, 0, 0, 0, 1}, 5, &(struct expected){3, sqrt(8), 3, 0.5, 0.5, 0});
    assert_scale(1, (int64_t[]){0, 2, 2, 0, 0}, 5, &(struct expected){2.5, sqrt(1.0 / 3), 2.5, 0, 0.5, -0.5});
    assert_scale(1, (int64_t[]){2, 0, 0, 1, 0}, 5, &(struct expected){2, sqrt(3), 1, 1.0 / 3, 2.0 / 3, -1.0 / 3});
}

/* Among 1 to 4 the middle is 2.5, so each value counts; among -2 to 2 the 0 does not. */
Test(statistics, positive_and_negative_lie_about_the_middle)
{
    assert_scale(1, (int64_t[]){1, 2, 3, 4}, 4, &(struct expected){3, sqrt(10.0 / 9), 3, 0.7, 0.3, 0.4});
    assert_scale(-2, (int64_t[]){1, 1, 4, 2, 2}, 5, &(struct expected){0.3, sqrt(141.0 / 90), 0, 0.4, 0.2, 0.2});
}

Test(statistics, scale_of_one_value_has_neither_side)
{
    assert_scale(7, (int64_t[]){3}, 1, &(struct expected){7, 0, 7, 0, 0, 0});
}

/* Ten million on each end: variance = n²/4 * 100² / (n(n-1)). */
Test(statistics, scale_is_exact_for_tens_of_millions)
{
    int64_t counts[101] = {0};
    counts[0] = counts[100] = 10000000;
    double n = 2e7;
    assert_scale(0, counts, 101, &(struct expected){50, 50 * sqrt(n / (n - 1)), 50, 0.5, 0.5, 0});
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        counts[i] = 10000000;
    n = 101e7;
    assert_scale(-50, counts, 101, &(struct expected){0, sqrt(850 * n / (n - 1)), 0, 50 / 101.0, 50 / 101.0, 0});
}

/* Sums of squares of such values would not fit 64 bits; n·Σv²c - (Σvc)² of doubles would be noise. */
Test(statistics, scale_keeps_its_spread_far_from_zero)
{
    int64_t far = INT64_C(9007199254740991) - 2;
    for (int64_t min = -far; min <= far; min += far) {
        struct scale_figures f;
        double middle = (double)(min + 1);
        statistics_scale(min, (int64_t[]){10000000, 0, 10000000}, 3, &f);
        cr_assert(fabs(f.mean - middle) <= fabs(middle) * DBL_EPSILON);
        cr_assert_eq(f.median, middle);
        assert_near("sd", f.sd, sqrt(2e7 / (2e7 - 1)));
    }
}

Test(statistics, scale_stands_counts_up_to_its_limit)
{
    int64_t counts[101] = {0};
    counts[0] = counts[100] = (INT64_C(1) << 55) - 1;
    assert_scale(0, counts, 101, &(struct expected){50, 50, 50, 0.5, 0.5, 0});
}

static void assert_wilson(int64_t count, int64_t n, double low, double high)
{
    double actual_low, actual_high;
    statistics_wilson(count, n, &actual_low, &actual_high);
    cr_assert(fabs(actual_low - low) < 5e-7, "low of %ld/%ld is %.9f", (long)count, (long)n, actual_low);
    cr_assert(fabs(actual_high - high) < 5e-7, "high of %ld/%ld is %.9f", (long)count, (long)n, actual_high);
}

/* With none of n the upper end is z²/(n + z²), z² = 3.841459. */
Test(statistics, wilson_equals_values_worked_out_by_hand)
{
    assert_wilson(0, 10, 0, 3.841459 / 13.841459);
    assert_wilson(10, 10, 10 / 13.841459, 1);
    assert_wilson(5, 10, 0.236593, 0.763407);
    assert_wilson(1, 1, 1 / 4.841459, 1);
    assert_wilson(5000000, 10000000, 0.5 - 0.000310, 0.5 + 0.000310);
}

Test(statistics, wilson_stays_within_0_and_1_and_around_the_share)
{
    static const int64_t sizes[] = {1, 2, 3, 5, 7, 10, 15, 97, 1000, 65537, 10000000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        int64_t n = sizes[i], step = n / 1000 + 1;
        for (int64_t c = 0; c <= n; c += c + step > n && c < n ? n - c : step) {
            double low, high, share = (double)c / (double)n;
            statistics_wilson(c, n, &low, &high);
            cr_assert(low >= 0 && low <= share && share <= high + DBL_EPSILON && high <= 1, "%ld/%ld: %g %g", (long)c,
                      (long)n, low, high);
            cr_assert_not(signbit(low));
        }
    }
}

/* Intervals of a scale. */

static struct scale_intervals intervals_of(int64_t min, const int64_t *counts, size_t value_count)
{
    struct scale_figures figures;
    struct scale_intervals intervals;
    statistics_scale(min, counts, value_count, &figures);
    statistics_scale_intervals(min, counts, value_count, &figures, &intervals);
    return intervals;
}

/* 2 3 2 1 0 on 1 to 5: mean 2.25, sd √(60/56), n 8; 1 above and 5 below, so p₊ = 2/10, p₋ = 6/10 of ñ = 10 and the
 * variance (8/10 − 16/100)/10 = 64/1000. */
Test(statistics, intervals_equal_values_worked_out_by_hand)
{
    const double z = 1.959963984540054;
    struct scale_intervals i = intervals_of(1, (int64_t[]){2, 3, 2, 1, 0}, 5);
    assert_near("mean, low", i.mean.low, 2.25 - z * sqrt(60.0 / 56 / 8));
    assert_near("mean, high", i.mean.high, 2.25 + z * sqrt(60.0 / 56 / 8));
    assert_near("net, low", i.net.low, -0.4 - z * sqrt(0.064));
    assert_near("net, high", i.net.high, -0.4 + z * sqrt(0.064));
}

/* Ten who agree: p₊ = 11/12, p₋ = 1/12, variance (1 − 100/144)/12 = 44/1728. */
Test(statistics, net_of_ten_who_agree_has_an_interval)
{
    struct scale_intervals i = intervals_of(1, (int64_t[]){0, 0, 0, 4, 6}, 5);
    double low = 10.0 / 12 - 1.959963984540054 * sqrt(44.0 / 1728);
    assert_near("low", i.net.low, low);
    cr_assert(fabs(low - 0.520580) < 5e-7, "%.9f", low);
    cr_assert_eq(i.net.high, 1);
    i = intervals_of(1, (int64_t[]){10, 0, 0, 0, 0}, 5);
    assert_near("high", i.net.high, -low);
    cr_assert_eq(i.net.low, -1);
    cr_assert_eq(i.mean.low, 1); /* all alike: the mean's sd is nothing, and no formula helps */
    cr_assert_eq(i.mean.high, 1);
}

Test(statistics, interval_of_the_mean_stays_within_the_scale)
{
    struct scale_intervals i = intervals_of(-2, (int64_t[]){1, 0, 0, 0, 1}, 5);
    cr_assert_eq(i.mean.low, -2);
    cr_assert_eq(i.mean.high, 2);
    cr_assert_eq(i.net.low, -i.net.high);
}

Test(statistics, intervals_hold_what_they_are_of_for_any_counts)
{
    size_t tried = 0;
    for (int64_t a = 0; a <= 12; a++)
        for (int64_t b = 0; b <= 12; b++)
            for (int64_t c = a + b == 0 ? 1 : 0; c <= 12; c++, tried++) {
                struct scale_figures f;
                const int64_t counts[] = {a * a * a, b, c};
                statistics_scale(-1, counts, 3, &f);
                struct scale_intervals i = intervals_of(-1, counts, 3);
                cr_assert(-1 <= i.net.low && i.net.low <= f.net && f.net <= i.net.high && i.net.high <= 1);
                cr_assert(i.net.low < i.net.high);
                cr_assert(-1 <= i.mean.low && i.mean.low <= f.mean && f.mean <= i.mean.high && i.mean.high <= 1);
            }
    cr_assert_eq(tried, 13 * 13 * 13 - 1);
}
