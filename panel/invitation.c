/* The invitation code of PROTOCOL 4: 128 random bits and two zero bits in 26 characters. */
#include "panel/invitation.h"
#include "base/crockford.h"
#include "base/lang.h"
#include "base/mem.h"
#include <string.h>

#define BITS_BYTES CROCKFORD_BYTES(INVITATION_CHARACTERS)

_Static_assert(INVITATION_TEXT_SIZE == CROCKFORD_TEXT_SIZE(INVITATION_CHARACTERS), "26 characters and three hyphens");

void invitation_write(const uint8_t code[static INVITATION_BYTES], char out[static INVITATION_TEXT_SIZE])
{
    uint8_t bits[BITS_BYTES] = {0};
    memcpy(bits, code, INVITATION_BYTES);
    crockford_write(bits, INVITATION_CHARACTERS, out);
    mem_wipe(bits, sizeof bits);
}

size_t invitation_count(const char *typed)
{
    return crockford_count(typed);
}

int invitation_read(const char *typed, uint8_t code[static INVITATION_BYTES], struct error *error)
{
    uint8_t bits[BITS_BYTES];
    int result = crockford_read(typed, INVITATION_CHARACTERS, bits, error);
    if (result == 0 && bits[INVITATION_BYTES] != 0)
        result = error_set(error, ERROR_REFUSED, "%s",
                           T("one of its characters must be another", "een van de tekens moet een ander zijn"));
    if (result == 0)
        memcpy(code, bits, INVITATION_BYTES);
    mem_wipe(bits, sizeof bits);
    return result;
}
