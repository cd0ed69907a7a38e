/* enrol URL [CODE]: makes a key and enrols it; of a folder that is enrolled already, follows the collector to another
 * URL, or with --anew enrols once more. The code is asked for where it is not given, and never shown. */
#include "client/net/enrol.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/url.h"
#include "client/cmd/cmd.h"
#include "client/cmd/findings.h"
#include "client/cmd/recovery_code.h"
#include "client/cmd/rounds.h"
#include "client/cmd/terms.h"
#include "client/log/move.h"
#include "client/log/view.h"
#include "client/response/catalogue.h"
#include "client/terminal/failures.h"
#include "client/terminal/input.h"
#include "panel/invitation.h"
#include <stdio.h>
#include <string.h>

#define CODE_LINE_MAX ((size_t)256)
#define CODE_TRIES 3
#define CODE_WORDS 26 /* on the command line, where blanks in a code part it */
#define PANEL_ID_MAX ((size_t)64)

/* As given on the command line; url as fetch_normalise_url writes it. */
struct enrol_words {
    const char *url, *code; /* code NULL: it is asked for */
    bool anew, yes;
};

/* -1 with *error when it is no code. */
static int check_code(const char *typed, struct error *error)
{
    uint8_t code[INVITATION_BYTES];
    int result = invitation_read(typed, code, error);
    mem_wipe(code, sizeof code);
    return result;
}

static void show_code_prompt(const struct input *input, size_t have)
{
    if (have == 0)
        fprintf(stderr, "%s", T("The code of your invitation: ", "De code van uw uitnodiging: "));
    else
        fprintf(stderr,
                T("%zu of its %d characters; the rest (Enter alone: begin anew): ",
                  "%zu van de %d tekens; de rest (alleen Enter: opnieuw beginnen): "),
                have, INVITATION_CHARACTERS);
    if (!input->is_terminal)
        fputc('\n', stderr);
}

/* Reads lines into `code` until it is long enough, since a mail program may have broken it, or one is empty. -1: the
 * input ended. */
static int read_typed_code(struct input *input, struct buf *code)
{
    struct buf line;
    bool is_over = false, has_ended = false;
    buf_init(&line, CODE_LINE_MAX);
    buf_expect(&line, CODE_LINE_MAX);
    buf_reset(code);
    while (!is_over) {
        size_t have = invitation_count(buf_text(code));
        show_code_prompt(input, have);
        enum input_result result = input_read_line(input, &line);
        has_ended = result == INPUT_ENDED;
        buf_put(code, buf_text(&line), line.len);
        is_over = result != INPUT_LINE || (line.len == 0 && !input->is_pasting) ||
                  invitation_count(buf_text(code)) >= INVITATION_CHARACTERS;
    }
    buf_wipe(&line);
    return has_ended && code->len == 0 ? -1 : buf_check(code);
}

/* Asks for the code; a few times over where someone is there to mend it. */
static int ask_code(struct input *input, struct buf *code)
{
    for (int i = 0; i < (input->is_terminal ? CODE_TRIES : 1); i++) {
        if (read_typed_code(input, code) < 0)
            break;
        struct error error;
        if (check_code(buf_text(code), &error) == 0)
            return 0;
        cli_say(T("That is no code: %s.", "Dat is geen code: %s."), error.text);
    }
    return -1;
}

static int open_and_ask_code(struct buf *code)
{
    struct input input;
    input_open(&input);
    int result = ask_code(&input, code);
    input_close(&input);
    return result;
}

static int tell_enrolment(const struct profile *profile, enum enrol_result result, const struct http_answer *answer)
{
    switch (result) {
    case ENROL_DONE:
        cli_say(T("Enrolled in panel %s. Your key is in %s; keep that folder, and a copy of it.",
                  "Aangemeld bij panel %s. Uw sleutel staat in %s; bewaar die map, en een kopie ervan."),
                profile->panel, profile->home);
        printf("%s\n", profile->kid);
        return CLI_DONE;
    case ENROL_LATER:
        failure_tell_answer(T("not enrolled yet", "nog niet aangemeld"), answer);
        cli_say("%s", T("Your key is kept: try again later with the same code.",
                        "Uw sleutel is bewaard: probeer het later opnieuw met dezelfde code."));
        return CLI_FAILED;
    case ENROL_REFUSED:
        return failure_tell_answer(T("not enrolled", "niet aangemeld"), answer);
    case ENROL_UNPROVEN:
        cli_fail("%s",
                 T("the collector says that it has enrolled you, but its receipt does not hold: not enrolled",
                   "de verzamelaar zegt u te hebben aangemeld, maar het ontvangstbewijs klopt niet: niet aangemeld"));
        cli_say(T("Its answer lies in %s/evidence: show it to the panel office.",
                  "Het antwoord ligt in %s/evidence: laat het aan het panelbureau zien."),
                profile->home);
        return CLI_FAILED;
    case ENROL_FAILED:
        return failure_tell_errno(T("can't keep the enrolment", "kan de aanmelding niet bewaren"));
    }
    return CLI_FAILED;
}

