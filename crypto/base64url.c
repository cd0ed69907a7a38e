/* Base64url over libsodium's codec. */
#include "crypto/base64url.h"
#include <sodium.h>
#include <string.h>

static const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

void base64url_put(struct buf *out, const void *bytes, size_t len)
{
    char *place = buf_reserve(out, BASE64URL_LENGTH(len)); /* the codec's NUL goes where the buffer keeps its own */
    if (place == NULL)
        return;
    base64url_encode(bytes, len, place);
    out->len += BASE64URL_LENGTH(len);
}

void base64url_encode(const void *bytes, size_t len, char *out)
{
    sodium_bin2base64(out, BASE64URL_LENGTH(len) + 1, bytes, len, variant);
}

static const uint8_t in_alphabet[256] = {
    ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['0' ... '9'] = 1, ['-'] = 1, ['_'] = 1,
};

/* The last character of an incomplete group holds two or four bits that belong to no byte; only these leave them zero. */
static bool has_zero_unused_bits(const char *text, size_t len)
{
    switch (len % 4) {
    case 2:
        return memchr("AQgw", text[len - 1], 4) != NULL;
    case 3:
        return memchr("AEIMQUYcgkosw048", text[len - 1], 16) != NULL;
    default:
        return true;
    }
}

bool base64url_is_valid(const char *text, size_t len)
{
    unsigned taken = 1; /* without a branch a character, since every character of a request passes here */
    for (size_t i = 0; i < len; i++)
        taken &= in_alphabet[(uint8_t)text[i]];
    return taken == 1 && len % 4 != 1 && has_zero_unused_bits(text, len);
}

int base64url_decode(const char *text, size_t len, void *out, size_t cap, size_t *out_len)
{
    size_t decoded = 0;
    if (!base64url_is_valid(text, len)) /* libsodium 1.0.18 takes any byte from 0x80 up for the alphabet's last character */
        return -1;
    if (len != 0 && sodium_base642bin(out, cap, text, len, NULL, &decoded, NULL, variant) != 0)
        return -1;
    *out_len = decoded;
    return 0;
}

int base64url_decode_exactly(const char *text, size_t len, void *out, size_t want)
{
    size_t decoded;
    if (len != BASE64URL_LENGTH(want) || base64url_decode(text, len, out, want, &decoded) != 0)
        return -1;
    return decoded == want ? 0 : -1;
}
