#include "base/mem.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCALE                                                                                                          \
    "{\"id\":\"mark\",\"type\":\"scale\",\"min\":-1,\"max\":1,\"required\":true,\"label\":{\"nl\":\"Cijfer\"}}"
#define ROUND(actions)                                                                                                 \
    "{\"id\":\"r-1\",\"title\":{\"nl\":\"Ronde\"},\"opensAt\":\"2026-01-01T00:00:00+01:00\","                          \
    "\"closesAt\":\"2026-01-02T00:00:00.5Z\",\"questionnaire\":\"q\",\"actions\":" actions "}"
#define PANEL(questions, rounds, more)                                                                                 \
    "{\"id\":\"p\",\"title\":{\"nl\":\"Panel\",\"en\":\"The "                                                          \
    "panel\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":[" questions "]}],\"rounds\":[" rounds "]" more "}"

static void expect_fault(const char *text, const char *where, const char *word)
{
    struct faults faults;
    faults_init(&faults);
    cr_expect_null(panel_parse(text, strlen(text), &faults), "%s", text);
    cr_expect(kit_has_fault(&faults, where, word), "no '%s' at %s in%s", word, where, kit_all_faults(&faults));
    cr_expect_eq(faults.total, 1, "%s", kit_all_faults(&faults));
    faults_free(&faults);
}

Test(definition, reads_the_example)
{
    struct panel *panel = kit_panel();
    cr_assert_str_eq(panel->id, "wau");
    cr_assert_str_eq(labels_text(&panel->title, "en"), "Citizen panel on the public-service agenda");
    cr_assert_eq(panel->questionnaire_count, 1);
    cr_assert_eq(panel->round_count, 1);
    cr_assert_eq(panel->min_respondents, 10);
    cr_assert_eq(panel->round_to, 5);
    const struct questionnaire *questionnaire = round_questionnaire(panel, &panel->rounds[0]);
    cr_assert_eq(questionnaire->question_count, 5);
    const struct question *satisfaction = &questionnaire->questions[2];
    cr_assert_str_eq(satisfaction->id, "satisfaction");
    cr_assert_eq(satisfaction->type, QUESTION_SCALE);
    cr_assert(satisfaction->required);
    cr_assert(satisfaction->has_when);
    cr_assert_eq(satisfaction->when_question, 1);
    cr_assert_eq(satisfaction->when_option, 0);
    cr_assert_eq(satisfaction->min, 1);
    cr_assert_eq(satisfaction->max, 5);
    cr_assert_str_eq(labels_text(&satisfaction->max_end, "nl"), "heel tevreden");
    cr_assert_eq(questionnaire->questions[3].option_count, 5);
    cr_assert_not(questionnaire->questions[3].required);
    cr_assert_eq(questionnaire->questions[4].max_length, 2000);
    cr_assert(panel->rounds[0].all_actions);
    cr_assert_eq(panel->rounds[0].opens_at, 1767225600);
    panel_free(panel);
}

Test(definition, takes_disclosure_defaults_one_by_one)
{
    struct panel *panel = kit_panel_from(PANEL(SCALE, "", ""));
    cr_assert_eq(panel->min_respondents, 10);
    cr_assert_eq(panel->round_to, 5);
    cr_assert_eq(panel->min_changed, 10);
    cr_assert_eq(panel->release_interval, 28);
    cr_assert_eq(panel->round_count, 0);
    panel_free(panel);
    panel = kit_panel_from(PANEL(SCALE, "", ",\"disclosure\":{\"roundTo\":1}"));
    cr_assert_eq(panel->min_respondents, 10);
    cr_assert_eq(panel->round_to, 1);
    panel_free(panel);
    panel = kit_panel_from(PANEL(SCALE, "", ",\"disclosure\":{\"minRespondents\":1000000}"));
    cr_assert_eq(panel->min_respondents, 1000000);
    cr_assert_eq(panel->min_changed, 1000000, "as many, unless it is set");
    panel_free(panel);
    panel = kit_panel_from(PANEL(SCALE, "", ",\"disclosure\":{\"rule\":2,\"minChanged\":20,\"releaseInterval\":0}"));
    cr_assert_eq(panel->min_respondents, 10);
    cr_assert_eq(panel->min_changed, 20);
    cr_assert_eq(panel->release_interval, 0);
    panel_free(panel);
}

