/* Counting by atomic operations alone: who holds a value may hold it once more without a lock. */
#include "base/counted.h"
#include <stddef.h>

void counted_init(struct counted *counted, void (*destroy)(void *value))
{
    atomic_init(&counted->holders, 1);
    counted->destroy = destroy;
}

void *counted_hold(void *value)
{
    struct counted *counted = value;
    if (counted)
        atomic_fetch_add_explicit(&counted->holders, 1, memory_order_relaxed);
    return value;
}

void counted_release(void *value)
{
    struct counted *counted = value;
    if (counted && atomic_fetch_sub_explicit(&counted->holders, 1, memory_order_acq_rel) == 1)
        counted->destroy(value);
}
