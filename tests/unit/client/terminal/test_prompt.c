/* Questions asked through a pipe, and as at a terminal: what is taken, kept, taken away, mended and agreed to. */
#include "client/terminal/dialogue.h"
#include "tests/unit/capture.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static struct catalogue catalogue;
static struct answers answers, earlier;
static struct input input;
static struct dialogue dialogue;

static void prepare(void)
{
    kit_begin();
    catalogue = kit_catalogue();
    answers_init(&answers, &catalogue.panel->questionnaires[0], ',');
    answers_init(&earlier, &catalogue.panel->questionnaires[0], ',');
    dialogue = (struct dialogue){.input = &input, .earlier = &earlier, .room = 20000};
}

static void finish(void)
{
    answers_free(&answers);
    answers_free(&earlier);
    catalogue_free(&catalogue);
    kit_end();
}

TestSuite(dialogue, .init = prepare, .fini = finish);
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
static const char *run_dialogue(enum dialogue_result expected)
{
    capture_begin(2);
    enum dialogue_result result = dialogue_run(&dialogue, &answers);
    const char *said = capture_end(2);
    cr_expect_eq(result, expected, "%s", said);
    return said;
}

static const char *ask(const char *lines, enum dialogue_result expected)
{
    pipe_in(lines, strlen(lines));
    return run_dialogue(expected);
}

/* The same as a terminal gives it, byte by byte. */
static const char *type(const char *typed, enum dialogue_result expected)
{
    pipe_in(typed, strlen(typed));
    input.is_terminal = true;
    return run_dialogue(expected);
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
    ask("4\n1\n5\n2, website\nA text.\n", DIALOGUE_AGREED);
    cr_expect_str_eq(answer("importance"), "4");
    cr_expect_str_eq(answer("noticed"), "yes");
    cr_expect_str_eq(answer("satisfaction"), "5");
    cr_expect_str_eq(answer("comment"), "A text.");
    cr_expect_not_null(strstr(answer("channels"), ",website"), "%s", answer("channels"));
}

Test(prompt, asks_again_until_it_fits_and_says_why)
{
    const char *said = ask("9\n\n4\nmaybe\nno\n\n\n", DIALOGUE_AGREED);
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
    const char *said = ask("\n\n4\n-\n-\n", DIALOGUE_AGREED);
    cr_expect_not_null(strstr(said, "answered before: 2\n"));
    cr_expect_not_null(strstr(said, "answered before: Yes\n"));
    cr_expect_not_null(strstr(said, "answered before: Earlier,\n    in two lines\n"));
    cr_expect_str_eq(answer("importance"), "2");
    cr_expect_str_eq(answer("noticed"), "yes");
    cr_expect_str_eq(answer("satisfaction"), "4");
    cr_expect_str_eq(answer("channels"), "", "none of these");
    cr_expect_null(answer("comment"));
}

/* A blank at a multi was "none of these", and at a text an answer. */
Test(prompt, takes_a_line_that_shows_nothing_for_enter_alone)
{
    answered_before("comment", "Earlier");
    const char *said = ask(" \n4\n\t\nno\n  \n\u00a0\u200b\n", DIALOGUE_AGREED);
    cr_expect_not_null(strstr(said, "an answer is needed here"));
    cr_expect_null(answer("channels"), "passed over");
    cr_expect_str_eq(answer("comment"), "Earlier");
}

Test(prompt, tells_at_once_when_all_together_get_too_long)
{
    dialogue.room = 60;
    const char *said = ask("4\nno\n\na text that is too long with the rest\nshort\n", DIALOGUE_AGREED);
    cr_expect_not_null(strstr(said, "too long together"));
    cr_expect_str_eq(answer("comment"), "short");
}

Test(prompt, says_when_the_input_ends_before_the_last_question)
{
    ask("4\n", DIALOGUE_ENDED);
}

/* How often it was said. */
static size_t count_of(const char *said, const char *what)
{
    size_t count = 0;
    for (const char *at = strstr(said, what); at; at = strstr(at + 1, what))
        count++;
    return count;
}

Test(dialogue, shows_all_answers_and_is_agreed_to)
{
    const char *said = type("4\rno\r\rFirst line\r  second\r.\ry\r", DIALOGUE_AGREED);
    cr_expect_not_null(strstr(said, "5 questions, of which 1 by what you answer. Nothing is signed"));
    cr_expect_not_null(strstr(said, "Question 1 of 5 (needed)\n"));
    const char *all = strstr(said, "\nYour answers:\n   1  ");
    cr_assert_not_null(all, "%s", said);
    cr_expect_not_null(strstr(all, "\n      4\n   2  "));
    cr_expect_not_null(strstr(all, "\n      No\n   4  "), "the third is not asked");
    cr_expect_not_null(strstr(all, "\n      (no answer)\n   5  "));
    cr_expect_not_null(strstr(all, "\n      First line\n        second\nSign and send"));
    cr_expect_str_eq(answer("comment"), "First line\n  second");
}

Test(dialogue, goes_back_to_the_question_before_and_on_to_where_it_was)
{
    const char *said = type("4\rno\r<\r<\r2\r\r\ry\r", DIALOGUE_AGREED);
    cr_expect_eq(count_of(said, "Question 1 of 5"), 2);
    cr_expect_eq(count_of(said, "Question 2 of 5"), 2);
    cr_expect_eq(count_of(said, "Question 4 of 5"), 2);
    cr_expect_not_null(strstr(said, "answered before: 4\n"));
    cr_expect_str_eq(answer("importance"), "2");
    cr_expect_str_eq(answer("noticed"), "no");
}

