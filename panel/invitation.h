/* The code of an invitation (PROTOCOL 4), as people read and type it. Pure. Any thread. */
#ifndef PANEL_INVITATION_H
#define PANEL_INVITATION_H

#include "base/error.h"
#include <stddef.h>
#include <stdint.h>

#define INVITATION_BYTES 16
#define INVITATION_CHARACTERS 26
#define INVITATION_TEXT_SIZE 30 /* the characters in groups of 7, 7, 7, 5, three hyphens, a NUL */

/* A code as shown to people: Crockford base32 in upper case, in groups. */
void invitation_write(const uint8_t code[static INVITATION_BYTES], char out[static INVITATION_TEXT_SIZE]);

/* Reads a code as a person receives and types it (UTF-8): what is no letter or digit is passed over, so blanks, line
 * ends, hyphens and dashes of any make; any case, I and L as 1, O as 0. -1: *error (may be NULL), ERROR_REFUSED with a
 * phrase in the language of lang.h that says what is wrong with "the code": nothing in it, a letter that no code has,
 * too few or too many, or the last two bits not zero. It never holds the code. */
MUST_CHECK int invitation_read(const char *typed, uint8_t code[static INVITATION_BYTES], struct error *error);

/* How many letters and digits there are in `typed`. */
size_t invitation_count(const char *typed);

#endif
