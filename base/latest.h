/* Where many threads find the newest of something immutable and counted, which one thread replaces. */
#ifndef BASE_LATEST_H
#define BASE_LATEST_H

#include "base/compiler.h"

struct place;

/* An empty place; `hold` and `release` count its things, and take NULL. NULL when there is no memory. */
MUST_CHECK struct place *place_new(void *(*hold)(void *thing), void (*release)(void *thing));
void place_free(struct place *place);

/* The newest, held for the caller; NULL while it is empty. */
void *place_now(struct place *place);

/* Puts another in it; takes over the caller's hold, and releases the one before. */
void place_replace(struct place *place, void *next);

#endif
