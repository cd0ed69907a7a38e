/* A round of a panel, hour by hour: how many responses come, and what becomes of them at a plant. Pure; any thread. */
#ifndef TESTS_BENCH_SCENARIO_H
#define TESTS_BENCH_SCENARIO_H

#include "tests/bench/queues.h"

#define HOURS_A_DAY 24

/* Who answers when. `swing`, from 0 to below 1, is how much more than on average comes at eight in the evening, and how
 * much less at eight in the morning, as a cosine between them; of what came on one day the next has `fading`. */
struct turnout {
    double members, actions; /* all of them about all of these */
    unsigned days;
    double swing, fading;
};

/* Responses a second in an hour of the round; all hours together make members × actions. */
double turnout_rate(const struct turnout *turnout, unsigned hour);

/* The same in the busiest hour. */
double turnout_peak(const struct turnout *turnout);

/* What the round was like. Waiting is that of the busiest hour in which nothing was left over. */
struct round_told {
    double came, answered, left; /* responses; left: not answered when the round ended */
    double overflow; /* the most that had come and could not be answered yet, at the end of an hour */
    double overflow_s; /* and how long the last of them waited */
    double commits, peak_commits; /* of the round; a second, in the busiest hour */
    double rate; /* responses a second in the hour that is told of; 0: none */
    struct waiting waiting;
};

/* -1 when there is no memory. */
MUST_CHECK int scenario_run(const struct plant *plant, const struct turnout *turnout, struct round_told *out);

#endif
