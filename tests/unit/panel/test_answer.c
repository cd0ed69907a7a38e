#include "base/mem.h"
#include "panel/answer.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { IMPORTANCE, NOTICED, SATISFACTION, CHANNELS, COMMENT };

static void expect_put(const struct question *question, const char *typed, const char *json)
{
    struct buf out;
    struct faults faults;
    buf_init(&out, 100000);
    faults_init(&faults);
    buf_put_char(&out, '!');
    cr_expect_eq(answer_put(&out, question, typed, '|', &faults), 0, "%s:%s", typed, kit_all_faults(&faults));
    cr_expect_not(faults_any(&faults));
    cr_expect_eq(buf_check(&out), 0);
    cr_expect_str_eq(buf_text(&out) + 1, json);
    faults_free(&faults);
    buf_free(&out);
}

static void expect_refused(const struct question *question, const char *typed, const char *where, const char *word)
{
    struct buf out;
    struct faults faults;
    buf_init(&out, 100000);
    faults_init(&faults);
    buf_put_char(&out, '!');
    cr_expect_eq(answer_put(&out, question, typed, '|', &faults), -1, "%s", typed);
    cr_expect_eq(faults.total, 1);
    cr_expect(kit_has_fault(&faults, where, word), "%s:%s", typed, kit_all_faults(&faults));
    cr_expect_str_eq(buf_text(&out), "!", "something was put for %s", typed);
    faults_free(&faults);
    buf_free(&out);
}

Test(answer, puts_an_integer_for_a_scale)
{
    struct panel *panel = kit_panel();
    const struct question *question = &panel->questionnaires[0].questions[IMPORTANCE];
    const char *const wrong[] = {
        "", " ", "0", "6", "-1", "+3", "3.0", "3x", "x", "1e0", "--1", "99999999999999999999", "1 2"};
    expect_put(question, "1", "1");
    expect_put(question, " 5\t", "5");
    expect_put(question, "04", "4");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_refused(question, wrong[i], "/answers/importance", "from 1 to 5");
    panel_free(panel);
}

Test(answer, puts_a_value_for_a_choice)
{
    struct panel *panel = kit_panel();
    const struct question *question = &panel->questionnaires[0].questions[NOTICED];
    expect_put(question, "yes", "\"yes\"");
    expect_put(question, " unknown ", "\"unknown\"");
    expect_refused(question, "", "/answers/noticed", "yes no unknown");
    expect_refused(question, "Ja", "/answers/noticed", "'Ja'");
    expect_refused(question, "yes no", "/answers/noticed", "yes no unknown");
    panel_free(panel);
}

Test(answer, finds_the_option_that_it_would_put)
{
    struct panel *panel = kit_panel();
    const struct question *scale = &panel->questionnaires[0].questions[IMPORTANCE];
    const struct question *choice = &panel->questionnaires[0].questions[NOTICED];
    cr_expect_eq(answer_find_option(scale, "1"), 0);
    cr_expect_eq(answer_find_option(scale, " 004 "), 3);
    cr_expect_eq(answer_find_option(scale, "6"), -1);
    cr_expect_eq(answer_find_option(scale, "99999999999999999999"), -1);
    cr_expect_eq(answer_find_option(choice, "\tno"), 1);
    cr_expect_eq(answer_find_option(choice, "nono"), -1);
    panel_free(panel);
}

Test(answer, puts_a_list_in_the_questions_order_for_a_multi)
{
    struct panel *panel = kit_panel();
    const struct question *question = &panel->questionnaires[0].questions[CHANNELS];
    expect_put(question, "", "[]");
    expect_put(question, "  ", "[]");
    expect_put(question, "app", "[\"app\"]");
    expect_put(question, "app| website |phone", "[\"website\",\"phone\",\"app\"]");
    expect_refused(question, "app|app", "/answers/channels", "twice");
    expect_refused(question, "app|", "/answers/channels", "website phone counter letter app");
    expect_refused(question, "|", "/answers/channels", "''");
    expect_refused(question, "app,phone", "/answers/channels", "'app,phone'");
    panel_free(panel);
}

Test(answer, puts_a_text_as_it_is)
{
    struct panel *panel = kit_panel();
    struct question *question = &panel->questionnaires[0].questions[COMMENT];
    question->max_length = 4;
    expect_put(question, " a\"\\", "\" a\\\"\\\\\"");
    expect_put(question, "é€😀", "\"é€😀\"");
    expect_put(question, "\u200bx ", "\"\u200bx \"");
    expect_refused(question, "", "/answers/comment", "empty");
    expect_refused(question, " \n", "/answers/comment", "empty");
    expect_refused(question, "\u200b\ufeff\u2060", "/answers/comment", "empty");
    expect_refused(question, "é€😀12", "/answers/comment", "5 characters");
    expect_refused(question, "\xe9t\xe9", "/answers/comment", "UTF-8");
    expect_refused(question, "\xed\xa0\x80", "/answers/comment", "UTF-8");
    panel_free(panel);
}

Test(answer, is_none_for_a_hyphen_where_there_may_be_none)
{
    struct panel *panel = kit_panel();
    struct question *questions = panel->questionnaires[0].questions;
    cr_expect(answer_is_none(&questions[CHANNELS], " -\t"));
    cr_expect(answer_is_none(&questions[COMMENT], "-"));
    cr_expect_not(answer_is_none(&questions[IMPORTANCE], "-"), "it is required");
    for (size_t i = IMPORTANCE; i <= COMMENT; i++) {
        questions[i].required = !questions[i].required;
        cr_expect_eq(answer_is_none(&questions[i], "-"), i == CHANNELS || !questions[i].required, "%zu", i);
        cr_expect_not(answer_is_none(&questions[i], "--"));
        cr_expect_not(answer_is_none(&questions[i], ""));
    }
    memcpy(questions[CHANNELS].options[0].value, "-", 2);
    cr_expect_not(answer_is_none(&questions[CHANNELS], "-"), "an option has that value");
    panel_free(panel);
}

Test(answer, tells_faults_in_dutch)
{
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    struct panel *panel = kit_panel();
    expect_refused(&panel->questionnaires[0].questions[IMPORTANCE], "6", "/answers/importance", "geheel getal");
    panel_free(panel);
}

Test(answer, fails_cleanly_when_a_fault_can_not_be_kept)
{
    struct panel *panel = kit_panel();
    for (unsigned long n = 1;; n++) {
        struct buf out;
        struct faults faults;
        buf_init(&out, 100);
        faults_init(&faults);
        mem_fail_at(n);
        cr_assert_eq(answer_put(&out, &panel->questionnaires[0].questions[IMPORTANCE], "6", '|', &faults), -1);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(faults.no_memory, failed, "allocation %lu", n);
        faults_free(&faults);
        buf_free(&out);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
    panel_free(panel);
}
