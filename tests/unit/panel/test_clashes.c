/* Questionnaires whose ids are right one by one and clash together. */
#include "base/mem.h"
#include "panel/clashes.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>

#define PANEL(questions)                                                                                               \
    "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[" questions               \
    "]}],\"rounds\":[]}"
#define TEXT(id) "{\"id\":\"" id "\",\"type\":\"text\",\"label\":{\"nl\":\"T\"},\"required\":false,\"maxLength\":9}"
#define SCALE(id)                                                                                                      \
    "{\"id\":\"" id "\",\"type\":\"scale\",\"label\":{\"nl\":\"S\"},\"required\":false,\"min\":1,\"max\":2}"
#define MULTI(id, one, other)                                                                                          \
    "{\"id\":\"" id "\",\"type\":\"multi\",\"label\":{\"nl\":\"M\"},\"required\":false,\"options\":["                  \
    "{\"value\":\"" one "\",\"label\":{\"nl\":\"1\"}},{\"value\":\"" other "\",\"label\":{\"nl\":\"2\"}}]}"

static void check_text(const char *text, struct faults *faults)
{
    struct panel *panel = kit_panel_from(text);
    faults_init(faults);
    clashes_check(panel, NULL, faults);
    panel_free(panel);
}

static void expect_one(const char *text, const char *where, const char *word)
{
    struct faults faults;
    check_text(text, &faults);
    cr_expect_eq(faults.total, 1, "%s", kit_all_faults(&faults));
    cr_expect(kit_has_fault(&faults, where, word), "no '%s' at %s in%s", word, where, kit_all_faults(&faults));
    faults_free(&faults);
}

static void expect_none(const char *text)
{
    struct faults faults;
    check_text(text, &faults);
    cr_expect_eq(faults.total, 0, "%s", kit_all_faults(&faults));
    faults_free(&faults);
}

Test(clashes, are_found_between_an_option_and_its_own_question)
{
    expect_one(PANEL(MULTI("a", "n", "x")), "/questionnaires/0/questions/0/options/0/value",
               "'a_n' of summary.csv, as question 'a'");
}

Test(clashes, are_found_between_an_option_and_another_question)
{
    expect_one(PANEL(MULTI("a", "b_n", "x") "," TEXT("a_b")), "/questionnaires/0/questions/1/id",
               "'a_b_n' of summary.csv, as option 'b_n' of question 'a'");
    expect_one(PANEL(MULTI("a_x", "net", "y") "," MULTI("a", "x_net", "z")),
               "/questionnaires/0/questions/1/options/0/value", "as option 'net' of question 'a_x'");
    expect_one(PANEL(SCALE("a") "," TEXT("b") "," MULTI("c", "mean", "y") "," TEXT("a_mean") "," MULTI(
                   "d", "x_n", "x") "," TEXT("d_x")),
               "/questionnaires/0/questions/5/id", "as option 'x_n' of question 'd'");
}

Test(clashes, are_found_with_what_a_batch_has_besides)
{
    expect_one(PANEL(TEXT("member")), "/questionnaires/0/questions/0/id", "question 'member'");
    expect_one(PANEL(TEXT("b") "," TEXT("revision")), "/questionnaires/0/questions/1/id", "column 'revision'");
}

Test(clashes, are_none_where_names_only_look_alike)
{
    struct panel *panel = kit_panel();
    struct faults faults;
    faults_init(&faults);
    clashes_check(panel, NULL, &faults);
    cr_expect_eq(faults.total, 0, "%s", kit_all_faults(&faults));
    faults_free(&faults);
    panel_free(panel);
    expect_none(
        PANEL(MULTI("a", "b", "mean") "," TEXT("title") "," TEXT("status") "," TEXT("a_n") "," TEXT("members")));
}

Test(clashes, are_passed_over_in_what_is_in_force)
{
    struct panel *panel = kit_panel_from(PANEL(MULTI("a", "n", "member") "," TEXT("member")));
    struct panel *changed = kit_panel_from(PANEL(MULTI("a", "n", "members") "," TEXT("member")));
    struct faults faults;
    faults_init(&faults);
    clashes_check(panel, panel, &faults);
    cr_expect_eq(faults.total, 0);
    clashes_check(changed, panel, &faults);
    cr_expect_eq(faults.total, 2);
    faults_free(&faults);
    panel_free(panel);
    panel_free(changed);
}

Test(clashes, say_when_there_is_no_memory)
{
    struct panel *panel = kit_panel();
    struct faults faults;
    faults_init(&faults);
    mem_fail_at(1);
    clashes_check(panel, NULL, &faults);
    mem_fail_at(0);
    cr_expect(faults.no_memory && faults_any(&faults));
    panel_free(panel);
    faults_free(&faults);
}
