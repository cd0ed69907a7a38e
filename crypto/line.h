/* What the C2SP texts are made of: lines that end with a newline, decimal numbers, and standard base64 (RFC 4648 §4)
 * with its padding, all strict. Knows no text. Any thread. */
#ifndef CRYPTO_LINE_H
#define CRYPTO_LINE_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters that `len` bytes take in base64, without a NUL. */
#define LINE_BASE64_LENGTH(len) (((size_t)(len) + 2) / 3 * 4)

/* A run of characters inside a text, without its newline. */
struct line {
    const char *text;
    size_t len;
};

/* Takes the next line from `rest` into `out`. False at the end, and where no newline follows. */
MUST_CHECK bool line_next(struct line *rest, struct line *out);

/* Takes `prefix` from the front of `line`; false, with nothing taken, where it does not begin so. */
MUST_CHECK bool line_skip(struct line *line, const char *prefix);

bool line_is(const struct line *line, const char *text);

/* 0 and *out for decimal digits without leading zeros, within 64 bits; -1 else. */
MUST_CHECK int line_number(const struct line *line, uint64_t *out);

/* Decodes the whole line. 0 and *count bytes, at most `cap`; -1 else. */
MUST_CHECK int line_base64(const struct line *line, void *out, size_t cap, size_t *count);

/* The same where exactly `want` bytes must come out. */
MUST_CHECK int line_base64_exactly(const struct line *line, void *out, size_t want);

/* Appends `len` bytes in base64. */
void line_put_base64(struct buf *out, const void *bytes, size_t len);

#endif
