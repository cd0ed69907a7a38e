/* response_parse and response_check over any payload, with the example panel: a ballot within the panel's bounds, or a
 * fault. */
#include "base/file.h"
#include "panel/response.h"
#include "tests/fuzz/fuzz.h"

#define NOW INT64_C(1780000000)

static struct panel *panel;
static struct action_list *actions;

static void read_fixtures(void)
{
    struct buf text;
    struct faults faults;
    faults_init(&faults);
    buf_init(&text, PANEL_JSON_MAX);
    fuzz_require(file_read("fixtures/panel.json", &text) == 0);
    panel = panel_parse(buf_text(&text), text.len, &faults);
    buf_reset(&text);
    fuzz_require(file_read("fixtures/actions.csv", &text) == 0);
    actions = actions_parse_csv(buf_text(&text), text.len, &faults);
    fuzz_require(panel && actions);
    buf_free(&text);
    faults_free(&faults);
}

static void check(const struct ballot *ballot)
{
    fuzz_require(ballot->round < panel->round_count && ballot->action < actions->count);
    const struct questionnaire *questionnaire = round_questionnaire(panel, &panel->rounds[ballot->round]);
    for (size_t i = 0; i < ballot->mark_count; i++) {
        const struct mark *mark = &ballot->marks[i];
        fuzz_require(mark->question < questionnaire->question_count);
        fuzz_require(mark->option == MARK_ANSWERED ||
                     mark->option < question_option_count(&questionnaire->questions[mark->question]));
    }
}

int fuzz_response(const uint8_t *data, size_t len)
{
    if (!panel)
        read_fixtures();
    struct response response;
    struct error error = {0};
    if (response_parse((const char *)data, len, &response, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return 0;
    }
    struct faults faults;
    struct ballot ballot;
    faults_init(&faults);
    if (response_check(&response, panel, actions, NOW, &ballot, &faults) == 0) {
        check(&ballot);
        ballot_free(&ballot);
    } else {
        fuzz_require(faults_any(&faults));
    }
    faults_free(&faults);
    response_free(&response);
    return 0;
}
