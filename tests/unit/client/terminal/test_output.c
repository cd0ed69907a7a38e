/* Columns, and what of other people's text reaches a terminal. */
#include "client/terminal/output.h"
#include "tests/unit/capture.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(output, .init = kit_begin, .fini = kit_end);

static const char *cell(const char *text, size_t width)
{
    static char copy[256];
    struct buf out;
    buf_init(&out, sizeof copy - 1);
    output_put_cell(&out, text, width);
    memcpy(copy, buf_text(&out), out.len + 1);
    buf_free(&out);
    return copy;
}

Test(output, fills_a_cell_by_characters_and_not_by_bytes)
{
    cr_expect_str_eq(cell("ab", 4), "ab  ");
    cr_expect_str_eq(cell("één", 4), "één ");
    cr_expect_str_eq(cell("abcde", 4), "abcde");
    cr_expect_eq(output_width("één €"), 5);
}

Test(output, shows_no_control_character_of_a_cell)
{
    cr_expect_str_eq(cell("a\033[2J\nb", 0), "a?[2J?b");
    cr_expect_str_eq(cell("\xC2\x9B"
                          "31m",
                          6),
                     "?31m  ", "U+009B begins an escape sequence as ESC [ does");
    cr_expect_str_eq(cell("\xE2\x80\xAE"
                          "txt.exe",
                          0),
                     "?txt.exe", "U+202E turns the reading order round");
}

Test(output, says_each_line_of_a_text)
{
    struct buf text;
    buf_init(&text, 64);
    buf_put_text(&text, "one\n\ntwo\n");
    capture_begin(2);
    output_say_lines(&text);
    cr_expect_str_eq(capture_end(2), "one\n\ntwo\n");
    buf_free(&text);
}

static void wraps(const char *text, size_t columns, const char *wanted)
{
    struct buf out;
    buf_init(&out, 1000);
    output_put_wrapped(&out, text, columns);
    cr_expect_str_eq(buf_text(&out), wanted);
    buf_free(&out);
}

Test(output, breaks_lines_between_words_and_leads_what_goes_on_as_they_began)
{
    wraps("one two three\nfour\n", 8, "one two\nthree\nfour\n");
    wraps("  one two three", 8, "  one\n  two\n  three");
    wraps("   2  one two three", 13, "   2  one two\n      three");
    wraps("caf\xC3\xA9 \xC3\xA9\xC3\xA9\xC3\xA9", 8, "caf\xC3\xA9 \xC3\xA9\xC3\xA9\xC3\xA9");
    wraps("a word-that-is-wider b", 8, "a\nword-that-is-wider\nb");
    wraps("one  two", 7, "one \ntwo");
    wraps("one two three\n", 0, "one two three\n");
    wraps("\n        \n", 4, "\n        \n");
}
