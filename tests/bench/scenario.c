/* Within an hour arrivals are a stream of one rate, of which a sample is followed response by response. What a plant
 * can't bear is carried from hour to hour as a heap that it works off: clients are answered 503, and come again. */
#include "tests/bench/scenario.h"
#include <math.h>

#define SAMPLE ((size_t)5000) /* responses that are told of, an hour */
#define BEFORE ((size_t)2000) /* those that come before them, to a house that is empty at first */
#define SECONDS_AN_HOUR 3600.0
#define BUSIEST_HOUR 20
#define FULL 0.98 /* of its capacity: a queue at that has no end to be seen in a sample */
#define SEED 1

static double weigh_hour(const struct turnout *turnout, unsigned hour)
{
    unsigned day = hour / HOURS_A_DAY;
    double turn = 2 * acos(-1) * ((double)(hour % HOURS_A_DAY) - BUSIEST_HOUR) / HOURS_A_DAY;
    return pow(turnout->fading, day) * (1 + turnout->swing * cos(turn));
}

double turnout_rate(const struct turnout *turnout, unsigned hour)
{
    double all = 0;
    for (unsigned h = 0; h < turnout->days * HOURS_A_DAY; h++)
        all += weigh_hour(turnout, h);
    return turnout->members * turnout->actions * weigh_hour(turnout, hour) / all / SECONDS_AN_HOUR;
}

double turnout_peak(const struct turnout *turnout)
{
    return turnout_rate(turnout, BUSIEST_HOUR);
}

/* An hour that the plant bears whole: a sample of such a stream. Returns commits a second, or -1: no memory. */
static double follow_hour(const struct plant *plant, double rate, uint64_t seed, struct round_told *told)
{
    struct waiting waiting;
    if (plant_run(plant, rate, BEFORE, SAMPLE, seed, &waiting) < 0)
        return -1;
    if (rate > told->rate) {
        told->rate = rate;
        told->waiting = waiting;
    }
    return rate / waiting.batch;
}

int scenario_run(const struct plant *plant, const struct turnout *turnout, struct round_told *out)
{
    struct round_told told = {0};
    double capacity = plant_capacity(plant);
    for (unsigned hour = 0; hour < turnout->days * HOURS_A_DAY; hour++) {
        double rate = turnout_rate(turnout, hour), come = rate * SECONDS_AN_HOUR, due = told.left + come;
        double answered = due < capacity * SECONDS_AN_HOUR ? due : capacity * SECONDS_AN_HOUR;
        double commits = answered / SECONDS_AN_HOUR / plant->batch_max;
        if (rate > 0 && told.left == 0 && rate < FULL * capacity)
            commits = follow_hour(plant, rate, SEED + hour, &told);
        if (commits < 0)
            return -1;
        told.commits += commits * SECONDS_AN_HOUR;
        told.peak_commits = hour == BUSIEST_HOUR ? commits : told.peak_commits;
        told.came += come;
        told.answered += answered;
        told.left = due - answered;
        if (told.left > told.overflow) {
            told.overflow = told.left;
            told.overflow_s = told.left / capacity;
        }
    }
    *out = told;
    return 0;
}
