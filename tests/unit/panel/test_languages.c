/* Names of languages that some readers find and others do not. */
#include "panel/languages.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>

#define PANEL(title, label, round)                                                                                     \
    "{\"id\":\"p\",\"title\":{\"nl\":\"P\"" title "},\"questionnaires\":[{\"id\":\"q\",\"questions\":[{\"id\":\"a\","  \
    "\"type\":\"text\",\"label\":{" label "},\"required\":false,\"maxLength\":9}]}],\"rounds\":[{\"id\":\"r\","        \
    "\"title\":{\"nl\":\"R\"" round "},\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"2027-01-01T00:00:00Z\","    \
    "\"questionnaire\":\"q\",\"actions\":\"all\"}]}"

#define FOR "\"nl\":\"voor\""
#define TWICE FOR ",\"NL\":\"voor\""
#define TURNED "\"NL\":\"voor\",\"nl\":\"tegen\""

Test(languages, of_an_ordinary_definition_are_all_in_order)
{
    struct panel *example = kit_panel(), *other = kit_panel_from(PANEL(",\"fy\":\"P\",\"zh-Hant\":\"P\"", FOR, ""));
    struct faults faults;
    faults_init(&faults);
    languages_check(example, NULL, &faults);
    languages_check(other, NULL, &faults);
    cr_expect_eq(faults.total, 0, "%s", kit_all_faults(&faults));
    faults_free(&faults);
    panel_free(example);
    panel_free(other);
}

Test(languages, in_what_is_in_force_are_passed_over_but_titles_can_be_mended)
{
    struct panel *panel = kit_panel_from(PANEL(",\"EN\":\"P\"", TWICE, ",\"En\":\"R\""));
    struct faults faults;
    faults_init(&faults);
    languages_check(panel, panel, &faults);
    cr_expect_eq(faults.total, 2, "%s", kit_all_faults(&faults));
    cr_expect(kit_has_fault(&faults, "/title/EN", "capital"));
    cr_expect(kit_has_fault(&faults, "/rounds/0/title/En", "capital"));
    faults_free(&faults);
    panel_free(panel);
}

Test(languages, of_which_no_text_is_seen_are_told_as_empty_where_they_are_new)
{
    struct panel *panel =
        kit_panel_from(PANEL(",\"en\":\"\\u00a0\"", FOR ",\"en\":\"\\u200b\\ufeff\"", ",\"en\":\"\\u2060\""));
    struct faults faults;
    faults_init(&faults);
    languages_check(panel, panel, &faults);
    cr_expect_eq(faults.total, 2, "%s", kit_all_faults(&faults));
    cr_expect(kit_has_fault(&faults, "/title/en", "is empty; fill it in or leave the language out"));
    cr_expect(kit_has_fault(&faults, "/rounds/0/title/en", "is empty"));
    languages_check(panel, NULL, &faults);
    cr_expect_eq(faults.total, 5, "%s", kit_all_faults(&faults));
    cr_expect(kit_has_fault(&faults, "/questionnaires/0/questions/0/label/en", "is empty"));
    faults_free(&faults);
    panel_free(panel);
}

/* With `NL` taken for `nl` the question could be turned round after it was answered, and was "the same". */
Test(languages, that_differ_in_case_are_two_when_questionnaires_are_compared)
{
    struct panel *twice = kit_panel_from(PANEL("", TWICE, "")), *turned = kit_panel_from(PANEL("", TURNED, ""));
    struct faults faults;
    cr_assert_not(panel_has_questionnaire(twice, &turned->questionnaires[0]));
    cr_assert_not(panel_has_questionnaire(turned, &twice->questionnaires[0]));
    cr_assert(panel_has_questionnaire(turned, &turned->questionnaires[0]));
    cr_assert_str_eq(labels_text(&turned->questionnaires[0].questions[0].label, "nl"), "tegen");
    faults_init(&faults);
    languages_check(turned, twice, &faults);
    cr_expect_eq(faults.total, 2, "%s", kit_all_faults(&faults));
    cr_expect(kit_has_fault(&faults, "/questionnaires/0/questions/0/label/nl", "same language as 'NL'"));
    faults_free(&faults);
    panel_free(twice);
    panel_free(turned);
}