#define TERMS                                                                                                          \
    ",\"purpose\":{\"nl\":\"Om te horen wat u merkt.\",\"en\":\"To hear what you "                                     \
    "notice.\"},\"privacy\":{\"nl\":\"Niemand "                                                                        \
    "weet wie u bent.\"},\"retention\":{\"responsesDays\":3650,\"invitationsDays\":1,\"accessLogDays\":36500}"

Test(definition, reads_what_members_are_told_and_for_how_long_what_is_kept)
{
    struct panel *panel = kit_panel_from(PANEL(SCALE, "", TERMS));
    cr_assert_str_eq(labels_text(&panel->purpose, "en"), "To hear what you notice.");
    cr_assert_str_eq(labels_text(&panel->privacy, "en"), "Niemand weet wie u bent.");
    cr_assert_eq(panel->retention.responses_days, 3650);
    cr_assert_eq(panel->retention.members_days, 0);
    cr_assert_eq(panel->retention.invitations_days, 1);
    cr_assert_eq(panel->retention.access_log_days, 36500);
    panel_free(panel);
    panel = kit_panel_from(PANEL(SCALE, "", ""));
    cr_assert_eq(panel->purpose.count + panel->privacy.count, 0);
    cr_assert_eq(panel->retention.responses_days, 0);
    panel_free(panel);
}

Test(definition, finds_by_id)
{
    struct panel *panel = kit_panel();
    cr_assert_eq(panel_find_round(panel, "round-1"), 0);
    cr_assert_eq(panel_find_round(panel, "round-2"), -1);
    cr_assert_eq(panel_find_questionnaire(panel, "standard-1"), 0);
    cr_assert_eq(panel_find_questionnaire(panel, ""), -1);
    cr_assert_eq(questionnaire_find(&panel->questionnaires[0], "channels"), 3);
    cr_assert_eq(questionnaire_find(&panel->questionnaires[0], "Channels"), -1);
    panel_free(panel);
}

Test(definition, keeps_actions_of_a_round_in_byte_order)
{
    struct panel *panel = kit_panel_from(PANEL(SCALE, ROUND("[\"b\",\"B\",\"a.1\",\"a\",\"_\"]"), ""));
    const struct round *round = &panel->rounds[0];
    const char *const sorted[] = {"B", "_", "a", "a.1", "b"};
    cr_assert_not(round->all_actions);
    cr_assert_eq(round->action_count, 5);
    for (size_t i = 0; i < 5; i++) {
        cr_assert_str_eq(round->actions[i], sorted[i]);
        cr_assert(round_has_action(round, sorted[i]));
    }
    cr_assert_not(round_has_action(round, "A"));
    cr_assert_not(round_has_action(round, ""));
    cr_assert_not(round_has_action(round, "z"));
    panel_free(panel);
}

Test(definition, opens_a_round_from_its_start_until_just_before_its_end)
{
    struct panel *panel = kit_panel_from(PANEL(SCALE, ROUND("\"all\""), ""));
    const struct round *round = &panel->rounds[0];
    cr_assert_eq(round->opens_at, 1767225600 - 3600);
    cr_assert_eq(round->closes_at, 1767225600 + 86400);
    cr_assert_not(round_is_open(round, round->opens_at - 1));
    cr_assert(round_is_open(round, round->opens_at));
    cr_assert(round_is_open(round, round->closes_at - 1));
    cr_assert_not(round_is_open(round, round->closes_at));
    cr_assert(round_has_action(round, "anything"));
    panel_free(panel);
}

Test(definition, counts_and_finds_options)
{
    struct panel *panel = kit_panel();
    const struct question *questions = panel->questionnaires[0].questions;
    cr_assert_eq(question_option_count(&questions[0]), 5);
    cr_assert_eq(question_find_value(&questions[0], 1), 0);
    cr_assert_eq(question_find_value(&questions[0], 5), 4);
    cr_assert_eq(question_find_value(&questions[0], 0), -1);
    cr_assert_eq(question_find_value(&questions[0], 6), -1);
    cr_assert_eq(question_find_value(&questions[1], 0), -1);
    cr_assert_eq(question_find_option(&questions[0], "1"), -1);
    cr_assert_eq(question_option_count(&questions[1]), 3);
    cr_assert_eq(question_find_option(&questions[1], "unknown"), 2);
    cr_assert_eq(question_find_option(&questions[1], ""), -1);
    cr_assert_eq(question_option_count(&questions[3]), 5);
    cr_assert_eq(question_option_count(&questions[4]), 0);
    for (size_t i = 0; i < 5; i++)
        cr_assert_str_eq(question_type_name(questions[i].type),
                         ((const char *[]){"scale", "choice", "scale", "multi", "text"})[i]);
    panel_free(panel);
}

