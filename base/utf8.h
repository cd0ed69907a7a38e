/* UTF-8 as RFC 3629 §4 has it: no overlong form, no surrogate, nothing above U+10FFFF. Knows no format. Any thread. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length, 1 to 4 bytes, of the character that begins at `at`, of which `left` bytes (at least 1) may be read; 0
 * when these bytes begin no well-formed character. */
size_t utf8_step(const char *at, size_t left);

/* The number of the well-formed character of `step` bytes, as utf8_step has it, that begins at `at`. */
uint32_t utf8_code(const char *at, size_t step);

#endif
