/* Bits in characters that have no letter that is easily taken for another, and back from whatever a person made of
 * them. */
#include "base/crockford.h"
#include "base/lang.h"
#include "base/utf8.h"
#include <stdbool.h>
#include <string.h>

#define GROUP 7
#define BITS 5

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void crockford_write(const uint8_t *bits, size_t characters, char *out)
{
    for (size_t i = 0; i < characters; i++) {
        unsigned value = 0;
        for (size_t at = i * BITS; at < (i + 1) * BITS; at++)
            value = value << 1 | ((unsigned)bits[at / 8] >> (7 - at % 8) & 1U);
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

size_t crockford_count(const char *typed)
{
    size_t count = 0, step;
    for (const char *at = typed; (at = next_letter_or_digit(at, &step)); at += step)
        count++;
    return count;
}

static int refuse_count(size_t count, size_t due, struct error *error)
{
    if (count == 0)
        return error_set(error, ERROR_REFUSED, "%s", T("it is empty", "ze is leeg"));
    return error_set(error, ERROR_REFUSED,
                     count == 1 ? T("it has %zu letter or digit, and a code has %zu",
                                    "er staat %zu letter of cijfer in, en een code heeft er %zu")
                                : T("it has %zu letters and digits, and a code has %zu",
                                    "er staan %zu letters en cijfers in, en een code heeft er %zu"),
                     count, due);
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

int crockford_read(const char *typed, size_t characters, uint8_t *bits, struct error *error)
{
    size_t count = crockford_count(typed), place = 0, step;
    if (check_letters(typed, error) < 0)
        return -1;
    if (count != characters)
        return refuse_count(count, characters, error);
    memset(bits, 0, CROCKFORD_BYTES(characters));
    for (const char *at = typed; (at = next_letter_or_digit(at, &step)); at += step, place += BITS)
        for (size_t bit = 0; bit < BITS; bit++)
            if (character_value(at, step) >> (BITS - 1 - bit) & 1)
                bits[(place + bit) / 8] |= (uint8_t)(0x80U >> (place + bit) % 8);
    return 0;
}