Test(definition, refers_to_a_scale_by_its_value)
{
    struct panel *panel = kit_panel_from(
        PANEL(SCALE ",{\"id\":\"why\",\"type\":\"text\",\"maxLength\":1,\"required\":false,\"label\":{\"nl\":\"?\"},"
                    "\"when\":{\"question\":\"mark\",\"equals\":1}}",
              "", ""));
    const struct question *why = &panel->questionnaires[0].questions[1];
    cr_assert(why->has_when);
    cr_assert_eq(why->when_question, 0);
    cr_assert_eq(why->when_option, 2);
    panel_free(panel);
}

Test(definition, gives_labels_in_the_language_or_in_dutch)
{
    struct panel *panel = kit_panel_from(PANEL(SCALE, "", ""));
    cr_assert_str_eq(labels_text(&panel->title, "en"), "The panel");
    cr_assert_str_eq(labels_text(&panel->title, "EN"), "Panel", "by its name as it is written");
    cr_assert_str_eq(labels_text(&panel->title, "nl"), "Panel");
    cr_assert_str_eq(labels_text(&panel->title, "fr"), "Panel");
    cr_assert_str_eq(labels_text(&panel->questionnaires[0].questions[0].min_end, "nl"), "");
    panel_free(panel);
}

Test(definition, takes_the_largest_scale_and_no_larger)
{
    panel_free(kit_panel_from(
        PANEL("{\"id\":\"a\",\"type\":\"scale\",\"min\":-50,\"max\":50,\"required\":true,\"label\":{\"nl\":\"?\"}}", "",
              "")));
    expect_fault(
        PANEL("{\"id\":\"a\",\"type\":\"scale\",\"min\":-50,\"max\":51,\"required\":true,\"label\":{\"nl\":\"?\"}}", "",
              ""),
        "/questionnaires/0/questions/0/max", "101");
    expect_fault(PANEL("{\"id\":\"a\",\"type\":\"scale\",\"min\":-9007199254740991,\"max\":9007199254740991,"
                       "\"required\":true,\"label\":{\"nl\":\"?\"}}",
                       "", ""),
                 "/questionnaires/0/questions/0/max", "101");
}

/* A panel with that many questions, composed into `text`. */
static void compose_many(struct buf *text, size_t questions)
{
    buf_put_text(
        text, "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"rounds\":[],\"questionnaires\":[{\"id\":\"q\",\"questions\":[");
    for (size_t i = 0; i < questions; i++)
        buf_printf(text,
                   "%s{\"id\":\"q%zu\",\"type\":\"text\",\"maxLength\":1,\"required\":false,\"label\":{\"nl\":\"?\"}}",
                   i > 0 ? "," : "", i);
    buf_put_text(text, "]}]}");
    cr_assert_eq(buf_check(text), 0);
}

Test(definition, takes_as_many_questions_as_allowed_and_no_more)
{
    struct buf text;
    buf_init(&text, PANEL_JSON_MAX);
    compose_many(&text, QUESTIONS_MAX);
    panel_free(kit_panel_from(text.data));
    buf_reset(&text);
    compose_many(&text, QUESTIONS_MAX + 1);
    expect_fault(text.data, "/questionnaires/0/questions", "at most 256");
    buf_free(&text);
}

Test(definition, refuses_what_is_too_large_to_read)
{
    struct faults faults;
    char *text = mem_calloc(1, PANEL_JSON_MAX + 1);
    faults_init(&faults);
    cr_assert_null(panel_parse(text, PANEL_JSON_MAX + 1, &faults));
    cr_assert(kit_has_fault(&faults, "byte 4194304", "4 MiB"));
    faults_free(&faults);
    mem_free(text);
}

