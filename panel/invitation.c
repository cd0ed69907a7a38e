/* The invitation code of PROTOCOL 4: 128 random bits, the highest first, and two zero bits in 26 characters of
 * Crockford's base32, whose alphabet has no letter that is easily taken for another. */
#include "panel/invitation.h"
#include "base/mem.h"
#include <ctype.h>
#include <string.h>

#define CODE_CHARACTERS 26
#define GROUP 7
#define BITS 5
#define CODE_BITS (INVITATION_BYTES * 8)

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static unsigned bit_at(const uint8_t *code, size_t place)
{
    return place < CODE_BITS ? (unsigned)code[place / 8] >> (7 - place % 8) & 1U : 0;
}

void invitation_write(const uint8_t code[static INVITATION_BYTES], char out[static INVITATION_TEXT_SIZE])
{
    for (size_t i = 0; i < CODE_CHARACTERS; i++) {
        unsigned value = 0;
        for (size_t bit = 0; bit < BITS; bit++)
            value = value << 1 | bit_at(code, i * BITS + bit);
        if (i > 0 && i % GROUP == 0)
            *out++ = '-';
        *out++ = alphabet[value];
    }
    *out = '\0';
}

/* -1 for what is no character of a code. */
static int character_value(char typed)
{
    int upper = toupper((unsigned char)typed);
    if (upper == 'I' || upper == 'L')
        return 1;
    if (upper == 'O')
        return 0;
    const char *found = upper != '\0' ? strchr(alphabet, upper) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

/* Adds the five bits of character number `place`; -1 where those past the code's end are not zero. */
static int put_bits(uint8_t *code, size_t place, unsigned value)
{
    for (size_t bit = 0; bit < BITS; bit++) {
        size_t at = place * BITS + bit;
        if (!(value >> (BITS - 1 - bit) & 1))
            continue;
        if (at >= CODE_BITS)
            return -1;
        code[at / 8] |= (uint8_t)(0x80U >> at % 8);
    }
    return 0;
}

static int read_characters(const char *typed, size_t len, uint8_t *code)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        if (typed[i] == '-')
            continue;
        int value = character_value(typed[i]);
        if (value < 0 || count == CODE_CHARACTERS || put_bits(code, count++, (unsigned)value) != 0)
            return -1;
    }
    return count == CODE_CHARACTERS ? 0 : -1;
}

int invitation_read(const char *typed, uint8_t code[static INVITATION_BYTES])
{
    static const char blanks[] = " \t\r\n";
    uint8_t read[INVITATION_BYTES] = {0};
    typed += strspn(typed, blanks);
    size_t len = strlen(typed);
    while (len > 0 && strchr(blanks, typed[len - 1]))
        len--;
    int result = read_characters(typed, len, read);
    if (result == 0)
        memcpy(code, read, sizeof read);
    mem_wipe(read, sizeof read);
    return result;
}
