/* erase ACTION [--round ROUND] | --everything: shows what goes and what stays, asks, and has it erased; here too,
 * once the log is seen to hold the request. */
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/cmd/erasures.h"
#include "client/cmd/terms.h"
#include "client/home/begun.h"
#include "client/home/erasing.h"
#include "client/home/history.h"
#include "client/terminal/failures.h"
#include "client/terminal/output.h"
#include <string.h>

#define SHOWN_MAX ((size_t)1024 * 1024)

/* As given on the command line. */
struct erase_words {
    const char *action, *round; /* action NULL: everything */
    bool yes;
};

/* What goes. */

/* Of one action in one round, or of everything. */
static bool is_meant(const struct erase_words *words, const struct response_id *id)
{
    return !words->action ||
           (strcmp(id->action, words->action) == 0 && (!words->round || strcmp(id->round, words->round) == 0));
}

static void put_scope_line(struct buf *out, const struct history_line *line)
{
    buf_printf(out, T("  %s in %s, revision %lld", "  %s in %s, herziening %lld"), line->id.action, line->id.round,
               (long long)line->id.revision);
    buf_put_text(out, line->state == SPOOL_SENT ? "\n" : T(" (not sent yet)\n", " (nog niet verstuurd)\n"));
}

static void show_scope(const struct erase_words *words, const struct history *history)
{
    struct buf text;
    buf_init(&text, SHOWN_MAX);
    buf_put_text(&text, T("This goes, here and at the collector:\n", "Dit verdwijnt, hier en bij de verzamelaar:\n"));
    for (size_t i = 0; i < history->count; i++)
        if (is_meant(words, &history->list[i].id))
            put_scope_line(&text, &history->list[i]);
    if (!words->action)
        buf_put_text(&text,
                     T("  your enrolment, and your key: you are no member any more, and this invitation is used up\n",
                       "  uw aanmelding, en uw sleutel: u bent geen panellid meer, en deze uitnodiging is op\n"));
    buf_put_text(&text, T("This stays: that there was an answer, with a hash that says nothing without it; your signed "
                          "request to erase; and\n"
                          "figures that were published before. From now on nothing is worked out from what is erased. "
                          "It can't be undone.\n",
                          "Dit blijft: dat er een antwoord was, met een hash die zonder dat antwoord niets zegt; uw "
                          "ondertekende verzoek om\n"
                          "te wissen; en cijfers die eerder gepubliceerd zijn. Met wat gewist is wordt niets meer "
                          "berekend. Het kan niet\n"
                          "ongedaan gemaakt worden.\n"));
    output_say_lines(&text);
    buf_free(&text);
}

/* The one round in which the action was answered; NULL, having said why, when there is none or more than one. */
static const char *find_round(const struct erase_words *words, const struct history *history)
{
    const char *round = NULL;
    for (size_t i = 0; i < history->count; i++) {
        const struct response_id *id = &history->list[i].id;
        if (strcmp(id->action, words->action) != 0)
            continue;
        if (round && strcmp(round, id->round) != 0) {
            cli_fail(T("%s was answered in more than one round: name one with --round (%s, %s)",
                       "%s is in meer dan een ronde beantwoord: noem er een met --round (%s, %s)"),
                     words->action, round, id->round);
            return NULL;
        }
        round = id->round;
    }
    if (!round)
        cli_fail(T("this folder knows no answer to %s; was it given elsewhere, name its round with --round",
                   "deze map kent geen antwoord op %s; is het elders gegeven, noem dan de ronde met --round"),
                 words->action);
    return round;
}

static int ask_to_erase(void)
{
    if (terms_ask(T("Erase this? [yes/no] ", "Dit wissen? [ja/nee] ")) == 0)
        return 0;
    cli_fail("%s", T("nothing was erased; --yes says so beforehand", "er is niets gewist; --yes zegt het vooraf"));
    return -1;
}

/* What was begun, and never signed: nobody but this folder knows of it. */

static bool has_meant(const struct erase_words *words, const struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        if (is_meant(words, &history->list[i].id))
            return true;
    return false;
}

