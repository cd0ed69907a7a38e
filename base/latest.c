/* The lock covers only the reading of the pointer and the count. */
#include "base/latest.h"
#include "base/counted.h"
#include "base/mem.h"
#include <pthread.h>
#include <stddef.h>

struct latest {
    pthread_mutex_t lock;
    void *now;
};

struct latest *latest_new(void)
{
    struct latest *latest = mem_calloc(1, sizeof *latest);
    if (latest && pthread_mutex_init(&latest->lock, NULL) == 0)
        return latest;
    mem_free(latest);
    return NULL;
}

void latest_free(struct latest *latest)
{
    if (!latest)
        return;
    counted_release(latest->now);
    pthread_mutex_destroy(&latest->lock);
    mem_free(latest);
}

void *latest_now(struct latest *latest)
{
    pthread_mutex_lock(&latest->lock);
    void *value = counted_hold(latest->now);
    pthread_mutex_unlock(&latest->lock);
    return value;
}

void latest_replace(struct latest *latest, void *next)
{
    pthread_mutex_lock(&latest->lock);
    void *before = latest->now;
    latest->now = next;
    pthread_mutex_unlock(&latest->lock);
    counted_release(before);
}
