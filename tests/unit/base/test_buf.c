/* The bounded buffer. */
#include "base/buf.h"

#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

Test(buf, is_empty_text_when_new)
{
    struct buf b;

    buf_init(&b, 10);
    cr_assert_str_eq(buf_text(&b), "");
    cr_assert_eq(buf_check(&b), 0);
    cr_assert_null(b.data);
    buf_free(&b);
}

Test(buf, composes_text_of_every_kind_of_put)
{
    struct buf b;

    buf_init(&b, 100);
    buf_put(&b, "ab\0", 3);
    buf_put_text(&b, "cd");
    buf_put_char(&b, 'e');
    buf_printf(&b, "%s-%d", "f", 12);
    cr_assert_eq(buf_check(&b), 0);
    cr_assert_eq(b.len, 10);
    cr_assert_arr_eq(b.data, "ab\0cdef-12", 11);
    buf_free(&b);
}

Test(buf, takes_exactly_its_maximum)
{
    struct buf b;

    buf_init(&b, 4);
    buf_put_text(&b, "abcd");
    cr_assert_eq(buf_check(&b), 0);
    buf_put(&b, "", 0);
    cr_assert_eq(buf_check(&b), 0);
    buf_put_char(&b, 'e');
    cr_assert_eq(buf_check(&b), -1);
    cr_assert_str_eq(buf_text(&b), "abcd");
    buf_free(&b);
}

Test(buf, ignores_later_puts_when_failed_until_reset)
{
    struct buf b;

    buf_init(&b, 5);
    buf_put_text(&b, "abc");
    buf_put_text(&b, "def");
    buf_put_text(&b, "g");
    cr_assert_str_eq(buf_text(&b), "abc");
    cr_assert_null(buf_reserve(&b, 1));
    buf_reset(&b);
    cr_assert_eq(buf_check(&b), 0);
    buf_put_text(&b, "g");
    cr_assert_str_eq(buf_text(&b), "g");
    buf_free(&b);
}

Test(buf, prints_text_longer_than_its_room)
{
    struct buf b;

    buf_init(&b, 3000);
    buf_put_text(&b, "x");
    buf_printf(&b, "%02000d", 7);
    cr_assert_eq(buf_check(&b), 0);
    cr_assert_eq(b.len, 2001);
    cr_assert_eq(b.data[2000], '7');
    buf_printf(&b, "%01000d", 7);
    cr_assert_eq(buf_check(&b), -1);
    cr_assert_eq(strlen(buf_text(&b)), 2001);
    buf_free(&b);
}

Test(buf, changes_nothing_when_a_print_just_exceeds_the_maximum)
{
    struct buf b;

    buf_init(&b, 5);
    buf_put_text(&b, "abc");
    buf_printf(&b, "%s", "def");
    cr_assert_eq(buf_check(&b), -1);
    cr_assert_str_eq(buf_text(&b), "abc");
    buf_free(&b);
    buf_init(&b, 6);
    buf_printf(&b, "%s", "abcdef");
    cr_assert_str_eq(buf_text(&b), "abcdef");
    buf_free(&b);
}

Test(buf, reserves_room_that_a_writer_fills)
{
    struct buf b;
    char *room;

    buf_init(&b, 1000);
    buf_put_text(&b, "ab");
    room = buf_reserve(&b, 500);
    cr_assert_not_null(room);
    memset(room, 'c', 500);
    b.len += 500;
    buf_put(&b, NULL, 0);
    cr_assert_eq(strlen(buf_text(&b)), 502);
    cr_assert_null(buf_reserve(&b, 499));
    cr_assert_eq(buf_check(&b), -1);
    buf_free(&b);
}

Test(buf, survives_a_maximum_and_a_length_at_the_end_of_the_range)
{
    struct buf b;

    buf_init(&b, SIZE_MAX);
    buf_put_text(&b, "abc");
    cr_assert_eq(buf_check(&b), 0);
    cr_assert_null(buf_reserve(&b, SIZE_MAX - 1));
    cr_assert_str_eq(buf_text(&b), "abc");
    buf_free(&b);
    buf_init(&b, 0);
    buf_put_text(&b, "");
    cr_assert_eq(buf_check(&b), 0);
    buf_put_char(&b, 'x');
    cr_assert_eq(buf_check(&b), -1);
    buf_free(&b);
}

Test(buf, is_as_new_after_wipe)
{
    struct buf b;

    buf_init(&b, 50);
    buf_put_text(&b, "geheim");
    buf_wipe(&b);
    cr_assert_null(b.data);
    cr_assert_eq(b.len, 0);
    cr_assert_eq(b.max, 50);
    buf_put_text(&b, "weer");
    cr_assert_str_eq(buf_text(&b), "weer");
    buf_wipe(&b);
}

Test(buf, is_whole_or_failed_when_any_allocation_fails)
{
    unsigned long n = 0;

    do {
        struct buf b;

        mem_fail_at(++n);
        buf_init(&b, 100000);
        for (int i = 0; i < 1000; i++)
            buf_printf(&b, "%09d\n", i);
        cr_assert_eq(b.len % 10, 0);
        cr_assert_eq(buf_check(&b) == 0, !mem_has_failed());
        cr_assert_eq(strlen(buf_text(&b)), b.len);
        buf_free(&b);
    } while (mem_has_failed());
    mem_fail_at(0);
    cr_assert_gt(n, 5);
}

Test(buf, puts_integers_in_decimal)
{
    static const struct {
        int64_t number;
        const char *text;
    } pairs[] = {{0, "0"},
                 {9, "9"},
                 {10, "10"},
                 {-1, "-1"},
                 {1234567890, "1234567890"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct buf b;

        buf_init(&b, 20);
        buf_put_integer(&b, pairs[i].number);
        cr_assert_eq(buf_check(&b), 0);
        cr_assert_str_eq(buf_text(&b), pairs[i].text);
        buf_free(&b);
    }
}
