/* The filter before a terminal: what moves a cursor, breaks a line or turns the reading round comes out as '?'. */
#include "base/text.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *text, *clean;
} samples[] = {
    {"", ""},
    {"gewoon, caf\u00e9 \u20ac \U0001F600", "gewoon, caf\u00e9 \u20ac \U0001F600"},
    {"a\x1b[31mb\x7f", "a?[31mb?"},
    {"tab\tline\r\n", "tab?line??"},
    {"\xc2\x80\xc2\x9b"
     "31m\xc2\x9f",
     "??31m?"},
    {"\u00a0\xc2\xad", "\u00a0\xc2\xad"},
    {"\u2027\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f", "\u2027???????\u202f"},
    {"\u2065\u2066\u2067\u2068\u2069\u206a", "\u2065????\u206a"},
    {"\xff\xc2 \xe2\x82 \xc0\x80", "?? ?? ??"},
};

Test(text, puts_a_question_mark_for_what_must_not_be_shown)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct buf out;
        buf_init(&out, 256);
        text_put_clean(&out, samples[i].text, strlen(samples[i].text));
        cr_assert_str_eq(buf_text(&out), samples[i].clean, "sample %zu", i);
        buf_free(&out);
        char copy[256];
        memcpy(copy, samples[i].text, strlen(samples[i].text) + 1);
        text_clean(copy);
        cr_assert_str_eq(copy, samples[i].clean, "sample %zu", i);
    }
}

Test(text, cleans_a_nul_inside)
{
    struct buf out;
    buf_init(&out, 16);
    text_put_clean(&out, "a\0b", 3);
    cr_assert_str_eq(buf_text(&out), "a?b");
    buf_free(&out);
}

Test(text, ends_on_a_character_only_where_it_was_cut)
{
    char full[] = "ab\xe2\x82";
    text_end_on_character(full, sizeof full);
    cr_assert_str_eq(full, "ab");
    char whole[] = "ab\u20ac";
    text_end_on_character(whole, sizeof whole);
    cr_assert_str_eq(whole, "ab\u20ac");
    char roomy[16] = "ab\xe2\x82";
    text_end_on_character(roomy, sizeof roomy);
    cr_assert_str_eq(roomy, "ab\xe2\x82");
}

Test(text, fits_whole_characters_into_so_many_bytes)
{
    cr_expect_eq(text_fitting("a\u20acb", 5), 5);
    cr_expect_eq(text_fitting("a\u20acb", 4), 4);
    cr_expect_eq(text_fitting("a\u20acb", 3), 1);
    cr_expect_eq(text_fitting("\u20ac", 2), 0);
    cr_expect_eq(text_fitting("", 9), 0);
}

Test(text, is_blank_when_nothing_of_it_is_seen)
{
    static const char *const blank[] = {
        "",
        " ",
        "\t\r\n\v\f\x1b\x7f",
        "\xc2\x85\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000",
        "\u200b",
        "\ufeff",
        "\u2060\u200c\u200d\u200e\u200f\u202e\u2069\u206f\u00ad\u034f\u061c",
        "\u115f\u1160\u3164\uffa0\u17b4\u180e\ufe0f\ufff0\ufffb\u2800",
        "\U0001bca0\U0001d173\U000e0001\U000e0fff",
    };
    static const char *const seen[] = {
        "-",      " . ",    "\u200bx",    "\ufeff\u00e9", "\u00ac", "\u0600",   "\u1680\u1681",
        "\u2010", "\ufffc", "\U0001F600", "\U000e1000",   "\xff",   "\xe2\x80", "\xa0",
    };
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        cr_expect(text_is_blank(blank[i], strlen(blank[i])), "blank %zu", i);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        cr_expect_not(text_is_blank(seen[i], strlen(seen[i])), "seen %zu", i);
    cr_expect(text_is_blank("\0x", 1));
    cr_expect_not(text_is_blank("\0x", 2));
}
