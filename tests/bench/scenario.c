/* Within an hour arrivals are a stream of one rate, of which a part is simulated response by response. What a plant
 * can't bear is carried from hour to hour as a heap that it works off: clients are answered 503, and come again. */
#include "tests/bench/scenario.h"
#include <math.h>

#define SAMPLE ((size_t)5000) /* responses that are followed one by one, an hour */
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

/* An hour that the plant bears whole: some of its responses, one by one. */
static int follow_hour(const struct plant *plant, double rate, uint64_t seed, struct waiting *worst)
{
    struct waiting waiting;
    double come = rate * SECONDS_AN_HOUR;
    size_t count = come < 1 ? 1 : come < (double)SAMPLE ? (size_t)come : SAMPLE;
    if (plant_run(plant, rate, count, seed, &waiting) < 0)
        return -1;
    if (waiting.p99 > worst->p99)
        *worst = waiting;
    return 0;
}

int scenario_run(const struct plant *plant, const struct turnout *turnout, struct round_told *out)
{
    struct round_told told = {0};
    double capacity = plant_capacity(plant);
    for (unsigned hour = 0; hour < turnout->days * HOURS_A_DAY; hour++) {
        double rate = turnout_rate(turnout, hour), come = rate * SECONDS_AN_HOUR, due = told.left + come;
        double answered = due < capacity * SECONDS_AN_HOUR ? due : capacity * SECONDS_AN_HOUR;
        if (rate > 0 && told.left == 0 && rate < FULL * capacity &&
            follow_hour(plant, rate, SEED + hour, &told.worst) < 0)
            return -1;
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
