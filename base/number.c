/* Decimal digits to numbers, without overflow. */
#include "base/number.h"
#include <stdbool.h>
#include <string.h>

int number_parse_unsigned(const char *text, size_t len, uint64_t *out)
{
    if (len == 0 || (text[0] == '0' && len > 1))
        return -1;
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        unsigned digit = (unsigned)(text[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return -1;
        value = 10 * value + digit;
    }
    *out = value;
    return 0;
}

int number_parse(const char *text, size_t len, int64_t min, int64_t max, int64_t *out)
{
    bool negative = len > 0 && text[0] == '-';
    uint64_t size;
    if (number_parse_unsigned(text + negative, len - negative, &size) < 0 || (negative && size == 0))
        return -1;
    if (size > (uint64_t)INT64_MAX + negative)
        return -1;
    int64_t value = negative ? -(int64_t)(size - 1) - 1 : (int64_t)size;
    if (value < min || value > max)
        return -1;
    *out = value;
    return 0;
}

int number_read(const char *text, int64_t min, int64_t max, int64_t *out)
{
    return text ? number_parse(text, strlen(text), min, max, out) : -1;
}
