/* A list of ranges with weights; the most specific range that fits an offer says its weight. */
#include "collector/http/negotiate.h"
#include <string.h>

#define WEIGHT_MAX 1000 /* q=1; it has up to three decimals */

struct range {
    const char *name;
    size_t len;
    int weight; /* -1: can't be read */
};

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* The weight that begins at `at`: 0, 0.5, 1.000. -1: it is none. */
static int read_weight(const char *at)
{
    int weight = 0, unit = WEIGHT_MAX;
    if (*at != '0' && *at != '1')
        return -1;
    weight = (*at++ - '0') * WEIGHT_MAX;
    if (*at == '.')
        at++;
    for (; *at >= '0' && *at <= '9' && unit > 1; at++)
        weight += (*at - '0') * (unit /= 10);
    return strchr(", \t;", *at) != NULL && weight <= WEIGHT_MAX ? weight : -1;
}

/* Takes the next range of a list; NULL at its end, else where the one after begins. */
static const char *next_range(const char *at, struct range *range)
{
    at += strspn(at, ", \t");
    if (*at == '\0')
        return NULL;
    *range = (struct range){.name = at, .len = strcspn(at, ",; \t"), .weight = WEIGHT_MAX};
    at = skip_blanks(at + range->len);
    while (*at == ';') {
        at = skip_blanks(at + 1);
        if ((*at == 'q' || *at == 'Q') && at[1] == '=')
            range->weight = read_weight(at + 2);
        at += strcspn(at, ";,");
    }
    return at + strcspn(at, ",");
}

/* How closely a range fits an offer: 3 exactly, 2 as type and star, 1 as any, 0 not. */
static int range_closeness(const struct range *range, const char *offer)
{
    size_t major = strcspn(offer, "/") + 1;
    if (range->len == strlen(offer) && strncasecmp(range->name, offer, range->len) == 0)
        return 3;
    if (range->len == major + 1 && range->name[major] == '*' && strncasecmp(range->name, offer, major) == 0)
        return 2;
    return range->len == 3 && strncmp(range->name, "*/*", 3) == 0 ? 1 : 0;
}

static int offer_weight(const char *accept, const char *offer)
{
    struct range range;
    int best = 0, weight = 0;
    for (const char *at = accept; (at = next_range(at, &range)) != NULL;) {
        int close = range.weight >= 0 ? range_closeness(&range, offer) : 0;
        if (close > best) {
            best = close;
            weight = range.weight;
        }
    }
    return weight;
}

int negotiate_media_type(const char *accept, const char *const *offers, size_t count)
{
    int chosen = -1, most = 0;
    if (!accept)
        return 0;
    for (size_t i = 0; i < count; i++) {
        int weight = offer_weight(accept, offers[i]);
        if (weight > most) {
            most = weight;
            chosen = (int)i;
        }
    }
    return chosen;
}

static bool is_gzip(const struct range *range)
{
    return (range->len == 4 && strncasecmp(range->name, "gzip", 4) == 0) ||
           (range->len == 6 && strncasecmp(range->name, "x-gzip", 6) == 0);
}

bool negotiate_gzip(const char *accept_encoding)
{
    struct range range;
    const char *at = accept_encoding;
    while (at && (at = next_range(at, &range)) != NULL)
        if (is_gzip(&range))
            return range.weight > 0;
    return false;
}
