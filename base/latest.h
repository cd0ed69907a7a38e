/* Where many threads find the newest of something immutable and counted, which one thread replaces. */
#ifndef BASE_LATEST_H
#define BASE_LATEST_H

#include "base/compiler.h"

struct latest;

/* An empty one; `hold` and `release` count its things, and take NULL. NULL when there is no memory. */
MUST_CHECK struct latest *latest_new(void *(*hold)(void *thing), void (*release)(void *thing));
void latest_free(struct latest *latest);

/* The newest, held for the caller; NULL while it is empty. */
void *latest_now(struct latest *latest);

/* Puts another in it; takes over the caller's hold, and releases the one before. */
void latest_replace(struct latest *latest, void *next);

#endif
