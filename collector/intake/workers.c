/* A fixed number of threads that take pieces of work off one bounded queue, in order. Knows no submission; in the
 * walk a batch request's lines pass through here before they are pushed to the writer. */
#include "collector/intake/workers.h"
#include "base/mem.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct work *head, **tail;
    size_t waiting, capacity;
    bool stopping;
    unsigned count;
    pthread_t threads[];
};

static void *work_on_jobs(void *argument)
{
    struct workers *workers = argument;
    pthread_mutex_lock(&workers->lock);
    for (;;) {
        while (!workers->head && !workers->stopping)
            pthread_cond_wait(&workers->filled, &workers->lock);
        struct work *work = workers->head;
        if (!work)
            break;
        workers->head = work->next;
        if (!workers->head)
            workers->tail = &workers->head;
        workers->waiting--;
        pthread_mutex_unlock(&workers->lock);
        work->run(work);
        pthread_mutex_lock(&workers->lock);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static int init_queue(struct workers *workers)
{
    if (pthread_mutex_init(&workers->lock, NULL) != 0)
        return -1;
    if (pthread_cond_init(&workers->filled, NULL) == 0)
        return 0;
    pthread_mutex_destroy(&workers->lock);
    return -1;
}

struct workers *workers_start(unsigned threads, size_t capacity)
{
    struct workers *workers = mem_calloc(1, sizeof *workers + threads * sizeof workers->threads[0]);
    if (!workers || init_queue(workers) < 0) {
        mem_free(workers);
        return NULL;
    }
    workers->tail = &workers->head;
    workers->capacity = capacity;
    while (workers->count < threads &&
           pthread_create(&workers->threads[workers->count], NULL, work_on_jobs, workers) == 0)
        workers->count++;
    if (workers->count == threads)
        return workers;
    workers_stop(workers);
    workers_free(workers);
    return NULL;
}

void workers_stop(struct workers *workers)
{
    if (!workers)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->filled);
    pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    workers->count = 0;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    pthread_cond_destroy(&workers->filled);
    pthread_mutex_destroy(&workers->lock);
    mem_free(workers);
}

static int push_below(struct workers *workers, struct work *work, size_t capacity)
{
    pthread_mutex_lock(&workers->lock);
    bool full = workers->stopping || workers->waiting >= capacity;
    if (!full) {
        work->next = NULL;
        *workers->tail = work;
        workers->tail = &work->next;
        workers->waiting++;
        pthread_cond_signal(&workers->filled);
    }
    pthread_mutex_unlock(&workers->lock);
    return full ? -1 : 0;
}

int workers_push(struct workers *workers, struct work *work)
{
    return push_below(workers, work, workers->capacity);
}

int workers_push_anyway(struct workers *workers, struct work *work)
{
    return push_below(workers, work, SIZE_MAX);
}
