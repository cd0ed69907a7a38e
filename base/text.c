/* The one filter between other people's text and a terminal, and the one list of what is not seen. */
#include "base/text.h"
#include "base/utf8.h"
#include <stdint.h>
#include <string.h>

static bool is_shown(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7F && code <= 0x9F))
        return false;
    return !(code >= 0x2028 && code <= 0x202E) && !(code >= 0x2066 && code <= 0x2069);
}

size_t text_step(const char *at, size_t left, bool *shown)
{
    size_t step = utf8_step(at, left);
    *shown = step > 0 && is_shown(utf8_code(at, step));
    return step > 0 ? step : 1;
}

/* In ascending order. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x0000, 0x0020}, {0x007F, 0x00A0},   {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C}, {0x115F, 0x1160},
    {0x1680, 0x1680}, {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x2000, 0x200F},   {0x2028, 0x202F}, {0x205F, 0x206F},
    {0x2800, 0x2800}, {0x3000, 0x3000},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static bool is_seen(uint32_t code)
{
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen && unseen[i].first <= code; i++)
        if (code <= unseen[i].last)
            return false;
    return true;
}

bool text_is_blank(const char *text, size_t len)
{
    size_t step;
    for (size_t i = 0; i < len; i += step) {
        step = utf8_step(text + i, len - i);
        if (step == 0 || is_seen(utf8_code(text + i, step)))
            return false;
    }
    return true;
}

size_t text_columns(const char *text, size_t len)
{
    size_t columns = 0;
    for (size_t i = 0; i < len; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

void text_put_clean(struct buf *out, const char *text, size_t len)
{
    size_t step;
    for (size_t i = 0; i < len; i += step) {
        bool shown;
        step = text_step(text + i, len - i, &shown);
        buf_put(out, shown ? text + i : "?", shown ? step : 1);
    }
}

void text_clean(char *text)
{
    size_t len = strlen(text), end = 0, step;
    for (size_t i = 0; i < len; i += step) {
        bool shown;
        step = text_step(text + i, len - i, &shown);
        memmove(text + end, shown ? text + i : "?", shown ? step : 1);
        end += shown ? step : 1;
    }
    text[end] = '\0';
}

size_t text_fitting(const char *text, size_t max)
{
    size_t len = strnlen(text, max);
    if (text[len])
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
            len--;
    return len;
}

void text_end_on_character(char *text, size_t size)
{
    size_t len = strlen(text);
    if (len + 1 < size)
        return;
    size_t start = len;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && utf8_step(text + start - 1, len - start + 1) == 0)
        text[start - 1] = '\0';
}
