/* Well-formed UTF-8. */
#include "base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

static size_t step(const char *text)
{
    return utf8_step(text, strlen(text));
}

Test(utf8, steps_over_the_first_and_last_character_of_each_length)
{
    cr_assert_eq(utf8_step("", 1), 1);
    cr_assert_eq(step("\x7F"), 1);
    cr_assert_eq(step("\xC2\x80"), 2);
    cr_assert_eq(step("\xDF\xBF"), 2);
    cr_assert_eq(step("\xE0\xA0\x80"), 3);
    cr_assert_eq(step("\xED\x9F\xBF"), 3);
    cr_assert_eq(step("\xEE\x80\x80"), 3);
    cr_assert_eq(step("\xEF\xBF\xBF"), 3);
    cr_assert_eq(step("\xF0\x90\x80\x80"), 4);
    cr_assert_eq(step("\xF4\x8F\xBF\xBF"), 4);
}

Test(utf8, refuses_what_is_malformed)
{
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xC2\x41",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xE2\x82",
                                      "\xE2\x82\x41",
                                      "\xE2\x41\xAC",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF0\x90\x80",
                                      "\xFE",
                                      "\xFF"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_eq(step(bad[i]), 0, "case %zu", i);
}

Test(utf8, never_looks_past_what_may_be_read)
{
    cr_assert_eq(utf8_step("\xE2\x82\xAC", 2), 0);
    cr_assert_eq(utf8_step("\xF0\x9F\x98\x80", 3), 0);
}

Test(utf8, knows_the_number_of_a_character)
{
    cr_assert_eq(utf8_code("A", 1), 0x41);
    cr_assert_eq(utf8_code("\xC2\x80", 2), 0x80);
    cr_assert_eq(utf8_code("\xE2\x80\xAE", 3), 0x202E);
    cr_assert_eq(utf8_code("\xF4\x8F\xBF\xBF", 4), 0x10FFFF);
}
