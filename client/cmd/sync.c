/* sync: sends what is still in the spool, and offers again what was turned away for a reason that may have passed; with
 * --again also what the collector acknowledged once and has lost. */
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/cmd/erasures.h"
#include "client/cmd/findings.h"
#include "client/home/held.h"
#include "client/log/again.h"
#include "client/net/enrol.h"
#include "client/terminal/failures.h"
#include "client/terminal/outcome.h"
#include <stddef.h>

static int sync_all(const struct profile *profile, struct http *http)
{
    const struct delivery_listener listener = {.on_delivered = outcome_tell};
    struct delivery_way way = {profile->home, &profile->pin->key, http, profile->key};
    struct http_answer answer;
    struct delivery_count count;
    if (held_reopen_all(profile->home) < 0)
        return failure_tell_errno(profile->home);
    http_answer_init(&answer);
    enum delivery stopped_by = deliver_all(&way, &answer, &listener, &count);
    int exit_code = outcome_tell_rest(stopped_by, &count, &answer);
    if (stopped_by == DELIVERY_SENT && count.held == 0)
        cli_say(T("%zu sent, %zu refused, nothing waits.", "%zu verstuurd, %zu geweigerd, er wacht niets meer."),
                count.sent, count.refused);
    http_answer_free(&answer);
    return count.refused > 0 || count.held > 0 ? CLI_FAILED : exit_code;
}

/* What was lost. */

/* -1, having said why. */
static int tell_again(const struct profile *profile, const struct again *again, enum again_result result)
{
    switch (result) {
    case AGAIN_DONE:
        return 0;
    case AGAIN_NO_LOG:
        findings_tell(profile->home, &again->monitor, again->seen_as);
        findings_advise(again->seen_as);
        break;
    case AGAIN_UNREAD:
        cli_fail("%s", T("the collector does not show what its log holds; try again later",
                         "de verzamelaar toont niet wat zijn logboek bevat; probeer het later opnieuw"));
        break;
    case AGAIN_FAILED:
        failure_tell_errno(profile->home);
        break;
    }
    return -1;
}

/* From here on the log is held to what it shows now; what it signed before is kept. */
static int accept_history(struct profile *profile, struct again *again)
{
    if (again->seen_as != MONITOR_CONTINUES)
        findings_tell(profile->home, &again->monitor, again->seen_as);
    if (enrol_pin(profile, again->monitor.newest) < 0) {
        failure_tell_errno(profile->home);
        return -1;
    }
    again->monitor.pin = profile->pin;
    return 0;
}

static int enrol_where_lost(struct profile *profile, const struct again *again)
{
    struct enrol_at at = {again->monitor.http, profile->url, profile->panel, again->monitor.newest};
    if (again->enrolment_held)
        return 0;
    switch (enrol_with_same_code(profile, &at, again->monitor.answer)) {
    case ENROL_DONE:
        cli_say("%s", T("The collector had lost your enrolment: you are enrolled again.",
                        "De verzamelaar was uw aanmelding kwijt: u bent opnieuw aangemeld."));
        return 0;
    case ENROL_FAILED:
        failure_tell_errno(profile->home);
        return -1;
    case ENROL_LATER:
    case ENROL_REFUSED:
    case ENROL_UNPROVEN:
        break;
    }
    failure_tell_answer(T("the collector has lost your enrolment, and your code does not enrol you again",
                          "de verzamelaar is uw aanmelding kwijt, en uw code meldt u niet opnieuw aan"),
                        again->monitor.answer);
    if (again->monitor.answer->problem == PROBLEM_INVITATION_REFUSED)
        cli_say("%s", T("Ask the panel office for a new code, and give it to `burgerpanel enrol --anew URL`.",
                        "Vraag het panelbureau om een nieuwe code, en geef die aan `burgerpanel enrol --anew URL`."));
    return -1;
}

static int offer_lost(struct profile *profile, struct again *again)
{
    if (tell_again(profile, again, again_look(again, profile)) < 0 || accept_history(profile, again) < 0 ||
        enrol_where_lost(profile, again) < 0 || tell_again(profile, again, again_reopen(again, profile)) < 0)
        return -1;
    cli_say(again->held + again->lost == 1 ? T("The log holds %zu of %zu response that it acknowledged.",
                                               "Het logboek bevat %zu van %zu reactie die het bevestigde.")
                                           : T("The log holds %zu of %zu responses that it acknowledged.",
                                               "Het logboek bevat %zu van %zu reacties die het bevestigde."),
            again->held, again->held + again->lost);
    if (again->lost > 0)
        cli_say(T("The others are offered again; their receipts are kept in %s/evidence.",
                  "De andere worden opnieuw aangeboden; hun ontvangstbewijzen zijn bewaard in %s/evidence."),
                profile->home);
    return 0;
}

static int sync_what_was_lost(struct profile *profile, struct http *http)
{
    struct http_answer answer;
    http_answer_init(&answer);
    struct again again = {.monitor = {.http = http, .answer = &answer}};
    int result = offer_lost(profile, &again);
    again_wipe(&again);
    http_answer_free(&answer);
    return result < 0 ? CLI_FAILED : sync_all(profile, http);
}

/* The verb. */

static int sync_member(struct profile *profile, struct http *http, const void *again)
{
    if (cmd_pin_log(profile, http) < 0 || erasures_settle(profile, http) != CLI_DONE)
        return CLI_FAILED;
    if (!profile_is_enrolled(profile))
        return CLI_DONE; /* everything was erased just now */
    return *(const bool *)again ? sync_what_was_lost(profile, http) : sync_all(profile, http);
}

int cmd_sync(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    bool again = false;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home),
                                         {.name = "again",
                                          .flag = &again,
                                          .english = "offer also what the collector has lost",
                                          .dutch = "bied ook aan wat de verzamelaar kwijt is"},
                                         {0}};
    int first, exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    return exit_code == CLI_RUN ? cmd_for_member(home, sync_member, &again) : exit_code;
}
