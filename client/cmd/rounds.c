/* Getting to the round that an answer is for, with a line for each way in which that can fail. */
#include "client/cmd/rounds.h"
#include "base/cli.h"
#include "base/error.h"
#include "base/lang.h"
#include "client/terminal/messages.h"
#include <errno.h>
#include <string.h>

int rounds_explain(enum catalogue_result result, const struct http_answer *answer)
{
    struct buf why;
    buf_init(&why, 4096);
    switch (result) {
    case CATALOGUE_NONE:
        messages_put_reason(&why, answer);
        cli_fail(T("can't fetch the panel's questions: %s", "kan de vragen van het panel niet ophalen: %s"),
                 buf_text(&why));
        break;
    case CATALOGUE_BAD:
        cli_fail(
            "%s",
            T("what this URL serves is no panel that this program understands; check the URL, or update the program",
              "wat deze URL geeft is geen panel dat dit programma begrijpt; kijk de URL na of werk het programma bij"));
        break;
    case CATALOGUE_FALSE:
        cli_fail(
            "%s",
            T("the collector shows other questions or actions than those that it says its log names, so nothing is "
              "signed; tell the panel office",
              "de verzamelaar toont andere vragen of acties dan die het logboek volgens haar noemt, dus er wordt "
              "niets ondertekend; meld het aan het panelbureau"));
        break;
    case CATALOGUE_FAILED:
        cli_fail(T("can't keep a copy of the questions: %s", "kan geen kopie van de vragen bewaren: %s"),
                 error_of_errno(errno));
        break;
    case CATALOGUE_FRESH:
    case CATALOGUE_KEPT:
        break;
    }
    buf_free(&why);
    return CLI_FAILED;
}

static const struct round *named_round(const struct panel *panel, const char *name, int64_t now)
{
    int found = panel_find_round(panel, name);
    if (found < 0) {
        cli_fail(T("there is no round '%s'", "er is geen ronde '%s'"), name);
        return NULL;
    }
    if (!round_is_open(&panel->rounds[found], now)) {
        cli_fail(T("round '%s' is not open", "ronde '%s' is niet open"), name);
        return NULL;
    }
    return &panel->rounds[found];
}

const struct round *rounds_pick(const struct catalogue *catalogue, const char *name, int64_t now)
{
    const struct panel *panel = catalogue->panel;
    const struct round *only = NULL;
    if (name)
        return named_round(panel, name, now);
    for (size_t i = 0; i < panel->round_count; i++) {
        if (!round_is_open(&panel->rounds[i], now))
            continue;
        if (only) {
            cli_fail("%s", T("more than one round is open: name one with --round",
                             "er is meer dan een ronde open: noem er een met --round"));
            return NULL;
        }
        only = &panel->rounds[i];
    }
    if (!only)
        cli_fail("%s", T("no round is open now", "er is nu geen ronde open"));
    return only;
}
