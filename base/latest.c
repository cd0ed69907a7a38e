/* A pointer under a lock, held for as long as it takes to count one more. */
#include "base/latest.h"
#include "base/mem.h"
#include <pthread.h>
#include <stddef.h>

struct place {
    pthread_mutex_t lock;
    void *(*hold)(void *thing);
    void (*release)(void *thing);
    void *now;
};

struct place *place_new(void *(*hold)(void *thing), void (*release)(void *thing))
{
    struct place *place = mem_calloc(1, sizeof *place);
    if (place == NULL || pthread_mutex_init(&place->lock, NULL) != 0) {
        mem_free(place);
        return NULL;
    }
    place->hold = hold;
    place->release = release;
    return place;
}

void place_free(struct place *place)
{
    if (place == NULL)
        return;
    place->release(place->now);
    pthread_mutex_destroy(&place->lock);
    mem_free(place);
}

void *place_now(struct place *place)
{
    pthread_mutex_lock(&place->lock);
    void *thing = place->hold(place->now);
    pthread_mutex_unlock(&place->lock);
    return thing;
}

void place_replace(struct place *place, void *next)
{
    pthread_mutex_lock(&place->lock);
    void *old = place->now;
    place->now = next;
    pthread_mutex_unlock(&place->lock);
    place->release(old);
}