Test(dialogue, says_that_there_is_nothing_before_the_first_question)
{
    const char *said = type("<\r4\rno\r\r\rj\r", DIALOGUE_AGREED);
    cr_expect_not_null(strstr(said, "this is the first question"));
    cr_expect_eq(count_of(said, "Question 1 of 5"), 2);
}

Test(dialogue, offers_to_go_back_only_where_there_is_something_to_go_back_to)
{
    const char *said = type("4\rno\r\r\r1\r<\ry\r", DIALOGUE_AGREED);
    const char *second = strstr(said, "Question 2 of 5"), *back = strstr(said, "<: back\n");
    cr_assert_not_null(second);
    cr_expect(back > second, "not at the first question");
    cr_expect_eq(count_of(said, "<: back\n"), 4, "three questions, and the first when it is mended: %s", said);
}

Test(dialogue, mends_one_answer_and_asks_what_follows_from_it)
{
    const char *said = type("4\rno\r\r\r2\ryes\r3\ryes\r", DIALOGUE_AGREED);
    cr_expect_not_null(strstr(said, "Question 3 of 5 (needed), since you answered question 2 with: Yes\n"));
    cr_expect_eq(count_of(said, "Your answers:"), 2);
    cr_expect_str_eq(answer("noticed"), "yes");
    cr_expect_str_eq(answer("satisfaction"), "3");
}

Test(dialogue, leaves_out_what_is_not_asked_any_more_and_has_it_at_hand)
{
    type("4\ryes\r5\r\r\r2\rno\ry\r", DIALOGUE_AGREED);
    cr_expect_null(answer("satisfaction"));
    answers_free(&answers);
    const char *said = type("4\ryes\r5\r\r\r2\rno\r2\ryes\ry\r", DIALOGUE_AGREED);
    cr_expect_str_eq(answer("satisfaction"), "5", "%s", said);
}

Test(dialogue, comes_back_to_all_answers_from_one_that_is_not_mended_after_all)
{
    const char *said = type("4\rno\r\r\r1\r<\r<\r<\r7\r3\ry\r", DIALOGUE_AGREED);
    cr_expect_eq(count_of(said, "Your answers:"), 5, "%s", said);
    cr_expect_eq(count_of(said, "type y, the number"), 2, "7 and 3 are not asked");
    cr_expect_str_eq(answer("importance"), "4");
}

Test(dialogue, is_left_and_ends_with_nothing_agreed_to)
{
    type("4\rno\r\r\rq\r", DIALOGUE_LEFT);
    answers_free(&answers);
    type("4\rno\r\r\r\r\r", DIALOGUE_ENDED);
    answers_free(&answers);
    type("4\rno\r", DIALOGUE_ENDED);
}

Test(dialogue, takes_an_answer_away_with_one_line_also_from_a_text)
{
    answered_before("importance", "2");
    answered_before("noticed", "no");
    answered_before("comment", "Earlier");
    const char *said = type("\r\r\r-\ry\r", DIALOGUE_AGREED);
    cr_expect_null(answer("comment"), "%s", said);
}

static size_t answered_times, answered_count;

static void note_answered(void *context, const struct answers *so_far)
{
    cr_assert_eq(context, &dialogue);
    answered_times++;
    answered_count = 0;
    for (size_t i = 0; i < so_far->questionnaire->question_count; i++)
        answered_count += so_far->typed[i] != NULL;
}

Test(dialogue, tells_after_each_answer_what_was_given_so_far)
{
    dialogue.answered = note_answered;
    dialogue.context = &dialogue;
    type("4\ryes\r9\r3\r<\r", DIALOGUE_ENDED);
    cr_expect_eq(answered_times, 3);
    cr_expect_eq(answered_count, 3);
}

Test(dialogue, goes_on_where_it_was_cut_off)
{
    struct answers begun;
    answers_init(&begun, answers.questionnaire, ',');
    cr_assert_eq(answers_set(&begun, 0, "2"), 0);
    cr_assert_eq(answers_set(&begun, 1, "yes"), 0);
    dialogue.begun = &begun;
    answered_before("importance", "5");
    answered_before("satisfaction", "1");
    const char *said = type("\r\r\ry\r", DIALOGUE_AGREED);
    answers_free(&begun);
    cr_expect_null(strstr(said, "Question 1 of 5"));
    cr_expect_not_null(strstr(said, "Question 3 of 5"));
    cr_expect_str_eq(answer("importance"), "2", "what was begun goes before what was answered earlier");
    cr_expect_str_eq(answer("satisfaction"), "1");
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
    cr_expect_eq(input_read_text(&input, &line, ""), INPUT_LINE);
    cr_expect_str_eq(buf_text(&line), "last", "the last line may lack its end");
    cr_expect_eq(input_read_line(&input, &line), INPUT_ENDED);
    const char *said = capture_end(2);
    cr_expect_not_null(strstr(said, "at most 16 bytes"), "%s", said);
    cr_expect_not_null(strstr(said, "NUL"), "%s", said);
    buf_free(&line);
}
