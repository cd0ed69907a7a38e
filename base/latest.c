/* A pointer under a lock, held for as long as it takes to count one more. */
#include "base/latest.h"
#include "base/mem.h"
#include <pthread.h>
#include <stddef.h>

struct latest {
    pthread_mutex_t lock;
    void *(*hold)(void *thing);
    void (*release)(void *thing);
    void *now;
};

struct latest *latest_new(void *(*hold)(void *thing), void (*release)(void *thing))
{
    struct latest *latest = mem_calloc(1, sizeof *latest);
    if (!latest || pthread_mutex_init(&latest->lock, NULL) != 0) {
        mem_free(latest);
        return NULL;
    }
    latest->hold = hold;
    latest->release = release;
    return latest;
}

void latest_free(struct latest *latest)
{
    if (!latest)
        return;
    latest->release(latest->now);
    pthread_mutex_destroy(&latest->lock);
    mem_free(latest);
}

void *latest_now(struct latest *latest)
{
    pthread_mutex_lock(&latest->lock);
    void *thing = latest->hold(latest->now);
    pthread_mutex_unlock(&latest->lock);
    return thing;
}

void latest_replace(struct latest *latest, void *next)
{
    pthread_mutex_lock(&latest->lock);
    void *old = latest->now;
    latest->now = next;
    pthread_mutex_unlock(&latest->lock);
    latest->release(old);
}
