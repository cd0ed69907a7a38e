/* A growing run of bytes with a maximum given at its birth. A put that does not fit, or finds no memory, marks the
 * buffer as failed and changes nothing; later puts do nothing. So a long text is composed without a check a line, and
 * checked once with buf_check. Knows nothing of what it holds. One thread at a time. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* NULL or len bytes followed by a NUL that is not counted */
    size_t len;
    size_t cap; /* bytes allocated, the NUL's place included */
    size_t max; /* len never exceeds it */
    bool failed;
};

/* An empty buffer that may grow to `max` bytes. Allocates nothing. */
void buf_init(struct buf *b, size_t max);

/* Frees the bytes; the buffer is then as after buf_init. */
void buf_free(struct buf *b);

/* As buf_free, but overwrites the bytes first; for secrets. A buffer that grows may leave a copy behind, so whoever
 * puts secrets reserves room for all of them first, as file_read does for a file. */
void buf_wipe(struct buf *b);

/* Empties the buffer and clears `failed`, keeping the memory. */
void buf_reset(struct buf *b);

void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_put_text(struct buf *b, const char *text);
void buf_put_char(struct buf *b, char c);
void buf_put_integer(struct buf *b, int64_t number); /* in decimal digits */
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Room for `len` more bytes at the end, for a writer that fills it and then adds what it wrote to b->len (and sees to
 * the NUL with buf_put of nothing); NULL, and failed, when there is none. Valid until the next put. */
MUST_CHECK char *buf_reserve(struct buf *b, size_t len);

/* Makes room for `len` bytes in all at once, so that putting them does not grow the buffer step by step. What can't be
 * had is left to the puts. */
void buf_expect(struct buf *b, size_t len);

/* 0 when every put since buf_init or buf_reset succeeded, -1 otherwise. */
MUST_CHECK int buf_check(const struct buf *b);

/* The bytes as NUL-terminated text, never NULL: "" for an empty buffer. */
const char *buf_text(const struct buf *b);

#endif
