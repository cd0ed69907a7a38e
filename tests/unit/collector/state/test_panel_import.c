/* What an import may not take away from responses, and what it tells of a change. */
#include "collector/state/panel_import.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(panel_import, .init = kit_begin, .fini = kit_end);

#define QUESTION(id)                                                                                                   \
    "{\"id\":\"" id "\",\"type\":\"scale\",\"min\":1,\"max\":5,\"required\":true,\"label\":{\"nl\":\"V\"}}"
#define FORM(id, questions) "{\"id\":\"" id "\",\"questions\":[" questions "]}"
#define ROUND_AT(id, closes, form, actions)                                                                            \
    "{\"id\":\"" id "\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"" closes          \
    "\",\"questionnaire\":\"" form "\",\"actions\":" actions "}"
#define ROUND(id, form, actions) ROUND_AT(id, "2027-01-01T00:00:00Z", form, actions)
#define PANEL(id, forms, rounds)                                                                                       \
    "{\"id\":\"" id "\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[" forms "],\"rounds\":[" rounds "]}"

#define BOTH_FORMS FORM("q", QUESTION("a")) "," FORM("s", QUESTION("b"))
#define BOTH_ROUNDS ROUND("one", "q", "[\"A.1\",\"A.2\"]") "," ROUND("two", "s", "\"all\"")
#define BEFORE PANEL("p", BOTH_FORMS, BOTH_ROUNDS)

static struct panel *read_panel(const char *json)
{
    struct faults faults;
    faults_init(&faults);
    struct panel *panel = panel_parse(json, strlen(json), &faults);
    cr_assert_not_null(panel, "%s: %s", faults.count > 0 ? faults.list[0].where : "", json);
    faults_free(&faults);
    return panel;
}

/* Responses are there to A.1 in round one. */
static const struct answered_action counted[] = {{"one", "A.1"}};

static size_t check_against(const char *after_json, const struct answered_action *list, size_t count,
                            struct faults *faults)
{
    struct panel *before = read_panel(BEFORE), *after = read_panel(after_json);
    faults_init(faults);
    panel_import_check(before, after, list, count, faults);
    panel_free(before);
    panel_free(after);
    return faults->total;
}

static size_t check(const char *after_json, size_t count, struct faults *faults)
{
    return check_against(after_json, counted, count, faults);
}

static void assert_refused(const char *after, const char *where, const char *word)
{
    struct faults faults;
    cr_assert_eq(check(after, 1, &faults), 1, "%s", after);
    cr_assert_str_eq(faults.list[0].where, where);
    cr_assert_not_null(strstr(faults.list[0].what, word), "'%s' lacks '%s'", faults.list[0].what, word);
    faults_free(&faults);
}

static void assert_allowed(const char *after, size_t count)
{
    struct faults faults;
    cr_assert_eq(check(after, count, &faults), 0, "%s", faults.count > 0 ? faults.list[0].what : "");
    faults_free(&faults);
}

Test(panel_import, allows_what_takes_nothing_away)
{
    assert_allowed(BEFORE, 1);
    assert_allowed(PANEL("p", BOTH_FORMS, ROUND("one", "q", "[\"A.1\"]")), 1);
    assert_allowed(PANEL("p", BOTH_FORMS, ROUND("one", "q", "\"all\"")), 1);
    assert_allowed(PANEL("p", FORM("q", QUESTION("a")), ROUND_AT("one", "2026-02-01T00:00:00Z", "q", "\"all\"")), 1);
    assert_allowed(PANEL("p", FORM("q", QUESTION("a")) "," FORM("s", QUESTION("c") "," QUESTION("b")),
                         ROUND("one", "q", "\"all\"") "," ROUND("two", "s", "[\"A.9\"]")),
                   1);
}

Test(panel_import, allows_all_while_nobody_has_answered)
{
    assert_allowed(PANEL("p", FORM("z", QUESTION("z")), ROUND("three", "z", "\"all\"")), 0);
}

Test(panel_import, refuses_another_id_whatever_has_been_answered)
{
    assert_refused(PANEL("other", BOTH_FORMS, BOTH_ROUNDS), "/id", "'p'");
    struct faults faults;
    cr_assert_eq(check(PANEL("other", BOTH_FORMS, BOTH_ROUNDS), 0, &faults), 1, "the first event bears it already");
    faults_free(&faults);
}

