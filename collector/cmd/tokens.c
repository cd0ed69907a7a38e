/* tokens create, list, revoke, log. A token is shown once; the store keeps its hash. */
#include "base/clock.h"
#include "base/csv.h"
#include "base/error.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/cmd/cmd.h"
#include "collector/state/token.h"
#include <errno.h>
#include <stdio.h>

#define DAY 86400
#define DAYS_MAX 36500

/* *days: 0 for never. Returns the exit code. */
static int read_days(const char *text, int64_t *days)
{
    *days = 0;
    if (!text || number_read(text, 1, DAYS_MAX, days) == 0)
        return CLI_DONE;
    return cli_misuse(T("--expires must be a number of days from 1 to %d",
                        "--expires moet een aantal dagen van 1 tot en met %d zijn"),
                      DAYS_MAX);
}

/* Name and role of a token to be made. Returns the exit code. */
static int read_name_and_role(const char *name, const char *role_name, struct store_token *out)
{
    enum token_role role;
    if (!role_name || token_role_find(role_name, &role) < 0)
        return cli_misuse(T("--role must be analyst, team or auditor", "--role moet analyst, team of auditor zijn"));
    if (out->publish && role != TOKEN_TEAM)
        return cli_misuse(T("--publish goes with --role team", "--publish hoort bij --role team"));
    if (out->exact && role == TOKEN_AUDITOR)
        return cli_misuse(T("--exact goes with --role analyst or team; who audits works the figures out from the log",
                            "--exact hoort bij --role analyst of team; wie controleert rekent de cijfers zelf uit het "
                            "logboek na"));
    if (!action_id_is_valid(name))
        return cli_misuse(
            T("NAME must be 1 to 64 of A-Z a-z 0-9 . _ -", "NAAM moet 1 tot 64 tekens zijn uit A-Z a-z 0-9 . _ -"));
    out->name = name;
    out->role = token_role_name(role);
    return CLI_DONE;
}

/* Nobody has a token that could not be shown, so it is taken back. */
static int show_token(struct store *store, const struct store_token *token, const char *text)
{
    if (printf("%s\n", text) >= 0 && fflush(stdout) == 0)
        return CLI_DONE;
    int why = errno;
    enum store_result result = store_token_revoke(store, token->name, clock_now());
    if (result != STORE_OK && result != STORE_NONE)
        return cmd_store_failed(store);
    return cli_fail(T("the token could not be shown and is revoked again: %s; make one of another name",
                      "het token kon niet getoond worden en is weer ingetrokken: %s; maak er een met een andere naam"),
                    error_of_errno(why));
}

static int create_token(struct store *store, struct store_token *token)
{
    char text[TOKEN_TEXT_SIZE];
    token_new(text);
    token_hash(text, token->hash);
    int result = CLI_DONE;
    switch (store_token_add(store, token)) {
    case STORE_OK:
        result = show_token(store, token, text);
        break;
    case STORE_NONE:
        result = cli_fail(
            T("there is a token '%s' already; choose another name", "er is al een token '%s'; kies een andere naam"),
            token->name);
        break;
    case STORE_ERASED: /* of entries alone */
    case STORE_FAILED:
        result = cmd_store_failed(store);
        break;
    }
    mem_wipe(text, sizeof text);
    return result;
}

int cmd_tokens_create(const struct cli_verb *verb, int argc, char **argv)
{
    const char *role_name = NULL, *expires = NULL;
    struct store_token token = {.created_at = clock_now()};
    const struct cli_option options[] = {
        {"role", "analyst|team|auditor", &role_name, NULL, "analyst, team or auditor", "analyst, team of auditor"},
        {"exact", NULL, NULL, &token.exact, "may ask for exact figures", "mag om exacte cijfers vragen"},
        {"publish", NULL, NULL, &token.publish, "may publish what was done with answers (team)",
         "mag publiceren wat met antwoorden is gedaan (team)"},
        {"expires", "DAYS", &expires, NULL, "ends after so many days", "eindigt na zoveel dagen"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    int64_t days;
    if (result != CLI_RUN)
        return result;
    if (read_name_and_role(argv[first], role_name, &token) != CLI_DONE || read_days(expires, &days) != CLI_DONE)
        return CLI_USAGE;
    struct store *store = cmd_open(STORE_EXISTING, NULL, &result);
    if (!store)
        return result;
    token.expires_at = days > 0 ? token.created_at + days * DAY : 0;
    result = create_token(store, &token);
    store_close(store);
    return result;
}

static int put_token_row(void *context, const struct store_token *token)
{
    struct csv_writer *writer = context;
    csv_put_text(writer, token->name);
    csv_put_text(writer, token->role);
    csv_put_text(writer, token->exact ? "yes" : "no");
    csv_put_text(writer, token->publish ? "yes" : "no");
    cmd_put_time(writer, token->created_at);
    cmd_put_time(writer, token->expires_at);
    cmd_put_time(writer, token->revoked_at);
    csv_end_row(writer);
    return 0;
}

static enum store_result put_tokens(struct store *store, struct csv_writer *writer)
{
    return store_token_each(store, put_token_row, writer);
}

int cmd_tokens_list(const struct cli_verb *verb, int argc, char **argv)
{
    return cmd_list(verb, argc, argv, "name,role,exact,publish,created,expires,revoked\r\n", put_tokens);
}

static int put_access_row(void *context, const struct store_access *access)
{
    struct csv_writer *writer = context;
    cmd_put_time(writer, access->at);
    csv_put_text(writer, access->token);
    csv_put_text(writer, access->what);
    csv_put_integer(writer, access->rows);
    csv_end_row(writer);
    return 0;
}

static enum store_result put_access_log(struct store *store, struct csv_writer *writer)
{
    return store_access_each(store, put_access_row, writer);
}

int cmd_tokens_log(const struct cli_verb *verb, int argc, char **argv)
{
    return cmd_list(verb, argc, argv, "time,token,what,rows\r\n", put_access_log);
}

int cmd_tokens_revoke(const struct cli_verb *verb, int argc, char **argv)
{
    int first, result = CLI_DONE;
    struct store *store = cmd_begin(verb, argc, argv, 1, &first, &result);
    if (!store)
        return result;
    switch (store_token_revoke(store, argv[first], clock_now())) {
    case STORE_OK:
        cli_say(T("token '%s' is revoked", "token '%s' is ingetrokken"), argv[first]);
        break;
    case STORE_NONE:
        result = cli_fail(T("there is no token '%s' in force", "er is geen geldig token '%s'"), argv[first]);
        break;
    case STORE_ERASED: /* of entries alone */
    case STORE_FAILED:
        result = cmd_store_failed(store);
        break;
    }
    store_close(store);
    return result;
}
