/* recover URL [CODE]: brings the key of a recovery code back into a folder that has none, and with it what the
 * collector keeps of the member. */
#include "base/json.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/url.h"
#include "client/cmd/cmd.h"
#include "client/cmd/rounds.h"
#include "client/home/response_id.h"
#include "client/log/regain.h"
#include "client/log/view.h"
#include "client/net/erase.h"
#include "client/response/catalogue.h"
#include "client/terminal/failures.h"
#include "client/terminal/input.h"
#include "panel/recovery.h"
#include <stdio.h>
#include <string.h>

#define CODE_LINE_MAX ((size_t)256)
#define CODE_WORDS 28 /* on the command line, where blanks in a code part it */

struct recovering {
    struct profile *profile;
    struct http *http;
    const char *url, *panel;
    struct pin *log;
    struct http_answer *answer;
};

/* Asks for the code, a line; it is not shown again. Returns the exit code. */
static int ask_recovery_code(struct buf *typed)
{
    struct input input;
    input_open(&input);
    fprintf(stderr, "%s", T("Your recovery code: ", "Uw herstelcode: "));
    enum input_result result = input_read_line(&input, typed);
    input_close(&input);
    return result == INPUT_LINE
               ? CLI_DONE
               : cli_fail("%s", T("no code, so nothing was brought back", "geen code, dus er is niets teruggehaald"));
}

static int tell_regained(const struct recovering *r, const struct regain *regain, enum regain_result result)
{
    switch (result) {
    case REGAIN_DONE:
        cli_say(regain->responses == 1
                    ? T("Back in panel %s, with %zu answer.", "Terug in panel %s, met %zu antwoord.")
                    : T("Back in panel %s, with %zu answers.", "Terug in panel %s, met %zu antwoorden."),
                r->panel, regain->responses);
        printf("%s\n", r->profile->kid);
        return CLI_DONE;
    case REGAIN_LATER:
        return failure_tell_answer(
            T("not all is back yet; run the same again", "nog niet alles is terug; voer hetzelfde opnieuw uit"),
            r->answer);
    case REGAIN_REFUSED:
        return cli_fail(T("what the collector shows can't be brought back: %s",
                          "wat de verzamelaar toont kan niet teruggehaald worden: %s"),
                        regain->error->text);
    case REGAIN_UNPROVEN:
        cli_fail(T("what the collector shows does not hold: %s", "wat de verzamelaar toont klopt niet: %s"),
                 regain->error->text);
        cli_say(T("What there is of it lies in %s/evidence: show it to the panel office.",
                  "Wat ervan is ligt in %s/evidence: laat het aan het panelbureau zien."),
                r->profile->home);
        return CLI_FAILED;
    case REGAIN_FAILED:
        return failure_tell_errno(r->profile->home);
    }
    return CLI_FAILED;
}

/* The key is known there: only now it is written. */
static int take_key(struct profile *profile, struct secret_key *key)
{
    if (profile->key)
        return 0; /* the same, of a run that was broken off */
    struct secret_key *own;
    char text[SECRET_KEY_TEXT_SIZE];
    secret_key_put_text(key, text);
    own = secret_key_from_text(text, strlen(text));
    mem_wipe(text, sizeof text);
    if (own && profile_set_recoverable_key(profile, own) == 0)
        return 0;
    secret_key_free(own);
    return -1;
}

static int regain_shown(struct recovering *r, struct secret_key *key)
{
    struct error error;
    struct json *shown = json_parse(buf_text(&r->answer->body), r->answer->body.len, NULL);
    struct regain regain = {.http = r->http,
                            .url = r->url,
                            .panel = r->panel,
                            .log = r->log,
                            .shown = shown,
                            .answer = r->answer,
                            .error = &error};
    bool revoked = false;
    int exit_code = CLI_FAILED;
    if (!shown)
        cli_fail("%s", T("the collector's answer is not what it must be",
                         "het antwoord van de verzamelaar is niet wat het moet zijn"));
    else if (take_key(r->profile, key) < 0)
        failure_tell_errno(r->profile->home);
    else
        exit_code = tell_regained(r, &regain, regain_all(&regain, r->profile));
    if (exit_code == CLI_DONE && json_bool(json_member(shown, "revoked"), &revoked) == 0 && revoked)
        cli_say("%s", T("The panel office has revoked this key: new answers are refused.",
                        "Het panelbureau heeft deze sleutel ingetrokken: nieuwe antwoorden worden geweigerd."));
    json_free(shown);
    return exit_code;
}

