/* Whole numbers as people and files write them: decimal digits, perhaps a minus, and nothing else: no plus, no blank,
 * no leading zero, no -0, no exponent. Knows no format. Any thread. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

/* 0 and *out when all `len` bytes are such a number from `min` to `max`; -1 else, also for no bytes at all. */
MUST_CHECK int number_parse(const char *text, size_t len, int64_t min, int64_t max, int64_t *out);

/* The same of NUL-terminated text; -1 for NULL too. */
MUST_CHECK int number_read(const char *text, int64_t min, int64_t max, int64_t *out);

/* The same without a sign, up to the largest 64-bit number. */
MUST_CHECK int number_parse_unsigned(const char *text, size_t len, uint64_t *out);

#endif
