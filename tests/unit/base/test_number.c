/* Numbers: digits and nothing else, to the very ends of their range. */
#include "base/number.h"
#include <criterion/criterion.h>
#include <string.h>

Test(number, reads_what_is_written_in_digits)
{
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"7", 7},
                {"-7", -7},
                {"10", 10},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t value = 99;
        cr_assert_eq(number_read(good[i].text, INT64_MIN, INT64_MAX, &value), 0, "%s", good[i].text);
        cr_assert_eq(value, good[i].value, "%s", good[i].text);
    }
}

Test(number, refuses_all_else)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+5",
                                      " 5",
                                      "5 ",
                                      "05",
                                      "-0",
                                      "00",
                                      "1e3",
                                      "1.0",
                                      "0x1",
                                      "5a",
                                      "--5",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = 99;
        cr_assert_eq(number_read(bad[i], INT64_MIN, INT64_MAX, &value), -1, "%s", bad[i]);
        cr_assert_eq(value, 99);
    }
    int64_t value = 99;
    cr_assert_eq(number_read(NULL, 0, 9, &value), -1);
    cr_assert_eq(number_parse("5\0", 2, 0, 9, &value), -1);
}

Test(number, keeps_within_its_bounds)
{
    int64_t value;
    cr_assert_eq(number_read("1", 1, 5, &value), 0);
    cr_assert_eq(number_read("5", 1, 5, &value), 0);
    cr_assert_eq(number_read("0", 1, 5, &value), -1);
    cr_assert_eq(number_read("6", 1, 5, &value), -1);
    cr_assert_eq(number_parse("123", 2, 0, 99, &value), 0);
    cr_assert_eq(value, 12);
}

Test(number, reaches_the_largest_without_a_sign)
{
    uint64_t value;
    cr_assert_eq(number_parse_unsigned("18446744073709551615", 20, &value), 0);
    cr_assert_eq(value, UINT64_MAX);
    cr_assert_eq(number_parse_unsigned("18446744073709551616", 20, &value), -1);
    cr_assert_eq(number_parse_unsigned("-1", 2, &value), -1);
}
