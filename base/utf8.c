/* UTF-8, by the table of well-formed sequences in RFC 3629 §4. */
#include "base/utf8.h"
#include <stdbool.h>
#include <stdint.h>

static bool is_tail(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Some leads narrow their second byte, so as to shut out overlong forms, surrogates and what lies above U+10FFFF. */
static bool is_second(uint8_t lead, uint8_t byte)
{
    switch (lead) {
    case 0xE0:
        return byte >= 0xA0 && byte <= 0xBF;
    case 0xED:
        return byte >= 0x80 && byte <= 0x9F;
    case 0xF0:
        return byte >= 0x90 && byte <= 0xBF;
    case 0xF4:
        return byte >= 0x80 && byte <= 0x8F;
    default:
        return is_tail(byte);
    }
}

size_t utf8_step(const char *at, size_t left)
{
    const uint8_t *byte = (const uint8_t *)at;
    size_t len;
    if (byte[0] < 0x80)
        return 1;
    if (byte[0] >= 0xC2 && byte[0] <= 0xDF)
        len = 2;
    else if (byte[0] >= 0xE0 && byte[0] <= 0xEF)
        len = 3;
    else if (byte[0] >= 0xF0 && byte[0] <= 0xF4)
        len = 4;
    else
        return 0;
    if (left < len || !is_second(byte[0], byte[1]))
        return 0;
    for (size_t i = 2; i < len; i++)
        if (!is_tail(byte[i]))
            return 0;
    return len;
}

uint32_t utf8_code(const char *at, size_t step)
{
    static const uint8_t lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const uint8_t *byte = (const uint8_t *)at;
    uint32_t code = byte[0] & lead[step];
    for (size_t i = 1; i < step; i++)
        code = code << 6 | (byte[i] & 0x3Fu);
    return code;
}
