/* The threads wait between loops at a barrier; within one they take blocks of numbers. */
#include "base/parallel.h"
#include "base/mem.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define BLOCK 16

/* What a new thread does: it waits until all are there, since the barrier counts them. */
enum start { START_WAITING, START_GO, START_GIVEN_UP };

struct parallel {
    pthread_mutex_t lock; /* of `start` */
    pthread_cond_t started;
    enum start start;
    pthread_barrier_t barrier;
    void (*each)(void *context, size_t i);
    void *context;
    size_t count;
    atomic_size_t next;
    bool stopping;
    unsigned helpers; /* threads beside the caller's */
    pthread_t threads[];
};

unsigned parallel_cores(void)
{
    cpu_set_t cores;
    int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 0;
    long online = count > 0 ? count : sysconf(_SC_NPROCESSORS_ONLN); /* more cores than the set holds */
    return online > 0 ? (unsigned)online : 1;
}

static void run_blocks(struct parallel *parallel)
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

static bool may_go(struct parallel *parallel)
{
    pthread_mutex_lock(&parallel->lock);
    while (parallel->start == START_WAITING)
        pthread_cond_wait(&parallel->started, &parallel->lock);
    bool go = parallel->start == START_GO;
    pthread_mutex_unlock(&parallel->lock);
    return go;
}

static void *help_along(void *argument)
{
    struct parallel *parallel = argument;
    if (!may_go(parallel))
        return NULL;
    for (;;) {
        pthread_barrier_wait(&parallel->barrier);
        if (parallel->stopping)
            return NULL;
        run_blocks(parallel);
        pthread_barrier_wait(&parallel->barrier);
    }
}

static void tell_start(struct parallel *parallel, enum start start)
{
    pthread_mutex_lock(&parallel->lock);
    parallel->start = start;
    pthread_cond_broadcast(&parallel->started);
    pthread_mutex_unlock(&parallel->lock);
}

static void join_helpers(struct parallel *parallel)
{
    for (unsigned i = 0; i < parallel->helpers; i++)
        pthread_join(parallel->threads[i], NULL);
}

static void free_parts(struct parallel *parallel)
{
    pthread_cond_destroy(&parallel->started);
    pthread_mutex_destroy(&parallel->lock);
    mem_free(parallel);
}

struct parallel *parallel_new(unsigned threads)
{
    struct parallel *parallel = mem_calloc(1, sizeof *parallel + threads * sizeof parallel->threads[0]);
    if (!parallel)
        return NULL;
    /* Without attributes these two can't fail in glibc. */
    pthread_mutex_init(&parallel->lock, NULL);
    pthread_cond_init(&parallel->started, NULL);
    while (parallel->helpers + 1 < threads &&
           pthread_create(&parallel->threads[parallel->helpers], NULL, help_along, parallel) == 0)
        parallel->helpers++;
    if (parallel->helpers + 1 == threads && pthread_barrier_init(&parallel->barrier, NULL, threads) == 0) {
        tell_start(parallel, START_GO);
        return parallel;
    }
    tell_start(parallel, START_GIVEN_UP);
    join_helpers(parallel);
    free_parts(parallel);
    return NULL;
}

void parallel_free(struct parallel *parallel)
{
    if (!parallel)
        return;
    parallel->stopping = true;
    pthread_barrier_wait(&parallel->barrier);
    join_helpers(parallel);
    pthread_barrier_destroy(&parallel->barrier);
    free_parts(parallel);
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
    run_blocks(parallel);
    pthread_barrier_wait(&parallel->barrier);
}
