/* Growth by doubling. */
#include "base/list.h"
#include "base/mem.h"
#include <stdint.h>

#define FIRST_CAPACITY 16

void *list_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    if (*capacity > SIZE_MAX / 2)
        return NULL;
    size_t next = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *moved = mem_resize(items, next, size);
    if (moved)
        *capacity = next;
    return moved;
}
