/* Both queues keep the order, so that each needs one pass. Of threads that all take as long, a response finds one free
 * when that many responses before it have been checked. */
#include "tests/bench/queues.h"
#include <math.h>
#include <stdlib.h>

#define US 1e6 /* of a second */

double plant_capacity(const struct plant *plant)
{
    double checked = plant->checkers * US / plant->check_us;
    double written = plant->batch_max * US / (plant->batch_us + plant->batch_max * plant->entry_us);
    return checked < written ? checked : written;
}

/* splitmix64: above 0, at most 1. */
static double next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return ((double)((z ^ z >> 31) >> 11) + 1) / 9007199254740992.0;
}

static void let_come(double rate, size_t count, uint64_t seed, double *came)
{
    double now = 0;
    for (size_t i = 0; i < count; i++)
        came[i] = now -= log(next_random(&seed)) * US / rate;
}

static void check_all(const struct plant *plant, const double *came, size_t count, double *checked)
{
    for (size_t i = 0; i < count; i++) {
        double idle = i >= plant->checkers ? checked[i - plant->checkers] : 0;
        checked[i] = (idle > came[i] ? idle : came[i]) + plant->check_us;
    }
}

/* Turns when each was checked into when each is answered; counts commits. */
static size_t write_all(const struct plant *plant, double *times, size_t count, double *queue)
{
    size_t commits = 0, waiting = 0;
    double idle = 0;
    for (size_t first = 0, after; first < count; first = after, commits++) {
        double start = idle > times[first] ? idle : times[first];
        while (waiting < count && times[waiting] <= start)
            waiting++;
        after = waiting - first > plant->batch_max ? first + plant->batch_max : waiting;
        *queue = (double)(waiting - first) > *queue ? (double)(waiting - first) : *queue;
        idle = start + plant->batch_us + (double)(after - first) * plant->entry_us;
        for (size_t i = first; i < after; i++)
            times[i] = idle + plant->after_us;
    }
    return commits;
}

static int compare_times(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int plant_run(const struct plant *plant, double rate, size_t count, uint64_t seed, struct waiting *out)
{
    double *came = calloc(count, sizeof *came), *times = calloc(count, sizeof *times), sum = 0;
    int result = -1;
    if (!came || !times)
        goto out;
    struct waiting told = {0};
    let_come(rate, count, seed, came);
    check_all(plant, came, count, times);
    told.batch = (double)count / (double)write_all(plant, times, count, &told.queue);
    for (size_t i = 0; i < count; i++)
        sum += times[i] -= came[i];
    qsort(times, count, sizeof *times, compare_times);
    told.mean = sum / (double)count;
    told.p50 = times[count / 2];
    told.p99 = times[count - 1 - count / 100];
    told.longest = times[count - 1];
    *out = told;
    result = 0;
out:
    free(came);
    free(times);
    return result;
}
