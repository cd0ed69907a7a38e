/* By prefixes: IANA's special-purpose registries (RFC 6890), of IPv6 only what is global unicast. */
#include "base/reach.h"
#include <stddef.h>
#include <string.h>

struct prefix {
    uint8_t bytes[16];
    unsigned bits;
};

#define V4(a, b, c, d, length)                                                                                         \
    {                                                                                                                  \
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}, 96 + (length)                                          \
    }

static const struct prefix loopback[] = {V4(127, 0, 0, 0, 8), {{[15] = 1}, 128}};

/* Somebody's own network. */
static const struct prefix private[] = {
    V4(10, 0, 0, 0, 8), V4(172, 16, 0, 0, 12), V4(192, 168, 0, 0, 16), V4(100, 64, 0, 0, 10), {{0xfc}, 7}};

static const struct prefix routed[] = {V4(0, 0, 0, 0, 0), {{0x20}, 3}};

/* Of what is routed: what is not any host's, and what wraps another address. */
static const struct prefix special[] = {
    V4(0, 0, 0, 0, 8),      V4(10, 0, 0, 0, 8),     V4(100, 64, 0, 0, 10), V4(127, 0, 0, 0, 8),
    V4(169, 254, 0, 0, 16), V4(172, 16, 0, 0, 12),  V4(192, 0, 0, 0, 24),  V4(192, 0, 2, 0, 24),
    V4(192, 88, 99, 0, 24), V4(192, 168, 0, 0, 16), V4(198, 18, 0, 0, 15), V4(198, 51, 100, 0, 24),
    V4(203, 0, 113, 0, 24), V4(224, 0, 0, 0, 3),    {{0x20, 0x01}, 23},    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x20, 0x02}, 16},
};

static bool starts_with(const uint8_t address[static 16], const struct prefix *prefix)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    unsigned mask = (0xffU << (8 - rest)) & 0xffU;
    return memcmp(address, prefix->bytes, whole) == 0 &&
           (rest == 0 || (address[whole] & mask) == (prefix->bytes[whole] & mask));
}

static bool is_any_of(const uint8_t address[static 16], const struct prefix *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (starts_with(address, &list[i]))
            return true;
    return false;
}

#define IS_ANY_OF(address, list) is_any_of(address, list, sizeof(list) / sizeof *(list))

bool reach_has(enum reach reach, const uint8_t address[static 16])
{
    switch (reach) {
    case REACH_ANYWHERE:
        return true;
    case REACH_LOOPBACK:
        return IS_ANY_OF(address, loopback);
    case REACH_NETWORK:
        if (IS_ANY_OF(address, private))
            return true;
        break;
    case REACH_PUBLIC:
        break;
    }
    return IS_ANY_OF(address, routed) && !IS_ANY_OF(address, special);
}