/* Asks as the member would whose key it is, before anything is written. */
static int ask_with_key(struct recovering *r, struct secret_key *key)
{
    struct profile asking = *r->profile;
    uint8_t public_key[KEY_BYTES];
    char panel[RESPONSE_ID_PART_SIZE];
    enum http_outcome outcome;
    snprintf(panel, sizeof panel, "%s", r->panel);
    secret_key_public(key, public_key);
    asking.key = key;
    asking.panel = panel;
    key_thumbprint(public_key, asking.kid);
    if (r->profile->key && strcmp(asking.kid, r->profile->kid) != 0)
        return cli_fail(T("%s holds another key: name another folder with --home",
                          "%s bevat een andere sleutel: noem een andere map met --home"),
                        r->profile->home);
    if (erase_ask_access(&asking, r->http, r->answer, &outcome) < 0)
        return failure_no_memory();
    if (outcome != HTTP_DONE)
        return failure_tell_answer(
            r->answer->problem == PROBLEM_NOT_VERIFIED
                ? T("nothing was brought back; this code is of no member of this panel, or not any more",
                    "er is niets teruggehaald; deze code is van geen lid van dit panel, of niet meer")
                : T("nothing was brought back; keep the code, and try again",
                    "er is niets teruggehaald; bewaar de code en probeer het opnieuw"),
            r->answer);
    return regain_shown(r, key);
}

static int recover_in_panel(struct recovering *r, const uint8_t secret[static RECOVERY_BYTES])
{
    struct secret_key *key = recovery_key(secret, r->panel);
    int exit_code;
    if (!key)
        return failure_no_memory();
    if (view_pin(&r->log, r->http, r->answer) == VIEW_HAD)
        exit_code = ask_with_key(r, key);
    else
        exit_code = failure_tell_answer(T("nothing was brought back: the collector shows no log",
                                          "er is niets teruggehaald: de verzamelaar toont geen logboek"),
                                        r->answer);
    pin_free(r->log);
    secret_key_free(key);
    return exit_code;
}

static int recover_through(struct profile *profile, struct http *http, const char *url,
                           const uint8_t secret[static RECOVERY_BYTES])
{
    struct http_answer answer;
    struct catalogue catalogue;
    int exit_code;
    http_answer_init(&answer);
    enum catalogue_result got = catalogue_get(&catalogue, profile->home, url, http, &answer);
    if (got == CATALOGUE_FRESH) {
        struct recovering r = {
            .profile = profile, .http = http, .url = url, .panel = catalogue.panel->id, .answer = &answer};
        exit_code = recover_in_panel(&r, secret);
    } else {
        exit_code = rounds_explain(got, &answer);
    }
    if (got == CATALOGUE_FRESH || got == CATALOGUE_KEPT)
        catalogue_free(&catalogue);
    http_answer_free(&answer);
    return exit_code;
}

static int recover_at_home(const char *home, const char *url, const uint8_t secret[static RECOVERY_BYTES])
{
    struct profile profile;
    if (cmd_open_home(&profile, home, true) < 0)
        return CLI_FAILED;
    int exit_code;
    if (profile_is_enrolled(&profile)) {
        exit_code = cli_fail(T("%s is enrolled already, in panel %s: name another folder with --home",
                               "%s is al aangemeld, bij panel %s: noem een andere map met --home"),
                             profile.home, profile.panel);
    } else {
        struct http *http = http_open(url, &retry_for_person);
        exit_code = http ? recover_through(&profile, http, url, secret) : failure_no_memory();
        http_close(http);
    }
    profile_close(&profile);
    return exit_code;
}

/* What was typed, on the command line or now, as a secret. */
static int read_secret(struct buf *typed, uint8_t secret[static RECOVERY_BYTES])
{
    struct error error;
    bool given = typed->len > 0;
    if (!given && ask_recovery_code(typed) != CLI_DONE)
        return CLI_FAILED;
    if (recovery_read(buf_text(typed), secret, &error) == 0)
        return CLI_DONE;
    return (given ? cli_misuse : cli_fail)(T("that is no recovery code: %s", "dat is geen herstelcode: %s"),
                                           error.text);
}

int cmd_recover(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home), {0}};
    uint8_t secret[RECOVERY_BYTES];
    int first, exit_code = cli_parse(verb, options, argc, argv, 1, 1 + CODE_WORDS, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    struct buf url, typed;
    buf_init(&url, FETCH_URL_MAX);
    buf_init(&typed, CODE_LINE_MAX);
    buf_expect(&typed, CODE_LINE_MAX);
    for (int i = first + 1; i < argc; i++)
        buf_printf(&typed, "%s ", argv[i]);
    if (fetch_normalise_url(argv[first], &url) < 0)
        exit_code = cli_misuse(
            "%s", T("the URL must be as https://panel.example.nl", "de URL moet zijn zoals https://panel.example.nl"));
    else if ((exit_code = read_secret(&typed, secret)) == CLI_DONE)
        exit_code = recover_at_home(home, buf_text(&url), secret);
    mem_wipe(secret, sizeof secret);
    buf_wipe(&typed);
    buf_free(&url);
    return exit_code;
}
