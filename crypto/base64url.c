/* Base64url: written by libsodium's codec, read by a table. */
#include "crypto/base64url.h"
#include <sodium.h>
#include <string.h>

static const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

void base64url_put(struct buf *out, const void *bytes, size_t len)
{
    char *place = buf_reserve(out, BASE64URL_LENGTH(len)); /* the codec's NUL goes where the buffer keeps its own */
    if (!place)
        return;
    base64url_encode(bytes, len, place);
    out->len += BASE64URL_LENGTH(len);
}

void base64url_encode(const void *bytes, size_t len, char *out)
{
    sodium_bin2base64(out, BASE64URL_LENGTH(len) + 1, bytes, len, variant);
}

/* Each character's six bits and one; 0 outside the alphabet. Decoding is our own: libsodium 1.0.18 takes any byte from
 * 0x80 up for the alphabet's last character, and its constant time, which public text does not need, costs a response
 * three microseconds. */
#define FOUR(c, n) [c] = (n) + 1, [(c) + 1] = (n) + 2, [(c) + 2] = (n) + 3, [(c) + 3] = (n) + 4
static const uint8_t alphabet[256] = {
    FOUR('A', 0),  FOUR('E', 4),  FOUR('I', 8),  FOUR('M', 12), FOUR('Q', 16), FOUR('U', 20), ['Y'] = 25, ['Z'] = 26,
    FOUR('a', 26), FOUR('e', 30), FOUR('i', 34), FOUR('m', 38), FOUR('q', 42), FOUR('u', 46), ['y'] = 51, ['z'] = 52,
    FOUR('0', 52), FOUR('4', 56), ['8'] = 61,    ['9'] = 62,    ['-'] = 63,    ['_'] = 64,
};

/* Below 64 for a character of the alphabet. */
static unsigned bits_of(char c)
{
    return alphabet[(uint8_t)c] - 1u;
}

/* The last character of an incomplete group holds two or four bits that belong to no byte. */
static bool has_zero_unused_bits(const char *text, size_t len)
{
    unsigned unused = len % 4 == 2 ? 0xf : len % 4 == 3 ? 0x3 : 0;
    return unused == 0 || (bits_of(text[len - 1]) & unused) == 0;
}

bool base64url_is_valid(const char *text, size_t len)
{
    unsigned seen = 0; /* without a branch a character, since every character of a request passes here */
    for (size_t i = 0; i < len; i++)
        seen |= bits_of(text[i]);
    return seen < 0x40 && len % 4 != 1 && has_zero_unused_bits(text, len);
}

/* Decodes the characters of one group, `len` of 4; returns what all their bits make, which is 0x40 or more where one is
 * outside the alphabet. */
static unsigned decode_group(const char *text, size_t len, uint8_t *out)
{
    unsigned a = bits_of(text[0]), b = bits_of(text[1]), c = len > 2 ? bits_of(text[2]) : 0,
             d = len > 3 ? bits_of(text[3]) : 0;
    out[0] = (uint8_t)(a << 2 | b >> 4);
    if (len > 2)
        out[1] = (uint8_t)(b << 4 | c >> 2);
    if (len > 3)
        out[2] = (uint8_t)(c << 6 | d);
    return a | b | c | d;
}

int base64url_decode(const char *text, size_t len, void *out, size_t cap, size_t *out_len)
{
    size_t count = len / 4 * 3 + (len % 4 > 0 ? len % 4 - 1 : 0), at = 0;
    uint8_t *bytes = out;
    unsigned seen = 0; /* looked at once, at the end: no branch a group */
    if (len % 4 == 1 || count > cap || !has_zero_unused_bits(text, len))
        return -1;
    for (; len - at >= 4; at += 4, bytes += 3)
        seen |= decode_group(text + at, 4, bytes);
    if (at < len)
        seen |= decode_group(text + at, len - at, bytes);
    if (seen >= 0x40)
        return -1;
    *out_len = count;
    return 0;
}

int base64url_decode_exactly(const char *text, size_t len, void *out, size_t want)
{
    size_t decoded;
    if (len != BASE64URL_LENGTH(want) || base64url_decode(text, len, out, want, &decoded) < 0)
        return -1;
    return decoded == want ? 0 : -1;
}
