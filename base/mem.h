/* The allocation seam: every allocation of the project's own goes through here, cJSON's too, so that a test can make
 * the n-th one fail. Knows nothing of who allocates. Any thread. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/compiler.h"
#include <stddef.h>

/* `size` bytes, not cleared; NULL, with errno ENOMEM as ever here, when there is no memory. Size 0 gives a pointer that
 * can be freed. Free with mem_free. */
MUST_CHECK void *mem_alloc(size_t size);

/* `count` elements of `size` bytes, cleared; NULL when there is no memory or the product overflows. */
MUST_CHECK void *mem_calloc(size_t count, size_t size);

/* Makes `p` (NULL allowed) hold `count` elements of `size` bytes; NULL, with `p` untouched, when that can't be had. */
MUST_CHECK void *mem_resize(void *p, size_t count, size_t size);

/* A copy of `len` bytes of text, followed by a NUL; NULL when there is no memory. */
MUST_CHECK char *mem_copy_text(const char *text, size_t len);

/* Frees what one of the above gave; NULL is fine. Also what its owner holds as const, so that nobody changes it. */
void mem_free(const void *p);

/* Overwrites `len` bytes with zeros, never optimised away. */
void mem_wipe(void *p, size_t len);

/* For tests: from now on the n-th allocation of the process fails, once; 0 lets all succeed. */
void mem_fail_at(unsigned long n);

/* For tests: while a failure is asked for, `see` is called before each allocation that is counted; NULL: nothing is.
 * Before any other thread runs. */
void mem_watch(void (*see)(void));

/* For tests: whether the failure asked for by mem_fail_at has happened. */
int mem_has_failed(void);

#endif