/* 1: there is no more than that; 0: there is, or none of that either; -1, having said why. */
static int is_only_begun(const struct profile *profile, const struct erase_words *words)
{
    struct history history;
    if (!words->action || !begun_has(profile->home, words->round, words->action))
        return 0;
    if (history_load(&history, profile->home) < 0) {
        failure_tell_errno(profile->home);
        return -1;
    }
    bool is_more = has_meant(words, &history);
    history_free(&history);
    return is_more ? 0 : 1;
}

static int forget_begun(const struct profile *profile, const struct erase_words *words)
{
    cli_say(T("This folder holds no answer to %s. What you began goes from it; none of that was signed or sent.",
              "In deze map staat geen antwoord op %s. Wat u begon verdwijnt eruit; daarvan is niets ondertekend of "
              "verstuurd."),
            words->action);
    if (!words->yes && ask_to_erase() < 0)
        return CLI_FAILED;
    if (begun_forget(profile->home, words->round, words->action) < 0)
        return failure_tell_errno(profile->home);
    cli_say(T("Gone from this folder; the collector was not asked. Was %s answered elsewhere, erase it there, or here "
              "with --round.",
              "Weg uit deze map; de verzamelaar is niets gevraagd. Is %s elders beantwoord, wis het daar, of hier met "
              "--round."),
            words->action);
    return CLI_DONE;
}

/* The verb. */

static int erase_after_asking(struct profile *profile, struct http *http, struct erase_words *words,
                              const struct history *history)
{
    if (words->action && !words->round && (words->round = find_round(words, history)) == NULL)
        return CLI_FAILED;
    show_scope(words, history);
    if (!words->yes && ask_to_erase() < 0)
        return CLI_FAILED;
    return erasures_ask(profile, http, words->action ? words->round : NULL, words->action);
}

/* What was asked before and got no answer is settled first. Where that is the very same, and this folder has nothing
 * more of it, it is done; anything else is not carried out by what is asked now. */
static int erase_at_home(struct profile *profile, struct http *http, struct erase_words *words)
{
    struct history history;
    bool was_asked = erasing_asks_for(profile->home, words->round, words->action);
    if (cmd_pin_log(profile, http) < 0)
        return CLI_FAILED;
    if ((was_asked ? erasures_settle : erasures_settle_other)(profile, http) != CLI_DONE)
        return CLI_FAILED;
    if (!profile_is_enrolled(profile))
        return CLI_DONE;
    if (history_load(&history, profile->home) < 0)
        return failure_tell_errno(profile->home);
    bool is_done = was_asked && !has_meant(words, &history);
    int exit_code = is_done ? CLI_DONE : erase_after_asking(profile, http, words, &history);
    history_free(&history);
    return exit_code;
}

static int run_erase(const char *home, struct erase_words *words)
{
    struct profile profile;
    struct http *http;
    if (cmd_open_member(&profile, home, &http) < 0)
        return CLI_FAILED;
    int only_begun = is_only_begun(&profile, words);
    int exit_code = only_begun < 0   ? CLI_FAILED
                    : only_begun > 0 ? forget_begun(&profile, words)
                                     : erase_at_home(&profile, http, words);
    http_close(http);
    profile_close(&profile);
    return exit_code;
}

int cmd_erase(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    bool everything = false;
    struct erase_words words = {0};
    const struct cli_option options[] = {
        CMD_OPTION_HOME(&home),
        {.name = "round",
         .argument = "ROUND",
         .value = &words.round,
         .english = "the round, where the action was answered in more than one",
         .dutch = "de ronde, als de actie in meer dan een beantwoord is"},
        {.name = "everything",
         .flag = &everything,
         .english = "all answers and the enrolment",
         .dutch = "alle antwoorden en de aanmelding"},
        {.name = "yes", .flag = &words.yes, .english = "don't ask", .dutch = "vraag niets"},
        {0}};
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 0, 1, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (everything == (first < argc) || (everything && words.round))
        return cli_misuse("%s", T("name an action, or give --everything", "noem een actie, of geef --everything"));
    words.action = everything ? NULL : argv[first];
    return run_erase(home, &words);
}
