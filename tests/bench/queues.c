/* All queues keep the order, so that each needs one pass. Of threads that all take as long, a response finds one free
 * when that many responses before it have been checked. */
#include "tests/bench/queues.h"
#include <math.h>
#include <stdlib.h>

#define US 1e6 /* of a second */

/* A stream of responses, in the order in which they came, and who takes each. */
struct stream {
    size_t skip, count; /* in all; the first `skip` are not told of */
    double *came;
    double *times; /* when each was checked, and once it was written when it is answered */
    unsigned char *whose;
};

struct collector {
    size_t next; /* the first of its responses that is not written; the stream's count: none */
    double idle; /* from when on it may ask to write */
};

/* Commits whose last response is told of, and what was in them; the queue is the longest. */
struct written {
    double commits, responses, queue;
    double us, since, until; /* of writing, between the end of the commit before these and that of the last */
};

double plant_capacity(const struct plant *plant)
{
    double commit_us = plant->batch_us + plant->batch_max * plant->entry_us;
    double checked = plant->checkers * US / plant->check_us;
    double written = plant->batch_max * US / commit_us;
    double waited = plant->collectors * plant->batch_max * US / (commit_us + plant->after_us);
    double least = written < waited ? written : waited;
    return checked < least ? checked : least;
}

/* splitmix64: above 0, at most 1. */
static double next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return ((double)((z ^ z >> 31) >> 11) + 1) / 9007199254740992.0;
}

static void let_come(const struct stream *stream, double rate, unsigned collectors, uint64_t seed)
{
    double now = 0;
    uint64_t other = ~seed;
    for (size_t i = 0; i < stream->count; i++) {
        stream->came[i] = now -= log(next_random(&seed)) * US / rate;
        stream->whose[i] = (unsigned char)((1 - next_random(&other)) * collectors);
    }
}

static void check_all(const struct plant *plant, const struct stream *stream)
{
    const double *came = stream->came;
    for (size_t i = 0; i < stream->count; i++) {
        double idle = i >= plant->checkers ? stream->times[i - plant->checkers] : 0;
        stream->times[i] = (idle > came[i] ? idle : came[i]) + plant->check_us;
    }
}

/* The first response from `i` on that comes to that collector. */
static size_t find_own(const struct stream *stream, size_t collector, size_t i)
{
    while (i < stream->count && stream->whose[i] != collector)
        i++;
    return i;
}

/* When it asks to write: it has something to write, and the last that it wrote was answered. */
static double ask_time(const struct stream *stream, const struct collector *collector)
{
    if (collector->next == stream->count)
        return INFINITY;
    double checked = stream->times[collector->next];
    return checked > collector->idle ? checked : collector->idle;
}

static size_t find_first(const struct stream *stream, const struct collector *collectors, size_t count)
{
    size_t first = 0;
    for (size_t k = 1; k < count; k++)
        if (ask_time(stream, &collectors[k]) < ask_time(stream, &collectors[first]))
            first = k;
    return first;
}

/* Collector `k` writes what waited for it when it asked, once the lane is free, which it is again at *lane. */
static void write_commit(const struct plant *plant, const struct stream *stream, size_t k, struct collector *own,
                         double *lane, struct written *written)
{
    double asked = ask_time(stream, own), before = *lane;
    size_t waiting = 0, last = own->next;
    for (size_t i = last; i < stream->count && stream->times[i] <= asked; i = find_own(stream, k, i + 1))
        waiting++;
    size_t size = waiting < plant->batch_max ? waiting : plant->batch_max;
    double us = plant->batch_us + (double)size * plant->entry_us;
    *lane = (*lane > asked ? *lane : asked) + us;
    own->idle = *lane + plant->after_us;
    for (size_t n = 0; n < size; n++, own->next = find_own(stream, k, last + 1))
        stream->times[last = own->next] = own->idle;
    if (last < stream->skip)
        return;
    written->since = written->commits++ > 0 ? written->since : before;
    written->until = *lane;
    written->responses += (double)size;
    written->us += us;
    written->queue = (double)waiting > written->queue ? (double)waiting : written->queue;
}

/* Turns when each was checked into when each is answered. -1: no memory. */
static int write_all(const struct plant *plant, const struct stream *stream, struct written *out)
{
    struct collector *collectors = calloc(plant->collectors, sizeof *collectors);
    double lane = 0;
    if (!collectors)
        return -1;
    for (size_t k = 0; k < plant->collectors; k++)
        collectors[k].next = find_own(stream, k, 0);
    for (;;) {
        size_t k = find_first(stream, collectors, plant->collectors);
        if (collectors[k].next == stream->count)
            break;
        write_commit(plant, stream, k, &collectors[k], &lane, out);
    }
    free(collectors);
    return 0;
}

static int compare_times(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void tell_waiting(const struct stream *stream, struct waiting *told)
{
    double *waits = stream->times + stream->skip, sum = 0;
    size_t count = stream->count - stream->skip;
    for (size_t i = 0; i < count; i++)
        sum += waits[i] -= stream->came[stream->skip + i];
    qsort(waits, count, sizeof *waits, compare_times);
    told->mean = sum / (double)count;
    told->p50 = waits[count / 2];
    told->p99 = waits[count - 1 - count / 100];
    told->longest = waits[count - 1];
}

int plant_run(const struct plant *plant, double rate, size_t skip, size_t count, uint64_t seed, struct waiting *out)
{
    size_t all = skip + count;
    struct stream stream = {skip, all, calloc(all, sizeof(double)), calloc(all, sizeof(double)), calloc(all, 1)};
    struct written written = {0};
    int result = -1;
    if (!stream.came || !stream.times || !stream.whose)
        goto out;
    let_come(&stream, rate, plant->collectors, seed);
    check_all(plant, &stream);
    if (write_all(plant, &stream, &written) < 0)
        goto out;
    tell_waiting(&stream, out);
    out->batch = written.responses / written.commits;
    out->queue = written.queue;
    out->busy = written.us / (written.until - written.since);
    result = 0;
out:
    free(stream.came);
    free(stream.times);
    free(stream.whose);
    return result;
}
