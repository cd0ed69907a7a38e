/* A collector as a simulation sees it: responses come at random, are checked on so many threads, in the order in which
 * they came, and then wait for the one who writes; it takes all that wait into one commit, as group commit does, and
 * they are answered when that is done. Of several collectors on one database each has responses and commits of its own,
 * and they write in turn, in the order in which they ask. Every time is a constant; only the arrivals are random, and
 * follow from a seed. Pure; any thread. */
#ifndef TESTS_BENCH_QUEUES_H
#define TESTS_BENCH_QUEUES_H

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

struct plant {
    double check_us; /* of a thread that checks, a response */
    unsigned checkers; /* threads, each a core; those of all collectors together */
    unsigned collectors; /* each response comes to one of them, at random */
    double batch_us, entry_us; /* of the writer, one at a time: a commit, and each response in it */
    unsigned batch_max; /* responses of one commit */
    double after_us; /* from the commit to the answer: its collector waits, the others write */
};

/* Of single responses, from their coming to their answer, in microseconds; without the network. */
struct waiting {
    double mean, p50, p99, longest;
    double batch; /* responses of a commit, on average */
    double queue; /* the most that waited for a collector's writer at once, those that it took among them */
    double busy; /* share of the time that somebody writes */
};

/* The most responses a second that it bears for ever. */
double plant_capacity(const struct plant *plant);

/* Lets `skip` and then `count` responses come, at least one, at `rate` a second, to a plant that is empty; *out
 * tells of the last `count`. -1 when there is no memory. */
MUST_CHECK int plant_run(const struct plant *plant, double rate, size_t skip, size_t count, uint64_t seed,
                         struct waiting *out);

#endif
