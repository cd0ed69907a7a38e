/* What many may run into, told in the log as a state and not each time: whoever can make it happen can't fill the log
 * by it. A line when it begins; another when it is a different one, no more than once a minute; one when it is over,
 * which is at the first success a minute or more after it was last met. Any thread; statically made. */
#ifndef BASE_TROUBLE_H
#define BASE_TROUBLE_H

#include "base/error.h"
#include "base/log.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TROUBLE_QUIET_US INT64_C(60000000)

struct trouble {
    const char *where; /* the word that its lines begin with */
    enum log_level level;
    pthread_mutex_t lock; /* over all below */
    atomic_bool lasts;
    int64_t met_at, told_at; /* on the monotonic clock, µs: the last time */
    unsigned long long count; /* how often it was met */
    char text[ERROR_TEXT_SIZE]; /* as last told */
};

#define TROUBLE(its_where, its_level)                                                                                  \
    {                                                                                                                  \
        .where = (its_where), .level = (its_level), .lock = PTHREAD_MUTEX_INITIALIZER                                  \
    }

/* It has been met at `now`, as the text says, by printf. */
void trouble_met(struct trouble *trouble, int64_t now, const char *format, ...) PRINTF_LIKE(3, 4);

/* What it is about has succeeded at `now`. Where there is no trouble that costs nothing. */
void trouble_passed(struct trouble *trouble, int64_t now);

#endif
