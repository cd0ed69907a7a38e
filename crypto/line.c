/* Lines, numbers and base64 of the C2SP texts. */
#include "crypto/line.h"
#include "base/number.h"
#include <sodium.h>
#include <string.h>

static const int variant = sodium_base64_VARIANT_ORIGINAL;

bool line_next(struct line *rest, struct line *out)
{
    const char *newline = rest->len == 0 ? NULL : memchr(rest->text, '\n', rest->len);
    if (!newline)
        return false;
    *out = (struct line){rest->text, (size_t)(newline - rest->text)};
    rest->text += out->len + 1;
    rest->len -= out->len + 1;
    return true;
}

bool line_skip(struct line *line, const char *prefix)
{
    size_t len = strlen(prefix);
    if (line->len < len || memcmp(line->text, prefix, len) != 0)
        return false;
    line->text += len;
    line->len -= len;
    return true;
}

bool line_is(const struct line *line, const char *text)
{
    return line->len == strlen(text) && memcmp(line->text, text, line->len) == 0;
}

int line_number(const struct line *line, uint64_t *out)
{
    return number_parse_unsigned(line->text, line->len, out);
}

static bool is_ascii(const struct line *line)
{
    for (size_t i = 0; i < line->len; i++)
        if ((uint8_t)line->text[i] > 0x7f)
            return false;
    return true;
}

int line_base64(const struct line *line, void *out, size_t cap, size_t *count)
{
    size_t decoded = 0;
    if (!is_ascii(line)) /* libsodium 1.0.18 takes any byte from 0x80 up for a '/' */
        return -1;
    if (line->len != 0 && sodium_base642bin(out, cap, line->text, line->len, NULL, &decoded, NULL, variant) != 0)
        return -1;
    *count = decoded;
    return 0;
}

int line_base64_exactly(const struct line *line, void *out, size_t want)
{
    size_t decoded;
    if (line->len != LINE_BASE64_LENGTH(want) || line_base64(line, out, want, &decoded) < 0)
        return -1;
    return decoded == want ? 0 : -1;
}

/* Written by a table, as base64url is read (adr/004): a receipt has up to some twenty hashes, all public. */
static void encode_group(const uint8_t *bytes, size_t count, char *out)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned group = (unsigned)bytes[0] << 16 | (count > 1 ? (unsigned)bytes[1] << 8 : 0) | (count > 2 ? bytes[2] : 0);
    out[0] = alphabet[group >> 18];
    out[1] = alphabet[group >> 12 & 63];
    out[2] = '=';
    out[3] = '=';
    if (count > 1)
        out[2] = alphabet[group >> 6 & 63];
    if (count > 2)
        out[3] = alphabet[group & 63];
}

void line_put_base64(struct buf *out, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;
    char *place = buf_reserve(out, LINE_BASE64_LENGTH(len));
    if (!place)
        return;
    for (size_t left = len; left > 0; from += 3, place += 4) {
        size_t count = left < 3 ? left : 3;
        encode_group(from, count, place);
        left -= count;
    }
    out->len += LINE_BASE64_LENGTH(len);
    buf_put(out, "", 0); /* its NUL */
}