Test(panel_import, refuses_to_change_a_questionnaire_with_responses)
{
    assert_refused(PANEL("p", FORM("q", QUESTION("a") "," QUESTION("c")) "," FORM("s", QUESTION("b")), BOTH_ROUNDS),
                   "/questionnaires", "'q' has responses or a release and can't be changed");
    assert_refused(PANEL("p", FORM("q", QUESTION("c")) "," FORM("s", QUESTION("b")), BOTH_ROUNDS), "/questionnaires",
                   "can't be changed");
}

Test(panel_import, refuses_to_remove_a_round_with_responses)
{
    assert_refused(PANEL("p", BOTH_FORMS, ROUND("two", "s", "\"all\"")), "/rounds",
                   "'one' has responses or a release and can't be removed");
}

Test(panel_import, refuses_another_questionnaire_for_a_round_with_responses)
{
    assert_refused(PANEL("p", BOTH_FORMS, ROUND("one", "s", "\"all\"")), "/rounds", "another questionnaire");
}

Test(panel_import, refuses_to_take_out_an_action_with_responses)
{
    assert_refused(PANEL("p", BOTH_FORMS, ROUND("one", "q", "[\"A.2\"]")), "/rounds",
                   "'A.1' has responses in round 'one'");
}

Test(panel_import, refuses_the_same_of_a_round_that_nobody_answered_and_that_has_a_release)
{
    static const struct answered_action released = {.round = "one"};
    static const char *const refused[] = {
        PANEL("p", FORM("q", QUESTION("c")) "," FORM("s", QUESTION("b")), BOTH_ROUNDS),
        PANEL("p", BOTH_FORMS, ROUND("two", "s", "\"all\"")),
        PANEL("p", BOTH_FORMS, ROUND("one", "s", "\"all\"")),
    };
    struct faults faults;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        cr_assert_eq(check_against(refused[i], &released, 1, &faults), 1, "%zu", i);
        faults_free(&faults);
    }
    cr_assert_eq(check_against(PANEL("p", BOTH_FORMS, ROUND("one", "q", "[\"A.9\"]")), &released, 1, &faults), 0,
                 "its actions are free");
    faults_free(&faults);
}

Test(panel_import, names_every_fault)
{
    struct faults faults;
    size_t count = check(PANEL("other", FORM("z", QUESTION("z")), ROUND("one", "z", "[\"A.2\"]")), 1, &faults);
    cr_assert_eq(count, 4, "id, questionnaire of the round, the questionnaire itself, the action");
    faults_free(&faults);
}

/* Telling. */

static void assert_told(const char *before_json, const char *after_json, const char *expected)
{
    struct panel *before = before_json ? read_panel(before_json) : NULL, *after = read_panel(after_json);
    struct buf out;
    buf_init(&out, KIT_TEXT_MAX);
    panel_import_put_changes(&out, before, after);
    cr_assert_str_eq(buf_text(&out), expected);
    buf_free(&out);
    panel_free(before);
    panel_free(after);
}

Test(panel_import, tells_that_all_is_new)
{
    assert_told(NULL, BEFORE,
                "added: panel p\nadded: questionnaire q\nadded: questionnaire s\nadded: round one\nadded: round two\n");
}

Test(panel_import, tells_that_nothing_has_changed)
{
    assert_told(BEFORE, BEFORE, "no changes\n");
}

#define PANEL_TITLED(title)                                                                                            \
    "{\"id\":\"p\",\"title\":" title ",\"questionnaires\":[" FORM("q", QUESTION("a")) "],\"rounds\":[]}"

Test(panel_import, takes_the_order_of_languages_for_no_change)
{
    assert_told(PANEL_TITLED("{\"nl\":\"P\",\"en\":\"E\"}"), PANEL_TITLED("{\"en\":\"E\",\"nl\":\"P\"}"),
                "no changes\n");
}

Test(panel_import, tells_what_came_and_went)
{
    assert_told(BEFORE,
                PANEL("p", FORM("s", QUESTION("b")) "," FORM("t", QUESTION("c")), ROUND("three", "t", "\"all\"")),
                "added: questionnaire t\nremoved: questionnaire q\nadded: round three\nremoved: round one\nremoved: "
                "round two\n");
    assert_told(BEFORE, PANEL("other", BOTH_FORMS, BOTH_ROUNDS), "added: panel other\n");
}

