/* What may be meant but looks wrong. */
#include "base/file.h"
#include "base/mem.h"
#include "panel/warnings.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define S(text) ((char[]){text})

static char *ids[30];
static struct round rounds[] = {
    {.id = S("all"), .all_actions = true},
    {.id = S("named"), .actions = ids, .action_count = 2},
};
static const struct panel panel = {.rounds = rounds, .round_count = 2};

/* A list with these ids; the caller frees. */
static struct action_list *list_of(const char *first, const char *second)
{
    struct action_list *actions = action_list_new();
    struct action action = {S(""), S("t"), S(""), S(""), S(""), ACTION_RUNNING};
    const char *wanted[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        char id[65] = "";
        if (!wanted[i])
            continue;
        snprintf(id, sizeof id, "%s", wanted[i]);
        action.id = id;
        cr_assert_eq(action_list_add(actions, &action), 0);
    }
    cr_assert_eq(action_list_index(actions), 0);
    return actions;
}

static void assert_told(struct action_list *actions, const char *what)
{
    struct faults faults;
    faults_init(&faults);
    warnings_of_references(&panel, actions, &faults);
    cr_assert_eq(faults.total, what ? 1 : 0);
    if (what) {
        cr_assert_str_eq(faults.list[0].where, "/rounds/1/actions");
        cr_assert_str_eq(faults.list[0].what, what);
    }
    faults_free(&faults);
    action_list_free(actions);
}

Test(warnings, name_what_a_round_names_and_the_list_lacks)
{
    ids[0] = S("A.1");
    ids[1] = S("A.2");
    assert_told(list_of("A.1", "A.2"), NULL);
    assert_told(list_of("A.1", NULL), "round 'named' names what is not on the action list: A.2");
    assert_told(list_of(NULL, NULL), "round 'named' names what is not on the action list: A.1, A.2");
}

Test(warnings, name_up_to_twenty_of_what_is_not_there_and_count_the_rest)
{
    static char texts[30][8];
    struct action_list *actions = list_of(NULL, NULL);
    struct faults faults;
    for (size_t i = 0; i < 30; i++) {
        texts[i][0] = 'a';
        texts[i][1] = (char)('a' + i % 26);
        texts[i][2] = i < 26 ? '1' : '2';
        ids[i] = texts[i];
    }
    rounds[1].action_count = 30;
    faults_init(&faults);
    warnings_of_references(&panel, actions, &faults);
    cr_assert_eq(faults.total, 1);
    cr_assert_not_null(strstr(faults.list[0].what, "at1 and 10 more"));
    rounds[1].action_count = 2;
    faults_free(&faults);
    action_list_free(actions);
}

Test(warnings, say_when_memory_lacks)
{
    struct action_list *actions = list_of(NULL, NULL);
    struct faults faults;
    ids[0] = S("A.1");
    ids[1] = S("A.2");
    faults_init(&faults);
    mem_fail_at(1);
    warnings_of_references(&panel, actions, &faults);
    mem_fail_at(0);
    cr_assert(faults.no_memory);
    faults_free(&faults);
    action_list_free(actions);
}

/* The example with this in place of that; the caller frees. */
static struct panel *example_with(const char *that, const char *this)
{
    struct buf text, changed;
    struct faults faults;
    faults_init(&faults);
    buf_init(&text, PANEL_JSON_MAX);
    buf_init(&changed, PANEL_JSON_MAX);
    cr_assert_eq(file_read("fixtures/panel.json", &text), 0);
    const char *at = strstr(text.data, that);
    cr_assert_not_null(at);
    buf_put(&changed, text.data, (size_t)(at - text.data));
    buf_put_text(&changed, this);
    buf_put_text(&changed, at + strlen(that));
    struct panel *read = panel_parse(buf_text(&changed), changed.len, &faults);
    cr_assert_not_null(read, "%s", faults.count > 0 ? faults.list[0].what : "");
    faults_free(&faults);
    buf_free(&text);
    buf_free(&changed);
    return read;
}

static void assert_panel_told(struct panel *read, const char *where, const char *what)
{
    struct faults faults;
    faults_init(&faults);
    warnings_of_panel(read, &faults);
    cr_assert_eq(faults.total, where ? 1 : 0);
    if (where) {
        cr_assert_str_eq(faults.list[0].where, where);
        cr_assert_not_null(strstr(faults.list[0].what, what), "%s", faults.list[0].what);
    }
    faults_free(&faults);
    panel_free(read);
}

