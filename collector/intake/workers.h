/* A few threads for work that is too long for an HTTP thread: the signatures of a whole batch. Knows no work. */
#ifndef COLLECTOR_INTAKE_WORKERS_H
#define COLLECTOR_INTAKE_WORKERS_H

#include "base/compiler.h"
#include <stddef.h>

struct workers;

/* One piece of work; the caller's memory, which lasts until `run` is called. */
struct work {
    void (*run)(struct work *work);
    struct work *next; /* workers.c's */
};

/* `threads` threads, before which at most `capacity` pieces wait. NULL: no memory or no threads. */
MUST_CHECK struct workers *workers_start(unsigned threads, size_t capacity);

/* Does what is waiting, then ends the threads. Pushes are turned away from then on. NULL is fine. */
void workers_stop(struct workers *workers);

/* After workers_stop, when nobody can push any more. NULL is fine. */
void workers_free(struct workers *workers);

/* 0: `run` will be called, once. -1: too much is waiting. Any thread. */
MUST_CHECK int workers_push(struct workers *workers, struct work *work);

/* The same however much is waiting, for work of which few pieces can be there at once. -1: the threads are stopping. */
MUST_CHECK int workers_push_anyway(struct workers *workers, struct work *work);

#endif
