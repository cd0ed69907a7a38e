/* Where many threads find the newest of a kind of counted values (base/counted.h), which any of them may replace. */
#ifndef BASE_LATEST_H
#define BASE_LATEST_H

#include "base/compiler.h"

struct latest;

/* An empty one. NULL when there is no memory. Free with latest_free, which lets go of the newest. */
MUST_CHECK struct latest *latest_new(void);
void latest_free(struct latest *latest);

/* The newest, held for the caller; NULL while it is empty. */
void *latest_now(struct latest *latest);

/* Puts another in it, or NULL; takes over the caller's hold, and lets go of the one before. */
void latest_replace(struct latest *latest, void *next);

#endif
