/* What the releases of one round ask about each of its blocks (PROTOCOL 8a): an action's counters at the size that a
 * release rests on, and how many members are fresh there against an earlier one. Counted while responses come by place
 * by place, so that it grows with actions and releases, and not with responses; in bounded memory all the same. Knows
 * no law and no table. What fails is told by the scratch that it was made with. One thread. */
#ifndef COLLECTOR_AUDIT_BLOCKS_H
#define COLLECTOR_AUDIT_BLOCKS_H

#include "collector/audit/fold.h"

struct blocks;

/* Of releases that rest on these sizes, `count` of them and one at least, in a round with this questionnaire whose
 * counters are laid out as in `layout`. All of it is copied. In about `memory` bytes, and some 20 an action; `scratch`
 * must last as long. NULL: no memory. Free with blocks_free. */
MUST_CHECK struct blocks *blocks_new(struct scratch *scratch, size_t memory, const int64_t *sizes, size_t count,
                                     const struct questionnaire *questionnaire, const struct tally_layout *layout);
void blocks_free(struct blocks *blocks);

/* A response that counts, in the order of its place; and that its place has no more. -1: it failed. */
MUST_CHECK int blocks_take(struct blocks *blocks, const struct fold_current *response);
MUST_CHECK int blocks_leave(struct blocks *blocks);

/* Behind all places. The counters of an action, by its number, at one of the sizes: as many as the layout has. What is
 * told, here and below, counts only if nothing has failed. */
void blocks_count(struct blocks *blocks, int64_t action, int64_t size, int64_t *counts);

/* How many members are fresh at `size` against `earlier`, both among the sizes; `was_erased`: something that stood
 * below `earlier` has been erased since, so that whose first response revises another is not taken for fresh. */
int64_t blocks_fresh(struct blocks *blocks, int64_t action, int64_t size, int64_t earlier, bool was_erased);

#endif
