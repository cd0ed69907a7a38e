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

/* The 95% Wilson score interval of `count` in n >= 1, z = 1.959963984540054, kept within 0 and 1. */
void statistics_wilson(int64_t count, int64_t n, double *low, double *high);

#endif