Test(definition, tells_a_fault_of_a_question_only_where_it_is)
{
    /* The question referred to has no type and an id against the rule: that says nothing of the one that refers to
     * it. */
    expect_fault(PANEL("{\"id\":\"a\",\"type\":\"slider\",\"required\":true,\"label\":{\"nl\":\"?\"}},"
                       "{\"id\":\"b\",\"type\":\"text\",\"maxLength\":1,\"required\":false,\"label\":{\"nl\":\"?\"},"
                       "\"when\":{\"question\":\"a\",\"equals\":1}}",
                       "", ""),
                 "/questionnaires/0/questions/0/type", "scale");
    expect_fault(
        PANEL("{\"id\":\"A\",\"type\":\"scale\",\"min\":1,\"max\":2,\"required\":true,\"label\":{\"nl\":\"?\"}},"
              "{\"id\":\"b\",\"type\":\"text\",\"maxLength\":1,\"required\":false,\"label\":{\"nl\":\"?\"},"
              "\"when\":{\"question\":\"A\",\"equals\":3}}",
              "", ""),
        "/questionnaires/0/questions/0/id", "a-z");
}

Test(definition, tells_faults_in_dutch)
{
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    expect_fault("[]", "", "moet een object zijn");
    expect_fault(PANEL(SCALE, "", ",\"extra\":1"), "/extra", "hoort hier niet");
}

#define QUESTION(id, more)                                                                                             \
    "{\"id\":\"" id "\",\"type\":\"choice\",\"required\":true,\"label\":{\"nl\":\"?\",\"en\":\"?\"},\"options\":["     \
    "{\"value\":\"x\",\"label\":{\"nl\":\"X\"}},{\"value\":\"y\",\"label\":{\"nl\":\"Y\"}}]" more "}"
#define TEXT(more) "{\"id\":\"t\",\"type\":\"text\",\"required\":false,\"label\":{\"nl\":\"T\"}" more "}"
#define ALIKE                                                                                                          \
    QUESTION("a", "")                                                                                                  \
    "," QUESTION("b", ",\"when\":{\"question\":\"a\",\"equals\":\"x\"}") "," TEXT(",\"maxLength\":"                    \
                                                                                  "9")

static const char *const other_questionnaires[] = {
    PANEL(QUESTION("a", ""), "", ""),
    PANEL(QUESTION("a", "") "," QUESTION("b", "") "," TEXT(",\"maxLength\":9"), "", ""),
    PANEL(QUESTION("a", "") "," QUESTION("b", ",\"when\":{\"question\":\"a\",\"equals\":\"y\"}") "," TEXT(
              ",\"maxLength\":9"),
          "", ""),
    PANEL(QUESTION("a", "") "," QUESTION("b", ",\"when\":{\"question\":\"a\",\"equals\":\"x\"}") "," TEXT(
              ",\"maxLength\":8"),
          "", ""),
    PANEL(QUESTION("a", "") "," QUESTION("c", ",\"when\":{\"question\":\"a\",\"equals\":\"x\"}") "," TEXT(
              ",\"maxLength\":9"),
          "", ""),
    PANEL(SCALE "," QUESTION("b", ",\"when\":{\"question\":\"mark\",\"equals\":1}") "," TEXT(",\"maxLength\":9"), "",
          ""),
};

Test(definition, compares_questionnaires_in_every_respect)
{
    struct panel *a = kit_panel_from(PANEL(ALIKE, "", "")), *b = kit_panel_from(PANEL(ALIKE, ROUND("\"all\""), ""));
    cr_assert(questionnaire_equal(&a->questionnaires[0], &b->questionnaires[0]));
    for (size_t i = 0; i < sizeof other_questionnaires / sizeof other_questionnaires[0]; i++) {
        struct panel *other = kit_panel_from(other_questionnaires[i]);
        cr_expect_not(questionnaire_equal(&a->questionnaires[0], &other->questionnaires[0]), "%zu", i);
        cr_expect_not(questionnaire_equal(&other->questionnaires[0], &a->questionnaires[0]), "%zu", i);
        panel_free(other);
    }
    panel_free(a);
    panel_free(b);
}

