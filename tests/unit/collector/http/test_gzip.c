/* That what comes out can be unpacked is shown end to end, by another program. */
#include "collector/http/gzip.h"

#include "base/mem.h"
#include <criterion/criterion.h>
#include <string.h>

/* `text`, `times` over, in pieces of `piece` bytes. */
static struct buf pack(const char *text, size_t times, size_t piece)
{
    struct buf plain, out;
    buf_init(&plain, SIZE_MAX);
    buf_init(&out, SIZE_MAX);
    for (size_t i = 0; i < times; i++)
        buf_put_text(&plain, text);
    struct gzip *gzip = gzip_new();
    cr_assert_not_null(gzip);
    for (size_t at = 0; at < plain.len; at += piece) {
        size_t left = plain.len - at;
        gzip_put(gzip, plain.data + at, left < piece ? left : piece, false, &out);
    }
    gzip_put(gzip, NULL, 0, true, &out);
    cr_assert_eq(buf_check(&out), 0);
    gzip_free(gzip);
    buf_free(&plain);
    return out;
}

/* RFC 1952: the length of what is inside ends the bytes. */
static size_t inner_length(const struct buf *packed)
{
    const uint8_t *end = (const uint8_t *)packed->data + packed->len;
    return (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
}

Test(gzip, packs_whole_texts_of_any_size)
{
    static const size_t times[] = {0, 1, 1000, 100000};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct buf out = pack("round,action,question\r\n", times[i], 16384);
        cr_assert_geq(out.len, 18);
        cr_assert_eq(memcmp(out.data, "\x1f\x8b\x08\x00\x00\x00\x00\x00", 8), 0, "a gzip header without a time");
        cr_assert_eq(inner_length(&out), 23 * times[i]);
        cr_assert(times[i] < 1000 || out.len < 23 * times[i] / 20);
        buf_free(&out);
    }
}

Test(gzip, gives_the_same_bytes_for_the_same_text)
{
    struct buf a = pack("a,b\r\n", 5000, 777), b = pack("a,b\r\n", 5000, 777);
    cr_assert_eq(a.len, b.len);
    cr_assert_eq(memcmp(a.data, b.data, a.len), 0);
    buf_free(&a);
    buf_free(&b);
}

Test(gzip, says_when_the_buffer_is_full)
{
    struct buf out;
    buf_init(&out, 16);
    struct gzip *gzip = gzip_new();
    gzip_put(gzip, "abc", 3, true, &out);
    cr_assert_eq(buf_check(&out), -1);
    gzip_free(gzip);
    buf_free(&out);
    gzip_free(NULL);
}
