/* JSON for a terminal. */
#include "base/json.h"
#include <criterion/criterion.h>

Test(json, is_shown_without_what_moves_a_terminal_and_means_the_same)
{
    static const char text[] =
        "{\n\t\"\xC2\x85\": \"a\xC2\x9B\xC3\xA9\xE2\x80\xAE\xE2\x81\xA9\x7F\xF0\x9F\x99\x82\"\r\n}";
    struct buf shown, again;
    buf_init(&shown, 1000);
    buf_init(&again, 1000);
    json_put_shown(&shown, text, sizeof text - 1);
    cr_assert_str_eq(buf_text(&shown),
                     "{\n\t\"\\u0085\": \"a\\u009b\xC3\xA9\\u202e\\u2069\\u007f\xF0\x9F\x99\x82\"\r\n}");
    struct json *one = json_parse(text, sizeof text - 1, NULL), *other = json_parse(shown.data, shown.len, NULL);
    cr_assert(one && other && json_equal(one, other));
    json_put_shown(&again, shown.data, shown.len);
    cr_assert_str_eq(buf_text(&again), buf_text(&shown), "what has been shown once stays so");
    buf_reset(&again);
    json_put_shown(&again, "a\xFF", 2);
    cr_assert_str_eq(buf_text(&again), "a?");
    json_free(one);
    json_free(other);
    buf_free(&shown);
    buf_free(&again);
}
