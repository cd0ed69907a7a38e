/* Records put in any order and had back by their keys, more of them than memory may hold: what is full is sorted and
 * written to a scratch file as a run, and the runs are merged. Records of one key come out as they were put. As long as
 * all fits there is no file. One thread. */
#ifndef BASE_SORTER_H
#define BASE_SORTER_H

#include "base/scratch.h"

#define SORTER_RECORD_MAX ((size_t)1 << 20) /* bytes */

struct sorter;

/* An empty one, that holds about `memory` bytes, or its largest record where that is more. `scratch` must last as long.
 * NULL: no memory. Free with sorter_free. */
MUST_CHECK struct sorter *sorter_new(struct scratch *scratch, size_t memory);
void sorter_free(struct sorter *sorter);

/* One more record, copied. -1: it failed. */
MUST_CHECK int sorter_put(struct sorter *sorter, uint64_t key, const void *bytes, size_t len);

struct sorted {
    uint64_t key;
    const void *bytes; /* the sorter's, until the next is asked for */
    size_t len;
};

/* Behind the last: they can be had from now on, and no more be put. -1: it failed. */
MUST_CHECK int sorter_turn(struct sorter *sorter);

/* The next; false: there is none any more, or it failed. */
MUST_CHECK bool sorter_next(struct sorter *sorter, struct sorted *out);

#endif
