/* How every list grows: by doubling, through base/mem. Knows no element. One thread at a time. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/compiler.h"
#include <stddef.h>

/* Room for one more behind `count` elements of `size` bytes: `items` (NULL while *capacity is 0) as it is or moved,
 * and *capacity as it then is. NULL, with both untouched, when there is no memory.
 *
 *     struct row *rows = list_grow(plan->rows, plan->count, &plan->capacity, sizeof *rows);
 *     if (!rows)
 *         return -1;
 *     plan->rows = rows;
 *     plan->rows[plan->count++] = row; */
MUST_CHECK void *list_grow(void *items, size_t count, size_t *capacity, size_t size);

#endif
