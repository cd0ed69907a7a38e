/* The code of an invitation (PROTOCOL 4), as people read and type it. Pure. Any thread. */
#ifndef PANEL_INVITATION_H
#define PANEL_INVITATION_H

#include "base/compiler.h"
#include <stdint.h>

#define INVITATION_BYTES 16
#define INVITATION_TEXT_SIZE 30 /* 26 characters in groups of 7, 7, 7, 5, three hyphens, a NUL */

/* A code as shown to people: Crockford base32 in upper case, in groups. */
void invitation_write(const uint8_t code[static INVITATION_BYTES], char out[static INVITATION_TEXT_SIZE]);

/* Reads a code as a person types it: any case, I and L as 1, O as 0, hyphens ignored, spaces around it too. -1 when it
 * is none: not 26 characters, another character, or the last two bits not zero. */
MUST_CHECK int invitation_read(const char *typed, uint8_t code[static INVITATION_BYTES]);

#endif
