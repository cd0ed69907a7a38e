/* The threads wait between loops at a barrier; within one they take blocks of numbers. */
#include "base/parallel.h"
#include "base/mem.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define BLOCK 16

struct parallel {
    pthread_barrier_t barrier;
    void (*each)(void *context, size_t i);
    void *context;
    size_t count;
    atomic_size_t next;
    bool stopping;
    unsigned started; /* threads beside the caller's */
    pthread_t threads[];
};

unsigned parallel_cores(void)
{
    cpu_set_t cores;
    int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 0;
    long online = count > 0 ? count : sysconf(_SC_NPROCESSORS_ONLN); /* more cores than the set holds */
    return online > 0 ? (unsigned)online : 1;
}

static void take_blocks(struct parallel *parallel)
{
    for (;;) {
        size_t from = atomic_fetch_add(&parallel->next, BLOCK);
        if (from >= parallel->count)
            return;
        size_t to = parallel->count - from < BLOCK ? parallel->count : from + BLOCK;
        for (size_t i = from; i < to; i++)
            parallel->each(parallel->context, i);
    }
}

static void *help(void *argument)
{
    struct parallel *parallel = argument;
    for (;;) {
        pthread_barrier_wait(&parallel->barrier);
        if (parallel->stopping)
            return NULL;
        take_blocks(parallel);
        pthread_barrier_wait(&parallel->barrier);
    }
}

struct parallel *parallel_new(unsigned threads)
{
    struct parallel *parallel = mem_calloc(1, sizeof *parallel + threads * sizeof parallel->threads[0]);
    if (!parallel || pthread_barrier_init(&parallel->barrier, NULL, threads) != 0) {
        mem_free(parallel);
        return NULL;
    }
    while (parallel->started + 1 < threads &&
           pthread_create(&parallel->threads[parallel->started], NULL, help, parallel) == 0)
        parallel->started++;
    if (parallel->started + 1 == threads)
        return parallel;
    /* Those that did start wait at the barrier for ever and hold the memory: the program is about to end. */
    return NULL;
}

void parallel_free(struct parallel *parallel)
{
    if (!parallel)
        return;
    parallel->stopping = true;
    pthread_barrier_wait(&parallel->barrier);
    for (unsigned i = 0; i < parallel->started; i++)
        pthread_join(parallel->threads[i], NULL);
    pthread_barrier_destroy(&parallel->barrier);
    mem_free(parallel);
}

void parallel_begin(struct parallel *parallel, size_t count, void (*each)(void *context, size_t i), void *context)
{
    parallel->each = each;
    parallel->context = context;
    parallel->count = count;
    atomic_store(&parallel->next, 0);
    pthread_barrier_wait(&parallel->barrier);
}

void parallel_end(struct parallel *parallel)
{
    take_blocks(parallel);
    pthread_barrier_wait(&parallel->barrier);
}
