/* Questions asked through a pipe: what is taken, kept and taken away. */
#include "client/terminal/prompt.h"
#include "tests/unit/capture.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static struct catalogue catalogue;
static struct answers answers, earlier;
static struct input input;
static struct prompt prompt;

static void prepare(void)
{
    kit_begin();
    catalogue = kit_catalogue();
    answers_init(&answers, &catalogue.panel->questionnaires[0], ',');
    answers_init(&earlier, &catalogue.panel->questionnaires[0], ',');
    prompt = (struct prompt){.input = &input, .earlier = &earlier, .room = 20000};
}

static void finish(void)
{
    answers_free(&answers);
    answers_free(&earlier);
    catalogue_free(&catalogue);
    kit_end();
}

TestSuite(prompt, .init = prepare, .fini = finish);
TestSuite(input, .init = prepare, .fini = finish);

/* From now on standard input gives this. */
static void pipe_in(const char *text, size_t len)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], text, len), (ssize_t)len);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    input_open(&input);
    cr_assert_not(input.is_terminal);
}

/* What was said. */
static const char *ask(const char *lines, enum prompt_result expected)
{
    pipe_in(lines, strlen(lines));
    capture_begin(2);
    enum prompt_result result = prompt_all(&prompt, &answers);
    const char *said = capture_end(2);
    cr_expect_eq(result, expected, "%s", said);
    return said;
}

static const char *answer(const char *id)
{
    return answers.typed[questionnaire_find(answers.questionnaire, id)];
}

static void answered_before(const char *id, const char *typed)
{
    cr_assert_eq(answers_set(&earlier, (size_t)questionnaire_find(earlier.questionnaire, id), typed), 0);
}

Test(prompt, takes_values_and_the_numbers_shown)
{
    ask("4\n1\n5\n2, website\nA text.\n", PROMPT_DONE);
    cr_expect_str_eq(answer("importance"), "4");
    cr_expect_str_eq(answer("noticed"), "yes");
    cr_expect_str_eq(answer("satisfaction"), "5");
    cr_expect_str_eq(answer("comment"), "A text.");
    cr_expect_not_null(strstr(answer("channels"), ",website"), "%s", answer("channels"));
}

Test(prompt, asks_again_until_it_fits_and_says_why)
{
    const char *said = ask("9\n\n4\nmaybe\nno\n\n\n", PROMPT_DONE);
    cr_expect_not_null(strstr(said, "must be an integer from 1 to 5"));
    cr_expect_not_null(strstr(said, "an answer is needed here"));
    cr_expect_not_null(strstr(said, "'maybe' is not one of"));
    cr_expect_null(answer("satisfaction"), "not asked");
    cr_expect_null(answer("comment"), "passed over");
}

Test(prompt, keeps_what_was_answered_before_on_enter_and_takes_it_away_on_a_hyphen)
{
    answered_before("importance", "2");
    answered_before("noticed", "yes");
    answered_before("satisfaction", "3");
    answered_before("channels", "app,website");
    answered_before("comment", "Earlier,\nin two lines");
    const char *said = ask("\n\n4\n-\n-\n", PROMPT_DONE);
    cr_expect_not_null(strstr(said, "answered before: 2\n"));
    cr_expect_not_null(strstr(said, "answered before: Yes\n"));
    cr_expect_not_null(strstr(said, "answered before: Earlier,\n    in two lines\n"));
    cr_expect_str_eq(answer("importance"), "2");
    cr_expect_str_eq(answer("noticed"), "yes");
    cr_expect_str_eq(answer("satisfaction"), "4");
    cr_expect_str_eq(answer("channels"), "", "none of these");
    cr_expect_null(answer("comment"));
}

Test(prompt, tells_at_once_when_all_together_get_too_long)
{
    prompt.room = 60;
    const char *said = ask("4\nno\n\na text that is too long with the rest\nshort\n", PROMPT_DONE);
    cr_expect_not_null(strstr(said, "too long together"));
    cr_expect_str_eq(answer("comment"), "short");
}

Test(prompt, says_when_the_input_ends_before_the_last_question)
{
    ask("4\n", PROMPT_ENDED);
}

static struct buf line;

Test(input, reads_no_byte_beyond_the_line_that_is_asked_for)
{
    char rest[16] = "";
    pipe_in("one\r\ntwo\n", 9);
    buf_init(&line, 16);
    cr_expect_eq(input_read_line(&input, &line), INPUT_LINE);
    cr_expect_str_eq(buf_text(&line), "one");
    cr_expect_eq(read(STDIN_FILENO, rest, sizeof rest - 1), 4);
    cr_expect_str_eq(rest, "two\n");
    buf_free(&line);
}

Test(input, tells_a_line_that_is_too_long_or_holds_a_nul_and_reads_it_to_its_end)
{
    pipe_in("0123456789abcdefX\na\0b\nlast", 27 - 1);
    buf_init(&line, 16);
    capture_begin(2);
    cr_expect_eq(input_read_line(&input, &line), INPUT_TOO_LONG);
    cr_expect_eq(input_read_line(&input, &line), INPUT_STRANGE);
    cr_expect_eq(input_read_text(&input, &line), INPUT_LINE);
    cr_expect_str_eq(buf_text(&line), "last", "the last line may lack its end");
    cr_expect_eq(input_read_line(&input, &line), INPUT_ENDED);
    const char *said = capture_end(2);
    cr_expect_not_null(strstr(said, "at most 16 bytes"), "%s", said);
    cr_expect_not_null(strstr(said, "NUL"), "%s", said);
    buf_free(&line);
}