/* Puts `to` for the first `from` in the example and says whether its questionnaire is then still the same. */
static bool is_same_after(const char *from, const char *to)
{
    struct buf text = kit_file("fixtures/panel.json"), changed;
    char *found = strstr(text.data, from);
    cr_assert_not_null(found, "%s", from);
    buf_init(&changed, PANEL_JSON_MAX);
    buf_put(&changed, text.data, (size_t)(found - text.data));
    buf_put_text(&changed, to);
    buf_put_text(&changed, found + strlen(from));
    struct panel *a = kit_panel_from(text.data), *b = kit_panel_from(changed.data);
    bool same = questionnaire_equal(&a->questionnaires[0], &b->questionnaires[0]);
    panel_free(a);
    panel_free(b);
    buf_free(&text);
    buf_free(&changed);
    return same;
}

Test(definition, sees_a_change_in_any_detail_of_a_questionnaire)
{
    cr_expect(is_same_after("Eerste ronde", "Ronde een"));
    cr_expect(is_same_after("\"nl\": \"Ja\",\n                \"en\": \"Yes\"", "\"en\": \"Yes\", \"nl\": \"Ja\""));
    cr_expect_not(is_same_after("\"nl\": \"Ja\"", "\"nl\": \"Jawel\""));
    cr_expect_not(is_same_after("\"nl\": \"Ja\",", "\"nl\": \"Ja\", \"fy\": \"Ja\","));
    cr_expect_not(is_same_after("\"en\": \"Yes\"", "\"de\": \"Yes\""));
    cr_expect_not(is_same_after("Hoe belangrijk", "Hoe ongelooflijk belangrijk"));
    cr_expect_not(is_same_after("helemaal niet belangrijk", "onbelangrijk"));
    cr_expect_not(is_same_after("heel tevreden", "tevreden"));
    cr_expect_not(is_same_after("\"required\": true", "\"required\": false"));
    cr_expect_not(is_same_after("\"max\": 5", "\"max\": 6"));
    cr_expect_not(is_same_after("\"min\": 1", "\"min\": 0"));
    cr_expect_not(is_same_after("\"website\"", "\"site\""));
}

Test(definition, judges_ids_by_kind)
{
    char text[66];
    memset(text, 'a', 65);
    text[65] = '\0';
    cr_expect_not(panel_id_is_valid(text));
    cr_expect_not(question_id_is_valid(text));
    cr_expect_not(option_value_is_valid(text));
    text[64] = '\0';
    cr_expect(panel_id_is_valid(text));
    cr_expect(question_id_is_valid(text));
    cr_expect(option_value_is_valid(text));
    cr_expect_not(panel_id_is_valid(""));
    cr_expect_not(question_id_is_valid(""));
    cr_expect_not(option_value_is_valid(""));
    cr_expect(panel_id_is_valid("-1a"));
    cr_expect_not(panel_id_is_valid("a_b"));
    cr_expect(question_id_is_valid("a_1"));
    cr_expect_not(question_id_is_valid("_a"));
    cr_expect_not(question_id_is_valid("1a"));
    cr_expect_not(question_id_is_valid("a-b"));
    cr_expect(option_value_is_valid("1_-"));
    cr_expect_not(option_value_is_valid("A"));
    cr_expect_not(option_value_is_valid("é"));
}

static void fail_each_allocation_of(const struct buf *text)
{
    for (unsigned long n = 1;; n++) {
        struct faults faults;
        faults_init(&faults);
        mem_fail_at(n);
        struct panel *panel = panel_parse(text->data, text->len, &faults);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (failed) {
            cr_assert_null(panel, "allocation %lu", n);
            cr_assert(faults.no_memory, "allocation %lu", n);
        }
        panel_free(panel);
        faults_free(&faults);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
}

Test(definition, fails_cleanly_when_any_allocation_does)
{
    struct buf text = kit_file("fixtures/panel.json");
    fail_each_allocation_of(&text);
    buf_free(&text);
}

Test(definition, fails_cleanly_when_any_allocation_of_its_terms_does)
{
    struct buf text;
    buf_init(&text, PANEL_JSON_MAX);
    buf_put_text(&text, PANEL(SCALE, "", TERMS));
    fail_each_allocation_of(&text);
    buf_free(&text);
}

Test(definition, fails_cleanly_when_any_allocation_does_amid_faults)
{
    struct buf text = kit_file("fixtures/broken/panel-actions-bad-ids.json");
    fail_each_allocation_of(&text);
    buf_free(&text);
}
