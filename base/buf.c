/* A bounded buffer: capacity doubles, never past the maximum and the NUL's place. */
#include "base/buf.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_CAP 128

void buf_init(struct buf *b, size_t max)
{
    /* Half the address space, so that the sums below can't wrap. */
    *b = (struct buf){.max = max < SIZE_MAX / 2 ? max : SIZE_MAX / 2};
}

void buf_free(struct buf *b)
{
    mem_free(b->data);
    buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
    mem_wipe(b->data, b->cap);
    buf_free(b);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

/* Makes cap hold `need` bytes and the NUL; need <= max. Fresh memory begins as empty text. */
static int grow_to(struct buf *b, size_t need)
{
    size_t cap = b->cap > 0 ? b->cap : FIRST_CAP;
    while (cap < need + 1)
        cap *= 2;
    if (cap > b->max + 1)
        cap = b->max + 1;
    char *data = mem_resize(b->data, cap, 1);
    if (!data)
        return -1;
    if (!b->data)
        data[0] = '\0';
    b->data = data;
    b->cap = cap;
    return 0;
}

void buf_expect(struct buf *b, size_t len)
{
    if (!b->failed && len <= b->max && len >= b->cap && grow_to(b, len) < 0)
        return; /* the puts will see for themselves */
}

char *buf_reserve(struct buf *b, size_t len)
{
    if (b->failed)
        return NULL;
    if (len > b->max - b->len || (b->len + len >= b->cap && grow_to(b, b->len + len) < 0)) {
        b->failed = true;
        return NULL;
    }
    return b->data + b->len;
}

void buf_put(struct buf *b, const void *bytes, size_t len)
{
    char *end = buf_reserve(b, len);
    if (!end)
        return;
    if (len > 0)
        memcpy(end, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_put_text(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void buf_put_char(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_put_integer(struct buf *b, int64_t number)
{
    char digits[20], *at = digits + sizeof digits; /* a sign and 19 digits */
    uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        *--at = '-';
    buf_put(b, at, (size_t)(digits + sizeof digits - at));
}

/* Formats into the free capacity; the length that the whole text has, or -1. */
PRINTF_LIKE(2, 0)
static int print_at_end(struct buf *b, const char *format, va_list args)
{
    size_t room = b->cap - b->len;
    int len = vsnprintf(b->data + b->len, room, format, args);
    if (len < 0 || (size_t)len >= room)
        b->data[b->len] = '\0'; /* what was half written is no part of the text */
    return len;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    if (!buf_reserve(b, 0))
        return;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = print_at_end(b, format, args);
    if (len >= 0 && (size_t)len >= b->cap - b->len)
        len = buf_reserve(b, (size_t)len) ? print_at_end(b, format, again) : -1;
    if (len < 0)
        b->failed = true;
    else
        b->len += (size_t)len;
    va_end(again);
    va_end(args);
}

int buf_check(const struct buf *b)
{
    return b->failed ? -1 : 0;
}

const char *buf_text(const struct buf *b)
{
    return b->data ? b->data : "";
}
