/* The recovery code of a member's key (PROTOCOL 4f): 16 secret bytes from which the key follows, with 12 bits by which
 * a slip of the pen is told from another key. Whoever has the code has the key. Pure. Any thread. */
#ifndef PANEL_RECOVERY_H
#define PANEL_RECOVERY_H

#include "base/error.h"
#include "crypto/key.h"
#include <stddef.h>
#include <stdint.h>

#define RECOVERY_BYTES 16
#define RECOVERY_CHARACTERS 28
#define RECOVERY_TEXT_SIZE 32 /* the characters in four groups of 7, three hyphens, a NUL */

/* The code as shown to its member. The caller wipes it. */
void recovery_write(const uint8_t secret[static RECOVERY_BYTES], char out[static RECOVERY_TEXT_SIZE]);

/* Reads a code as base/crockford does. -1: *error (may be NULL) says what is wrong with "the code", its check bits
 * among it. The caller wipes the secret. */
MUST_CHECK int recovery_read(const char *typed, uint8_t secret[static RECOVERY_BYTES], struct error *error);

/* The key that the secret stands for in the panel of that id. NULL: no memory. Free with secret_key_free. */
MUST_CHECK struct secret_key *recovery_key(const uint8_t secret[static RECOVERY_BYTES], const char *panel);

#endif
