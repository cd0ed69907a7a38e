/* Each key: what it makes of the line, and what the terminal shows. */
#include "client/terminal/editor.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct editor_keys keys = {.erase = 0x7F, .word = 0x17, .line = 0x15, .end = 0x04};
static struct editor editor;
static struct buf line, shown;

static void prepare(void)
{
    buf_init(&line, 16);
    buf_init(&shown, 4096);
    editor_begin(&editor, &keys, &line, &shown);
}

static void finish(void)
{
    buf_free(&line);
    buf_free(&shown);
}

TestSuite(editor, .init = prepare, .fini = finish);

/* Types all of it; the last event. */
static enum editor_event type(const char *text)
{
    enum editor_event event = EDITOR_GOES_ON;
    for (; *text; text++)
        event = editor_feed(&editor, (unsigned char)*text);
    return event;
}

Test(editor, takes_characters_up_to_enter_and_shows_them)
{
    cr_expect_eq(type("caf\xC3\xA9"), EDITOR_GOES_ON);
    cr_expect_eq(type("\r"), EDITOR_LINE);
    cr_expect_str_eq(buf_text(&line), "café");
    cr_expect_str_eq(buf_text(&shown), "café\n");
}

Test(editor, erases_characters_words_and_the_line)
{
    type("one \xE2\x82\xAC\x7F");
    cr_expect_str_eq(buf_text(&line), "one ");
    cr_expect_str_eq(buf_text(&shown), "one €\b \b");
    type("two three\x17");
    cr_expect_str_eq(buf_text(&line), "one two ");
    type("\x17");
    cr_expect_str_eq(buf_text(&line), "one ");
    type("\x15");
    cr_expect_str_eq(buf_text(&line), "");
    buf_reset(&shown);
    type("\x7F\x17\x15");
    cr_expect_str_eq(buf_text(&shown), "", "nothing is left to erase");
}

Test(editor, ends_the_input_on_an_empty_line_alone)
{
    cr_expect_eq(type("\x04"), EDITOR_END);
    editor_begin(&editor, &keys, &line, &shown);
    cr_expect_eq(type("a\x04"), EDITOR_GOES_ON);
    cr_expect_eq(editor.strange, 1);
    cr_expect_str_eq(buf_text(&line), "a");
}

Test(editor, passes_over_arrow_and_function_keys)
{
    type("a\033[Ab\033[3~c\033OPd\033[1;5Ce\033xf");
    cr_expect_str_eq(buf_text(&line), "abcdef");
    cr_expect_str_eq(buf_text(&shown), "abcdef");
    cr_expect_eq(editor.strange, 0);
}

Test(editor, knows_the_marks_of_a_paste_and_takes_no_key_between_them)
{
    cr_expect_eq(type("a\033[200~b\x04\x7F\x17\x15\b"), EDITOR_GOES_ON);
    cr_expect(editor.is_pasting);
    cr_expect_eq(editor.strange, 5);
    cr_expect_str_eq(buf_text(&line), "ab");
    cr_expect_eq(type("\r"), EDITOR_LINE);
    cr_expect(editor.is_pasting);
    editor_begin(&editor, &keys, &line, &shown);
    editor.is_pasting = true;
    cr_expect_eq(type("\x04"), EDITOR_GOES_ON, "no end of input, though the line is empty");
    type("\033[A\033[2~\033[2;01~\033[1201~\033[02010201~");
    cr_expect(editor.is_pasting, "other keys are no marks");
    type("\033[201~");
    cr_expect_not(editor.is_pasting);
    cr_expect_eq(type("\x04"), EDITOR_END);
}

Test(editor, leaves_out_and_counts_what_no_answer_may_hold)
{
    static const struct {
        const char *typed, *line;
        size_t strange;
    } samples[] = {
        {"a\x01"
         "b",
         "ab", 1},
        {"\xC2\x9B"
         "31m",
         "31m", 1},
        {"\xE2\x80\xAEx", "x", 1},
        {"\x80x", "x", 1},
        {"\xC3x", "x", 1},
        {"\xE9t\xE9", "t", 1},
        {"\xE2\x82\xC3\xA9", "é", 1},
        {"\xE0\x80\x80", "", 1},
        {"\xFFy", "y", 1},
        {"a\tb\vc\xE2\x80\xA8"
         "d",
         "a b c d", 0},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        editor_begin(&editor, &keys, &line, &shown);
        type(samples[i].typed);
        cr_expect_str_eq(buf_text(&line), samples[i].line, "sample %zu", i);
        cr_expect_eq(editor.strange, samples[i].strange, "sample %zu: %zu", i, editor.strange);
    }
    cr_expect_null(strchr(buf_text(&shown), '\x9B'));
}

Test(editor, counts_what_no_longer_fits_and_takes_no_half_character)
{
    type("fifteen bytes..");
    type("\xC3\xA9");
    cr_expect_str_eq(buf_text(&line), "fifteen bytes..");
    cr_expect_eq(editor.too_many, 1);
    type("!\x7F\x7F\xC3\xA9");
    cr_expect_str_eq(buf_text(&line), "fifteen bytes.é");
    cr_expect_eq(buf_check(&line), 0);
}
