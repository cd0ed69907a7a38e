/* A list of records of one size that may be larger than memory: pages of it are held, as many as it may, and the others
 * lie in a scratch file. As long as it fits there is no file. One thread. */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include "base/scratch.h"

#define SPILL_RECORD_MAX ((size_t)4096) /* bytes */

struct spill;

/* An empty list of records of `size` bytes that holds about `memory` bytes of them, two pages at least, and four bytes
 * for each page that there is. `scratch` must last as long. NULL: no memory. Free with spill_free. */
MUST_CHECK struct spill *spill_new(struct scratch *scratch, size_t size, size_t memory);
void spill_free(struct spill *spill);

uint64_t spill_count(const struct spill *spill);

/* One more, all zero, to be filled in. Valid, as all that is given out, until this list is asked again. NULL: it
 * failed. */
MUST_CHECK void *spill_add(struct spill *spill);

/* Makes it that many records, those that are new all zero; never fewer than there are. -1: it failed. */
MUST_CHECK int spill_widen(struct spill *spill, uint64_t count);

/* The record at that place, below spill_count: to read, and to change. NULL: it failed. */
MUST_CHECK const void *spill_at(struct spill *spill, uint64_t place);
MUST_CHECK void *spill_change(struct spill *spill, uint64_t place);

#endif
