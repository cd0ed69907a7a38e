/* The allocation seam over malloc's family. The failure to inject is one countdown for the whole process, so that it
 * also strikes what another thread allocates. */
#include "base/mem.h"
#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong countdown; /* allocations left until the one that fails; 0 when none is to */
static atomic_bool struck;
static void (*watcher)(void); /* NULL: none */

/* Counts one allocation; whether it is the one that must fail, with errno as malloc sets it. The exchange lets exactly
 * one of two threads have each number. */
static bool must_fail(void)
{
    unsigned long left = atomic_load_explicit(&countdown, memory_order_relaxed);
    if (left > 0 && watcher)
        watcher();
    while (left > 0) {
        if (atomic_compare_exchange_weak(&countdown, &left, left - 1)) {
            if (left > 1)
                return false;
            atomic_store(&struck, true);
            errno = ENOMEM;
            return true;
        }
    }
    return false;
}

void *mem_alloc(size_t size)
{
    return must_fail() ? NULL : malloc(size > 0 ? size : 1);
}

static bool product_overflows(size_t count, size_t size)
{
    if (size == 0 || count <= SIZE_MAX / size)
        return false;
    errno = ENOMEM;
    return true;
}

void *mem_calloc(size_t count, size_t size)
{
    if (product_overflows(count, size) || must_fail())
        return NULL;
    return count > 0 && size > 0 ? calloc(count, size) : calloc(1, 1);
}

void *mem_resize(void *p, size_t count, size_t size)
{
    if (product_overflows(count, size) || must_fail())
        return NULL;
    /* A size of 0 would free `p`, and NULL would then mean two things. */
    return realloc(p, count > 0 && size > 0 ? count * size : 1);
}

char *mem_copy_text(const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? mem_alloc(len + 1) : NULL;
    if (!copy)
        return NULL;
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void mem_free(const void *p)
{
    free((void *)(uintptr_t)p);
}

void mem_wipe(void *p, size_t len)
{
    if (len > 0)
        sodium_memzero(p, len);
}

void mem_fail_at(unsigned long n)
{
    atomic_store(&struck, false);
    atomic_store(&countdown, n);
}

void mem_watch(void (*see)(void))
{
    watcher = see;
}

int mem_has_failed(void)
{
    return atomic_load(&struck);
}
