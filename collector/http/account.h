/* One account for all memory that requests and answers take, with one limit: heads and bodies that are being received,
 * what handlers need, answers that wait for their receiver. Inside the HTTP room. Any thread. */
#ifndef COLLECTOR_HTTP_ACCOUNT_H
#define COLLECTOR_HTTP_ACCOUNT_H

#include "base/compiler.h"
#include <stdatomic.h>
#include <stddef.h>

struct account {
    atomic_size_t used; /* bytes */
    size_t max;
};

/* -1: with so many more it would be over the limit; nothing has been charged. */
MUST_CHECK static inline int account_charge(struct account *account, size_t bytes)
{
    size_t before = atomic_fetch_add_explicit(&account->used, bytes, memory_order_relaxed);
    if (before + bytes <= account->max)
        return 0;
    atomic_fetch_sub_explicit(&account->used, bytes, memory_order_relaxed);
    return -1;
}

/* Charges what is small and bounded by the number of connections, also over the limit. */
static inline void account_charge_small(struct account *account, size_t bytes)
{
    atomic_fetch_add_explicit(&account->used, bytes, memory_order_relaxed);
}

static inline void account_release(struct account *account, size_t bytes)
{
    atomic_fetch_sub_explicit(&account->used, bytes, memory_order_relaxed);
}

#endif