Test(warnings, are_none_of_the_example)
{
    struct action_list *actions = kit_actions();
    struct faults faults;
    faults_init(&faults);
    warnings_of_actions(actions, &faults);
    cr_assert_eq(faults.total, 0);
    faults_free(&faults);
    action_list_free(actions);
    assert_panel_told(example_with("round-1", "round-1"), NULL, NULL);
}

Test(warnings, say_what_it_costs_to_protect_less_than_is_usual)
{
    static const char *const wanted[] = {"fewer people", "only 3 values", "0 days, where 28"};
    struct faults faults;
    faults_init(&faults);
    const struct panel loose = {.min_respondents = 5, .round_to = 3, .min_changed = 5, .release_interval = 0};
    warnings_of_panel(&loose, &faults);
    cr_assert_eq(faults.count, 3, "%s", kit_all_faults(&faults));
    for (size_t i = 0; i < 3; i++)
        cr_expect_not_null(strstr(faults.list[i].what, wanted[i]), "%s", faults.list[i].what);
    faults_free(&faults);
}

Test(warnings, name_ids_that_a_spreadsheet_changes)
{
    struct action_list *actions = list_of("007", "A.1");
    struct faults faults;
    assert_panel_told(example_with("\"round-1\"", "\"2026-1\""), "/rounds/0/id", "'2026-1'");
    assert_panel_told(example_with("\"website\"", "\"1e5\""), "/questionnaires/0/questions/3/options/0/value", "'1e5'");
    assert_panel_told(example_with("\"comment\"", "\"mei5\""), "/questionnaires/0/questions/4/id", "'mei5'");
    faults_init(&faults);
    warnings_of_actions(actions, &faults);
    cr_assert_eq(faults.total, 1);
    cr_assert_str_eq(faults.list[0].where, "007");
    faults_free(&faults);
    action_list_free(actions);
}

/* Texts of 4,000 characters, each allowed. */
Test(warnings, tell_when_the_longest_answers_can_not_fit_together)
{
    static struct question texts[8];
    static struct questionnaire questionnaire = {.questions = texts};
    static const struct panel long_panel = {.questionnaires = &questionnaire,
                                            .questionnaire_count = 1,
                                            .min_respondents = MIN_RESPONDENTS_USUAL,
                                            .round_to = ROUND_TO_USUAL,
                                            .release_interval = RELEASE_INTERVAL_USUAL};
    static char long_id[] = "long", text_id[] = "text";
    questionnaire.id = long_id;
    for (size_t i = 0; i < 8; i++)
        texts[i] = (struct question){.id = text_id, .type = QUESTION_TEXT, .max_length = 4000};
    for (questionnaire.question_count = 0; questionnaire.question_count <= 8; questionnaire.question_count++) {
        struct faults faults;
        faults_init(&faults);
        warnings_of_panel(&long_panel, &faults);
        cr_assert_eq(faults.total, questionnaire.question_count < 6 ? 0 : 1, "%zu", questionnaire.question_count);
        if (faults.total > 0)
            cr_assert_str_eq(faults.list[0].where, "/questionnaires/0");
        faults_free(&faults);
    }
}

Test(warnings, tell_what_members_are_not_told)
{
    const char *id = "\"id\": \"wau\",";
    assert_panel_told(example_with(id, "\"id\":\"wau\",\"purpose\":{\"nl\":\"W\",\"en\":\"W\"},"), "/privacy",
                      "missing");
    assert_panel_told(example_with(id, "\"id\":\"wau\",\"privacy\":{\"nl\":\"W\",\"en\":\"W\"},"), "/purpose",
                      "missing");
    assert_panel_told(
        example_with(id, "\"id\":\"wau\",\"purpose\":{\"nl\":\"W\"},\"privacy\":{\"nl\":\"W\",\"en\":\"W\"},"),
        "/purpose", "lacks 'en'");
    assert_panel_told(example_with(id, "\"id\":\"wau\",\"retention\":{\"membersDays\":30,\"responsesDays\":31},"),
                      "/retention/membersDays", "ends before responsesDays");
    assert_panel_told(example_with(id, "\"id\":\"wau\",\"retention\":{\"membersDays\":31,\"responsesDays\":31},"), NULL,
                      NULL);
}
