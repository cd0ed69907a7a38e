/* Figures from counts (PROTOCOL 7). Sums are exact integers; doubles come in only with the division and the root
 * that make a figure of them. Pure. */
#ifndef COLLECTOR_TABLES_STATISTICS_H
#define COLLECTOR_TABLES_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scale_figures {
    bool has_figures; /* n >= 1 */
    bool has_sd; /* n >= 2 */
    double mean, sd, median, positive, negative, net;
};

/* `counts[i]` gave the value min + i, for i < value_count; n is their sum, below 2^56. */
void statistics_scale(int64_t min, const int64_t *counts, size_t value_count, struct scale_figures *out);

/* A 95% interval. */
struct interval {
    double low, high;
};

/* How far a scale's mean and net could move by chance alone, z as below. The mean's is mean ± z·sd/√n, kept within the
 * scale; it is there as sd is. Net's is that of a difference of two shares of one sample, with one answer more on each
 * side (Bonett and Price 2012, after Agresti and Min 2005): ñ = n + 2, p₊ = (those above the middle + 1)/ñ, p₋
 * likewise, (p₊ − p₋) ± z·√((p₊ + p₋ − (p₊ − p₋)²)/ñ), kept within −1 and 1; it is there as net is. So ten who agree
 * have an interval, where the plain formula gives them a width of nothing. */
struct scale_intervals {
    struct interval mean, net;
};

/* `counts` as above, `figures` what statistics_scale made of them; without figures nothing in `out` means anything. */
void statistics_scale_intervals(int64_t min, const int64_t *counts, size_t value_count,
                                const struct scale_figures *figures, struct scale_intervals *out);

/* The 95% Wilson score interval of `count` in n >= 1, z = 1.959963984540054, kept within 0 and 1. */
void statistics_wilson(int64_t count, int64_t n, double *low, double *high);

#endif
