/* Two counts by the minute; a minute that is over is told by the first refusal after it. */
#include "collector/api/refusal_log.h"
#include "base/log.h"
#include <errno.h>
#include <stdbool.h>

#define TOKENS_TOLD 60 /* in a minute */
#define GUESSES_TOLD 5

int refusal_log_init(struct refusal_log *log)
{
    *log = (struct refusal_log){.of_tokens = {0, 0}};
    int why = pthread_mutex_init(&log->lock, NULL);
    if (why == 0)
        return 0;
    errno = why;
    return -1;
}

void refusal_log_destroy(struct refusal_log *log)
{
    pthread_mutex_destroy(&log->lock);
}

/* Counts one more. Returns how many it is in its minute; *untold: how many of the minute before were only counted. */
static unsigned long long count_refusal(struct refusal_count *count, uint64_t minute, unsigned long long told,
                                        unsigned long long *untold)
{
    *untold = 0;
    if (count->minute != minute) {
        *untold = count->count > told ? count->count - told : 0;
        *count = (struct refusal_count){.minute = minute};
    }
    return ++count->count;
}

/* Whether the refusal is one of the few that are told; tells of those before that were only counted. */
static bool is_told(struct refusal_log *log, struct refusal_count *count, int64_t now, unsigned long long most)
{
    unsigned long long untold;
    uint64_t minute = now > 0 ? (uint64_t)now / 60 : 0;
    pthread_mutex_lock(&log->lock);
    bool told = count_refusal(count, minute, most, &untold) <= most;
    pthread_mutex_unlock(&log->lock);
    if (untold > 0)
        log_info(untold == 1 ? "access: %llu more was refused in a minute before"
                             : "access: %llu more were refused in a minute before",
                 untold);
    return told;
}

void refusal_log_token(struct refusal_log *log, int64_t now, const char *what, const char *name)
{
    if (is_told(log, &log->of_tokens, now, TOKENS_TOLD))
        log_info("access: refused, %s%s", what, name);
}

void refusal_log_guess(struct refusal_log *log, int64_t now)
{
    if (is_told(log, &log->of_guesses, now, GUESSES_TOLD))
        log_info("access: refused");
}
