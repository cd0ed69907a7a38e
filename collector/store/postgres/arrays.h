/* Arrays as a statement takes them, in binary as array_recv reads them: one dimension, no NULL, its elements each with
 * their length before. Knows no statement. */
#ifndef COLLECTOR_STORE_POSTGRES_ARRAYS_H
#define COLLECTOR_STORE_POSTGRES_ARRAYS_H

#include "base/buf.h"
#include <stddef.h>
#include <stdint.h>

#define ARRAY_MAX ((size_t)64 * 1024 * 1024) /* bytes */

/* Appends the head of an array of TYPE_NUMBERS or TYPE_BYTE_STRINGS (statements.h); `count` elements follow. */
void array_begin(struct buf *out, char type, size_t count);

/* An element. */
void array_put_number(struct buf *out, int64_t number);
void array_put_bytes(struct buf *out, const void *bytes, size_t len);

#endif
