/* How often a member may send: so many in a window of time, for each key by itself. Pure with a clock, which the caller
 * brings; in bounded memory, so that of very many keys at once those that have not been seen for longest are forgotten,
 * and may begin anew. One thread at a time. */
#ifndef COLLECTOR_INTAKE_QUOTA_H
#define COLLECTOR_INTAKE_QUOTA_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

struct quota;

/* `most` in a window of `seconds`, which begins with the first. NULL when there is no memory: 24 bytes for each of some
 * `keys` that are remembered. Free with quota_free. */
MUST_CHECK struct quota *quota_new(unsigned most, int64_t seconds, unsigned keys);
void quota_free(struct quota *quota); /* NULL is fine */

/* Seconds until `key` may have one more, at the moment `now`; 0: it may. A NULL quota bounds nothing. */
int64_t quota_wait(const struct quota *quota, uint64_t key, int64_t now);

/* It has had one more. */
void quota_note(struct quota *quota, uint64_t key, int64_t now);

/* It has not, after all. Whose place it took in the memory for many keys stays forgotten. */
void quota_take_back(struct quota *quota, uint64_t key);

#endif