static int tell_other_panel(const struct profile *profile)
{
    return cli_fail(T("%s is enrolled in panel %s, at %s, and that is another one: name another folder with --home",
                      "%s is aangemeld bij panel %s, bij %s, en dit is een ander: noem een andere map met --home"),
                    profile->home, profile->panel, profile->url);
}

/* The log is looked at first: what the collector signs from here on is held against it. */
static int enrol_in(struct profile *profile, struct http *http, const char *url, const char *panel, const char *code)
{
    struct http_answer answer;
    struct pin *log = NULL;
    int exit_code;
    http_answer_init(&answer);
    if (view_pin(&log, http, &answer) == VIEW_HAD) {
        struct enrol_at at = {.http = http, .url = url, .panel = panel, .log = log};
        bool anew = profile_is_enrolled(profile);
        enum enrol_result result =
            anew ? enrol_anew(profile, &at, code, &answer) : enrol_member(profile, &at, code, &answer);
        exit_code = tell_enrolment(profile, result, &answer);
        if (anew && result == ENROL_DONE)
            cli_say("%s", T("`burgerpanel sync --again` offers what you sent before.",
                            "`burgerpanel sync --again` biedt aan wat u eerder verstuurde."));
    } else {
        exit_code = failure_tell_answer(
            T("not enrolled: the collector shows no log", "niet aangemeld: de verzamelaar toont geen logboek"),
            &answer);
    }
    pin_free(log);
    http_answer_free(&answer);
    return exit_code;
}

/* What a person must know is shown before anything of theirs is sent. -1: they do not agree; said. */
static int agree_to_terms(const struct panel *panel, bool yes)
{
    if (!terms_show(panel) || yes || terms_ask(T("Do you take part? [yes/no] ", "Doet u mee? [ja/nee] ")) == 0)
        return 0;
    cli_fail("%s",
             T("nothing was sent, so not enrolled; where the person has read this and agrees, --yes says so",
               "er is niets verstuurd, dus niet aangemeld; heeft wie het betreft dit gelezen en doet die mee, dan "
               "zegt --yes dat"));
    return -1;
}

static int enrol_through(struct profile *profile, struct http *http, const struct enrol_words *words, const char *code)
{
    struct catalogue catalogue;
    struct http_answer answer;
    int exit_code;
    http_answer_init(&answer);
    enum catalogue_result got = catalogue_get(&catalogue, profile->home, words->url, http, &answer);
    if (got == CATALOGUE_FRESH || got == CATALOGUE_KEPT) {
        const char *panel = catalogue.panel->id;
        if (profile_is_enrolled(profile) && strcmp(profile->panel, panel) != 0)
            exit_code = tell_other_panel(profile);
        else if (agree_to_terms(catalogue.panel, words->yes) < 0)
            exit_code = CLI_FAILED;
        else if ((exit_code = recovery_code_make_key(profile, panel)) == CLI_DONE)
            exit_code = enrol_in(profile, http, words->url, panel, code);
        catalogue_free(&catalogue);
    } else {
        exit_code = rounds_explain(got, &answer);
    }
    http_answer_free(&answer);
    return exit_code;
}

/* Another URL than the one that the home is enrolled at. */

static int tell_move(const struct profile *profile, const struct move *move, enum move_result result)
{
    switch (result) {
    case MOVE_DONE:
        cli_say(
            T("The collector of panel %s is at %s from now on; your enrolment and all that you sent stay as they are.",
              "De verzamelaar van panel %s is voortaan bij %s; uw aanmelding en wat u verstuurde blijven zoals ze "
              "zijn."),
            profile->panel, profile->url);
        printf("%s\n", profile->kid);
        return CLI_DONE;
    case MOVE_OTHER_PANEL:
        return tell_other_panel(profile);
    case MOVE_NO_PIN:
        return cli_fail(
            T("log.json is gone from %s, so nothing shows that this is the same log: put it back from a copy",
              "log.json is weg uit %s, dus niets toont dat dit hetzelfde logboek is: zet het terug vanuit "
              "een kopie"),
            profile->home);
    case MOVE_OTHER_LOG:
        findings_tell(profile->home, &move->monitor, move->seen_as);
        cli_say(T("So nothing was changed: this folder stays with %s.",
                  "Er is dus niets veranderd: deze map blijft bij %s."),
                profile->url);
        findings_advise(move->seen_as);
        return CLI_FAILED;
    case MOVE_FAILED:
        return failure_tell_errno(profile->home);
    }
    return CLI_FAILED;
}