Test(panel_import, tells_of_a_questionnaire_that_has_changed)
{
    assert_told(BEFORE,
                PANEL("p", FORM("q", QUESTION("a") "," QUESTION("c")) "," FORM("s", QUESTION("b")), BOTH_ROUNDS),
                "changed: questionnaire q\n");
}

Test(panel_import, tells_of_each_way_in_which_a_round_changes)
{
    static const char *const rounds[] = {
        ROUND_AT("one", "2028-01-01T00:00:00Z", "q", "[\"A.1\",\"A.2\"]"),
        ROUND("one", "s", "[\"A.1\",\"A.2\"]"),
        ROUND("one", "q", "\"all\""),
        ROUND("one", "q", "[\"A.1\"]"),
        ROUND("one", "q", "[\"A.1\",\"A.3\"]"),
        "{\"id\":\"one\",\"title\":{\"nl\":\"Ander\"},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"2027-01-"
        "01T00:00:"
        "00Z\","
        "\"questionnaire\":\"q\",\"actions\":[\"A.1\",\"A.2\"]}",
        "{\"id\":\"one\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-02T00:00:00Z\",\"closesAt\":\"2027-01-01T00:00:"
        "00Z\","
        "\"questionnaire\":\"q\",\"actions\":[\"A.1\",\"A.2\"]}",
    };
    for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
        struct buf after;
        buf_init(&after, KIT_TEXT_MAX);
        buf_printf(&after, PANEL("p", BOTH_FORMS, "%s," ROUND("two", "s", "\"all\"")), rounds[i]);
        assert_told(BEFORE, buf_text(&after), "changed: round one\n");
        buf_free(&after);
    }
    assert_told(BEFORE, PANEL("p", BOTH_FORMS, ROUND("one", "q", "[\"A.2\",\"A.1\"]") "," ROUND("two", "s", "\"all\"")),
                "no changes\n");
}

Test(panel_import, tells_of_title_and_disclosure)
{
    assert_told(BEFORE,
                "{\"id\":\"p\",\"title\":{\"nl\":\"P\",\"en\":\"P\"},\"questionnaires\":[" BOTH_FORMS
                "],\"rounds\":[" BOTH_ROUNDS "],\"disclosure\":{\"minRespondents\":25,\"roundTo\":1}}",
                "changed: panel p\nchanged: disclosure: minRespondents 25, roundTo 1, minChanged 25, "
                "releaseInterval 28\n");
}

Test(panel_import, keeps_disclosure_while_others_may_follow_a_release)
{
    static const char *const settings[] = {"\"minRespondents\":11", "\"roundTo\":6", "\"minChanged\":11",
                                           "\"releaseInterval\":27"};
    struct panel *before = read_panel(BEFORE);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char json[4096];
        struct faults faults;
        snprintf(json, sizeof json, "%.*s,\"disclosure\":{%s}}", (int)strlen(BEFORE) - 1, BEFORE, settings[i]);
        struct panel *after = read_panel(json);
        faults_init(&faults);
        panel_import_check_disclosure(before, before, &faults);
        cr_assert_eq(faults.count, 0);
        cr_assert(panel_import_keeps_disclosure(after, after) && !panel_import_keeps_disclosure(before, after));
        panel_import_check_disclosure(before, after, &faults);
        cr_assert_eq(faults.count, 1, "%s", settings[i]);
        cr_assert_str_eq(faults.list[0].where, "/disclosure");
        faults_free(&faults);
        panel_free(after);
    }
    panel_free(before);
}

#define PANEL_WITH(terms)                                                                                              \
    "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[" FORM("q", QUESTION("a")) "],\"rounds\":[]" terms "}"

Test(panel_import, tells_of_purpose_privacy_and_retention)
{
    assert_told(
        PANEL_WITH(""), PANEL_WITH(",\"purpose\":{\"nl\":\"W\"},\"retention\":{\"membersDays\":9}"),
        "added: purpose\nchanged: retention: responsesDays 0, membersDays 9, invitationsDays 0, accessLogDays 0 (0: "
        "no end)\n");
    assert_told(PANEL_WITH(",\"privacy\":{\"nl\":\"W\"}"), PANEL_WITH(",\"privacy\":{\"nl\":\"V\"}"),
                "changed: privacy\n");
}
