#include "crypto/line.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(line, .init = vectors_start);

static struct line of(const char *text)
{
    return (struct line){text, strlen(text)};
}

Test(line, is_taken_one_by_one_up_to_the_last_newline)
{
    struct line rest = of("one\n\ntwo\nrest"), line;
    cr_assert(line_next(&rest, &line));
    cr_assert(line_is(&line, "one"));
    cr_assert_not(line_is(&line, "on"));
    cr_assert_not(line_is(&line, "one\n"));
    cr_assert(line_next(&rest, &line));
    cr_assert(line_is(&line, ""));
    cr_assert(line_next(&rest, &line));
    cr_assert(line_is(&line, "two"));
    cr_assert_not(line_next(&rest, &line));
    cr_assert(line_is(&rest, "rest"));
    rest = (struct line){NULL, 0};
    cr_assert_not(line_next(&rest, &line));
}

Test(line, gives_up_a_prefix_only_where_it_has_it)
{
    struct line line = of("index 5");
    cr_assert_not(line_skip(&line, "index 5 "));
    cr_assert_not(line_skip(&line, "Index"));
    cr_assert(line_skip(&line, "index "));
    cr_assert(line_is(&line, "5"));
}

Test(line, number_is_decimal_without_leading_zeros_and_within_64_bits)
{
    static const char *const bad[] = {"",
                                      "00",
                                      "01",
                                      "+1",
                                      "-1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "1e3",
                                      "0x",
                                      "0x1",
                                      "1,0",
                                      "a",
                                      "\xd9\xa1",
                                      "18446744073709551616",
                                      "18446744073709551620",
                                      "99999999999999999999",
                                      "100000000000000000000"};
    uint64_t number = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct line line = of(bad[i]);
        cr_assert_eq(line_number(&line, &number), -1, "%s", bad[i]);
    }
    cr_assert_eq(number, 7);
    struct line line = of("18446744073709551615");
    cr_assert_eq(line_number(&line, &number), 0);
    cr_assert_eq(number, UINT64_MAX);
    line = of("0");
    cr_assert_eq(line_number(&line, &number), 0);
    cr_assert_eq(number, 0);
}

Test(line, base64_is_that_of_rfc_4648)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xfb\xff\xfe", "+//+"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char bytes[8];
        size_t len = strlen(pairs[i][0]), count = 99;
        struct line line = of(pairs[i][1]);
        struct buf out;
        buf_init(&out, line.len);
        line_put_base64(&out, pairs[i][0], len);
        cr_assert_eq(buf_check(&out), 0);
        cr_assert_str_eq(buf_text(&out), pairs[i][1]);
        cr_assert_eq(LINE_BASE64_LENGTH(len), line.len);
        cr_assert_eq(line_base64(&line, bytes, len, &count), 0);
        cr_assert_eq(count, len);
        cr_assert_arr_eq(bytes, pairs[i][0], len);
        cr_assert_eq(line_base64_exactly(&line, bytes, len), 0);
        cr_assert_eq(line_base64_exactly(&line, bytes, len + 1), -1);
        buf_free(&out);
    }
}

Test(line, base64_of_any_length_reads_back)
{
    uint8_t bytes[70], back[70];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct buf out;
        buf_init(&out, LINE_BASE64_LENGTH(len));
        line_put_base64(&out, bytes, len);
        cr_assert_eq(buf_check(&out), 0);
        struct line line = {buf_text(&out), out.len};
        cr_assert_eq(strlen(line.text), out.len);
        cr_assert_eq(line_base64_exactly(&line, back, len), 0);
        cr_assert_arr_eq(back, bytes, len);
        buf_free(&out);
    }
}

Test(line, base64_is_strict)
{
    static const char *const bad[] = {"Zg",       "Zg=",  "Zg===", "Zm8",    "Zm8==",  "Zm9v=",   "=",      "====",
                                      "Zh==",     "Zm9=", "Zm9v ", " Zm9v",  "Zm\n9v", "Zm9v\n",  "-__-",   "Z===",
                                      "Zg==Zg==", "A",    "Zm9vZ", "Zg==\n", "Zg= =",  "Zm9\xff", "\x80m9v"};
    char bytes[16];
    size_t count = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct line line = of(bad[i]);
        cr_assert_eq(line_base64(&line, bytes, sizeof bytes, &count), -1, "%s", bad[i]);
    }
    struct line nul = {"Zm\0v", 4}, fits = of("Zm9v");
    cr_assert_eq(line_base64(&nul, bytes, sizeof bytes, &count), -1);
    cr_assert_eq(line_base64(&fits, bytes, 2, &count), -1);
    cr_assert_eq(count, 7);
}

Test(line, base64_takes_64_of_256_bytes_at_each_place)
{
    for (size_t place = 0; place < 4; place++) {
        int taken = 0;
        for (int c = 0; c < 256; c++) {
            char text[4] = {'A', 'A', 'A', 'A'}, bytes[3];
            struct line line = {text, sizeof text};
            text[place] = (char)c;
            taken += line_base64_exactly(&line, bytes, 3) == 0;
        }
        cr_assert_eq(taken, 64);
    }
}
