/* The invitation code of PROTOCOL 4: 128 random bits, the highest first, and two zero bits in 26 characters of
 * Crockford's base32, whose alphabet has no letter that is easily taken for another. */
#include "panel/invitation.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <stdbool.h>
#include <string.h>

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
    for (size_t i = 0; i < INVITATION_CHARACTERS; i++) {
        unsigned value = 0;
        for (size_t bit = 0; bit < BITS; bit++)
            value = value << 1 | bit_at(code, i * BITS + bit);
        if (i > 0 && i % GROUP == 0)
            *out++ = '-';
        *out++ = alphabet[value];
    }
    *out = '\0';
}

/* Beyond ASCII: blanks, punctuation and signs, which a mail program, a word processor or a telephone puts where a plain
 * hyphen or blank was. All else is taken for a letter or digit: to pass over one that was meant would be worse than to
 * name it. */
static const struct {
    uint32_t first, last;
} passed_over[] = {
    {0x80, 0xA9},     {0xAB, 0xB1},     {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBB},
    {0xBF, 0xBF},     {0xD7, 0xD7},     {0xF7, 0xF7},     {0x1680, 0x1680}, {0x180E, 0x180E},
    {0x2000, 0x206F}, {0x20A0, 0x20CF}, {0x2190, 0x245F}, {0x2500, 0x2BFF}, {0x2E00, 0x2E7F},
    {0x3000, 0x3003}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0xFE00, 0xFE0F}, {0xFE10, 0xFE6F},
    {0xFEFF, 0xFEFF}, {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65},
};

static bool is_passed_over(uint32_t code)
{
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        if (code >= passed_over[i].first && code <= passed_over[i].last)
            return true;
    return false;
}

static bool is_ascii_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The first letter or digit from `at` on, *step bytes long; NULL when there is none. What is no UTF-8 counts as one. */
static const char *next_letter_or_digit(const char *at, size_t *step)
{
    for (size_t left = strlen(at); left > 0; at += *step, left -= *step) {
        size_t len = utf8_step(at, left);
        *step = len > 0 ? len : 1;
        if (len == 0 || (len == 1 ? is_ascii_letter_or_digit(*at) : !is_passed_over(utf8_code(at, len))))
            return at;
    }
    return NULL;
}

/* -1 for what is no character of a code. */
static int character_value(const char *at, size_t step)
{
    char upper = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
    if (upper == 'I' || upper == 'L')
        return 1;
    if (upper == 'O')
        return 0;
    const char *found = step == 1 ? strchr(alphabet, upper) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

size_t invitation_count(const char *typed)
{
    size_t count = 0, step;
    for (const char *at = typed; (at = next_letter_or_digit(at, &step)); at += step)
        count++;
    return count;
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

static int refuse_count(size_t count, struct error *error)
{
    if (count == 0)
        return error_set(error, ERROR_REFUSED, "%s", T("it is empty", "ze is leeg"));
    return error_set(error, ERROR_REFUSED,
                     count == 1 ? T("it has %zu letter or digit, and a code has %d",
                                    "er staat %zu letter of cijfer in, en een code heeft er %d")
                                : T("it has %zu letters and digits, and a code has %d",
                                    "er staan %zu letters en cijfers in, en een code heeft er %d"),
                     count, INVITATION_CHARACTERS);
}

static int check_letters(const char *typed, struct error *error)
{
    size_t step;
    for (const char *at = typed; (at = next_letter_or_digit(at, &step)); at += step)
        if (character_value(at, step) < 0)
            return error_set(error, ERROR_REFUSED, T("'%.*s' is in no code", "'%.*s' komt in geen code voor"),
                             (int)step, at);
    return 0;
}

static int read_characters(const char *typed, uint8_t *code, struct error *error)
{
    size_t count = invitation_count(typed), place = 0, step;
    if (check_letters(typed, error) < 0)
        return -1;
    if (count != INVITATION_CHARACTERS)
        return refuse_count(count, error);
    for (const char *at = typed; (at = next_letter_or_digit(at, &step)); at += step)
        if (put_bits(code, place++, (unsigned)character_value(at, step)) < 0)
            return error_set(error, ERROR_REFUSED, "%s",
                             T("one of its characters must be another", "een van de tekens moet een ander zijn"));
    return 0;
}

int invitation_read(const char *typed, uint8_t code[static INVITATION_BYTES], struct error *error)
{
    uint8_t read[INVITATION_BYTES] = {0};
    int result = read_characters(typed, read, error);
    if (result == 0)
        memcpy(code, read, sizeof read);
    mem_wipe(read, sizeof read);
    return result;
}
