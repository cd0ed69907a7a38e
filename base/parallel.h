/* One loop over all cores. Knows no work. */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include "base/compiler.h"
#include <stddef.h>

struct parallel;

/* Cores that this process may use, at least 1: a container or taskset may give it fewer than the machine has. */
unsigned parallel_cores(void);

/* `threads` in all, the caller's among them; at least 1. NULL: no memory or no threads. Free with parallel_free. */
MUST_CHECK struct parallel *parallel_new(unsigned threads);
void parallel_free(struct parallel *parallel);

/* Calls `each` with every number below `count`, on all threads at once, in no order. After parallel_begin the other
 * threads are at it, and the caller may do something else before parallel_end, in which it joins them and waits for the
 * last call. */
void parallel_begin(struct parallel *parallel, size_t count, void (*each)(void *context, size_t i), void *context);
void parallel_end(struct parallel *parallel);

#endif
