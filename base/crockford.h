/* Codes that people read and type: Crockford's base32 in groups of seven characters, the highest bit first. Knows no
 * code. Pure. Any thread. */
#ifndef BASE_CROCKFORD_H
#define BASE_CROCKFORD_H

#include "base/error.h"
#include <stddef.h>
#include <stdint.h>

#define CROCKFORD_BYTES(characters) (((characters)*5 + 7) / 8) /* that hold their bits; those past the last are 0 */
#define CROCKFORD_TEXT_SIZE(characters) ((characters) + ((characters)-1) / 7 + 1) /* with hyphens and a NUL */

/* Writes CROCKFORD_TEXT_SIZE(characters) bytes: the first bits of CROCKFORD_BYTES(characters), in upper case. */
void crockford_write(const uint8_t *bits, size_t characters, char *out);

/* Reads so many characters as a person receives and types them (UTF-8): what is no letter or digit is passed over, so
 * blanks, line ends, hyphens and dashes of any make; any case, I and L as 1, O as 0. `bits` takes
 * CROCKFORD_BYTES(characters). -1: *error (may be NULL), ERROR_REFUSED with a phrase that says what is wrong with "the
 * code": nothing in it, a letter that no code has, too few or too many. It never holds the code. */
MUST_CHECK int crockford_read(const char *typed, size_t characters, uint8_t *bits, struct error *error);

/* How many letters and digits there are in `typed`. */
size_t crockford_count(const char *typed);

#endif
