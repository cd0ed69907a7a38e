/* Figures from counts. Knows nothing of where the counts come from, nor whether they were guarded. */
#include "collector/tables/statistics.h"

#include <math.h>

#define NORMAL_975 1.959963984540054 /* the 97.5% quantile of the standard normal distribution */

typedef __int128 wide;

/* A scale's sums, with its values taken as 0, 1, 2 …: these stay small wherever the scale begins. */
struct sums {
    wide n, first, second; /* Σc, Σic, Σi²c */
    wide above, below; /* of the middle of the scale */
};

static struct sums sum_up(const int64_t *counts, size_t value_count)
{
    struct sums s = {0};
    for (size_t i = 0; i < value_count; i++) {
        wide count = counts[i], value = (wide)i;
        s.n += count;
        s.first += value * count;
        s.second += value * value * count;
        if (2 * i > value_count - 1)
            s.above += count;
        if (2 * i < value_count - 1)
            s.below += count;
    }
    return s;
}

/* Rounded once, by the division, as long as both are below 2^53. */
static double rounded_ratio(wide a, wide b)
{
    return (double)a / (double)b;
}

/* The place on the scale of the `rank`-th answer, from 0, with the answers in order of value. */
static size_t value_at(const int64_t *counts, wide rank)
{
    size_t i = 0;
    for (wide below = counts[0]; below <= rank; below += counts[i])
        i++;
    return i;
}

void statistics_scale(int64_t min, const int64_t *counts, size_t value_count, struct scale_figures *out)
{
    struct sums s = sum_up(counts, value_count);
    *out = (struct scale_figures){.has_figures = s.n >= 1, .has_sd = s.n >= 2};
    if (!out->has_figures)
        return;
    out->mean = rounded_ratio(min * s.n + s.first, s.n);
    out->median = rounded_ratio(2 * (wide)min + value_at(counts, (s.n - 1) / 2) + value_at(counts, s.n / 2), 2);
    out->positive = rounded_ratio(s.above, s.n);
    out->negative = rounded_ratio(s.below, s.n);
    out->net = rounded_ratio(s.above - s.below, s.n);
    if (out->has_sd)
        out->sd = sqrt(rounded_ratio(s.n * s.second - s.first * s.first, s.n * (s.n - 1)));
}

/* Not fmax and fmin, which may keep the sign of -0. */
static struct interval interval_within(double least, double most, double centre, double half)
{
    double low = centre - half, high = centre + half;
    return (struct interval){low > least ? low : least, high < most ? high : most};
}

void statistics_scale_intervals(int64_t min, const int64_t *counts, size_t value_count,
                                const struct scale_figures *figures, struct scale_intervals *out)
{
    struct sums s = sum_up(counts, value_count);
    *out = (struct scale_intervals){0};
    if (!figures->has_figures)
        return;
    double max = (double)min + (double)(value_count - 1);
    out->mean =
        interval_within((double)min, max, figures->mean, NORMAL_975 * figures->sd / sqrt((double)s.n)); /* sd 0: none */
    wide above = s.above + 1, below = s.below + 1, n = s.n + 2;
    double variance = rounded_ratio((above + below) * n - (above - below) * (above - below), n); /* times ñ² */
    out->net = interval_within(-1, 1, rounded_ratio(above - below, n), NORMAL_975 * sqrt(variance) / (double)n);
}

void statistics_wilson(int64_t count, int64_t n, double *low, double *high)
{
    double c = (double)count, total = (double)n;
    double square = NORMAL_975 * NORMAL_975;
    double centre = c + square / 2;
    double half = NORMAL_975 * sqrt(c * (double)(n - count) / total + square / 4);
    double from = (centre - half) / (total + square), to = (centre + half) / (total + square);
    *low = from > 0 ? from : 0; /* not fmax, which may keep the sign of -0 */
    *high = to < 1 ? to : 1;
}
