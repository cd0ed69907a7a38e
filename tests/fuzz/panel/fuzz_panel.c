/* panel_parse over any bytes: a panel, or at least one fault. */
#include "panel/definition.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct panel *panel)
{
    fuzz_require(panel_id_is_valid(panel->id) && panel->min_respondents >= 1 && panel->round_to >= 1);
    for (size_t i = 0; i < panel->questionnaire_count; i++) {
        const struct questionnaire *questionnaire = &panel->questionnaires[i];
        fuzz_require(questionnaire->question_count <= QUESTIONS_MAX &&
                     questionnaire_equal(questionnaire, questionnaire));
        for (size_t j = 0; j < questionnaire->question_count; j++) {
            const struct question *question = &questionnaire->questions[j];
            fuzz_require(question_option_count(question) <= SCALE_MAX &&
                         questionnaire_find(questionnaire, question->id) == (int)j);
            fuzz_require(!question->has_when || question->when_question < j);
            fuzz_require(labels_text(&question->label, "en")[0] != '\0');
        }
    }
    for (size_t i = 0; i < panel->round_count; i++) {
        const struct round *round = &panel->rounds[i];
        fuzz_require(round->questionnaire < panel->questionnaire_count && round->opens_at < round->closes_at);
        fuzz_require(round_is_open(round, round->opens_at) && !round_is_open(round, round->closes_at));
    }
}

int fuzz_panel(const uint8_t *data, size_t len)
{
    struct faults faults;
    faults_init(&faults);
    struct panel *panel = panel_parse((const char *)data, len, &faults);
    fuzz_require((!panel) == faults_any(&faults));
    if (panel)
        check(panel);
    panel_free(panel);
    faults_free(&faults);
    return 0;
}
