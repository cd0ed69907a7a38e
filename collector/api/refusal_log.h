/* Who was refused access, in the log: each token by its name, and who guesses, as long as it is a few; many in a
 * minute are counted, and told together, so that a guess costs no line. Inside the API room. Any thread. */
#ifndef COLLECTOR_API_REFUSAL_LOG_H
#define COLLECTOR_API_REFUSAL_LOG_H

#include "base/compiler.h"
#include <pthread.h>
#include <stdint.h>

struct refusal_count {
    uint64_t minute; /* of the count */
    unsigned long long count;
};

struct refusal_log {
    pthread_mutex_t lock;
    struct refusal_count of_tokens, of_guesses;
};

/* -1: errno. */
MUST_CHECK int refusal_log_init(struct refusal_log *log);
void refusal_log_destroy(struct refusal_log *log);

/* A known token was refused at `now` (seconds): `what` and `name` are told, such as "token " and its name. */
void refusal_log_token(struct refusal_log *log, int64_t now, const char *what, const char *name);

/* Somebody without a token that counts was. */
void refusal_log_guess(struct refusal_log *log, int64_t now);

#endif