/* Answering needs no connection where a copy of the questions is kept, so one is fetched along. */
static void keep_questions(const struct profile *profile, struct http *http, struct http_answer *answer)
{
    struct catalogue catalogue;
    enum catalogue_result got = catalogue_get(&catalogue, profile->home, profile->url, http, answer);
    if (got == CATALOGUE_FRESH || got == CATALOGUE_KEPT)
        catalogue_free(&catalogue);
}

static int move_through(struct profile *profile, struct http *http, const char *url)
{
    struct http_answer answer;
    struct buf panel;
    int exit_code;
    http_answer_init(&answer);
    buf_init(&panel, PANEL_ID_MAX);
    if (move_ask_panel(http, &answer, &panel) == HTTP_DONE) {
        struct move move = {.url = url, .panel = buf_text(&panel), .monitor = {.http = http, .answer = &answer}};
        enum move_result result = move_home(&move, profile);
        exit_code = tell_move(profile, &move, result);
        if (result == MOVE_DONE)
            keep_questions(profile, http, &answer);
        move_wipe(&move);
    } else {
        exit_code =
            failure_tell_answer(T("can't ask which panel is there", "kan niet vragen welk panel daar is"), &answer);
    }
    buf_free(&panel);
    http_answer_free(&answer);
    return exit_code;
}

static int move_to(struct profile *profile, const char *url)
{
    struct http *http = http_open(url, &retry_for_person);
    int exit_code = http ? move_through(profile, http, url) : failure_no_memory();
    http_close(http);
    return exit_code;
}

static int tell_enrolled_before(const struct profile *profile)
{
    cli_say(T("Enrolled already, in panel %s.", "Al aangemeld, bij panel %s."), profile->panel);
    printf("%s\n", profile->kid);
    return CLI_DONE;
}

/* With the code in hand, or asked for: the code is the only secret here besides the key, and is wiped. */
static int enrol_with_code(struct profile *profile, const struct enrol_words *words)
{
    struct buf typed;
    int exit_code = CLI_FAILED;
    buf_init(&typed, 4 * CODE_LINE_MAX);
    buf_expect(&typed, 4 * CODE_LINE_MAX);
    if (!words->code && open_and_ask_code(&typed) < 0) {
        cli_fail("%s", T("no code, so not enrolled", "geen code, dus niet aangemeld"));
    } else {
        struct http *http = http_open(words->url, &retry_for_person);
        const char *code = words->code ? words->code : buf_text(&typed);
        exit_code = http ? enrol_through(profile, http, words, code) : failure_no_memory();
        http_close(http);
    }
    buf_wipe(&typed);
    return exit_code;
}

static int enrol_at_home(const char *home, const struct enrol_words *words)
{
    struct profile profile;
    if (cmd_open_home(&profile, home, true) < 0)
        return CLI_FAILED;
    bool enrolled = profile_is_enrolled(&profile), here = enrolled && strcmp(profile.url, words->url) == 0;
    if (!here && url_is_exposed(words->url))
        cli_say("%s", T("Mind: this URL is http, so what is sent can be read on the way.",
                        "Let op: deze URL is http, dus wat verstuurd wordt is onderweg te lezen."));
    int exit_code;
    if (!enrolled || words->anew)
        exit_code = enrol_with_code(&profile, words);
    else
        exit_code = here ? tell_enrolled_before(&profile) : move_to(&profile, words->url);
    profile_close(&profile);
    return exit_code;
}

int cmd_enrol(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    struct enrol_words words = {0};
    const struct cli_option options[] = {CMD_OPTION_HOME(&home),
                                         {.name = "anew",
                                          .flag = &words.anew,
                                          .english = "once more, in a log that was begun anew",
                                          .dutch = "nog een keer, in een logboek dat opnieuw begonnen is"},
                                         {.name = "yes",
                                          .flag = &words.yes,
                                          .english = "what the panel says of itself has been read and agreed to",
                                          .dutch = "wat het panel over zichzelf zegt is gelezen, en akkoord"},
                                         {0}};
    int first;
    struct error error;
    int exit_code = cli_parse(verb, options, argc, argv, 1, 1 + CODE_WORDS, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    struct buf url, code;
    buf_init(&url, FETCH_URL_MAX);
    buf_init(&code, CODE_LINE_MAX);
    for (int i = first + 1; i < argc; i++)
        buf_printf(&code, "%s ", argv[i]);
    words.code = code.len > 0 ? buf_text(&code) : NULL;
    int no_url = fetch_normalise_url(argv[first], &url);
    words.url = buf_text(&url);
    if (no_url < 0)
        exit_code = cli_misuse(
            "%s", T("the URL must be as https://panel.example.nl", "de URL moet zijn zoals https://panel.example.nl"));
    else if (words.code && check_code(words.code, &error) < 0)
        exit_code = cli_misuse(T("that is no code: %s", "dat is geen code: %s"), error.text);
    else
        exit_code = enrol_at_home(home, &words);
    buf_free(&url);
    buf_wipe(&code);
    return exit_code;
}
