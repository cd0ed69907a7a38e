/* The verbs of burgerpanel, one file each, and what they have in common. Each `run` is as struct cli_verb has it.
 *
 * The room: the top of the program. A verb reads its words (base/cli.h), opens the member's folder (cmd.c), calls the
 * rooms below in the order of what it does, and says what came of it in two languages: data on standard output, also as
 * JSON, talk on standard error. rounds.c finds the round that is meant, draft.c gathers what a response is made from,
 * findings.c words what is wrong with a log. No verb holds a rule of its own about responses, receipts or the log:
 * those are below, and tested there. */
#ifndef CLIENT_CMD_CMD_H
#define CLIENT_CMD_CMD_H

#include "base/cli.h"
#include "client/home/profile.h"
#include "client/net/http.h"

int cmd_enrol(const struct cli_verb *verb, int argc, char **argv);
int cmd_recover(const struct cli_verb *verb, int argc, char **argv);
int cmd_actions(const struct cli_verb *verb, int argc, char **argv);
int cmd_answers_show(const struct cli_verb *verb, int argc, char **argv);
int cmd_respond(const struct cli_verb *verb, int argc, char **argv);
int cmd_page_verify(const struct cli_verb *verb, int argc, char **argv);
int cmd_erase(const struct cli_verb *verb, int argc, char **argv);
int cmd_export_my_data(const struct cli_verb *verb, int argc, char **argv);
int cmd_batch(const struct cli_verb *verb, int argc, char **argv);
int cmd_sync(const struct cli_verb *verb, int argc, char **argv);
int cmd_status(const struct cli_verb *verb, int argc, char **argv);
int cmd_receipts_list(const struct cli_verb *verb, int argc, char **argv);
int cmd_receipts_verify(const struct cli_verb *verb, int argc, char **argv);

/* What `--help` and the manual page say of each verb beyond its line, and the page's sections; for struct cli_program.
 * A test sees to it that no verb is without. */
extern const struct cli_explained cmd_explained[];

/* The option --home DIR, for a verb's own table. */
#define CMD_OPTION_HOME(place)                                                                                         \
    {                                                                                                                  \
        .name = "home", .argument = "DIR", .value = (place), .english = "the member's folder",                         \
        .dutch = "de map van het panellid"                                                                             \
    }
#define CMD_OPTION_JSON(place)                                                                                         \
    {                                                                                                                  \
        .name = "json", .flag = (place), .english = "as JSON", .dutch = "als JSON"                                     \
    }

/* The option --plain, for a verb that asks or draws at a terminal; cmd_make_plain is for the verb to call then. */
#define CMD_OPTION_PLAIN(place)                                                                                        \
    {                                                                                                                  \
        .name = "plain", .flag = (place), .english = "send the terminal no control sequence, redraw nothing",          \
        .dutch = "stuur de terminal geen stuurtekens, teken niets opnieuw"                                             \
    }

/* From now on every terminal is taken for one that is dumb (cli_is_dumb). */
void cmd_make_plain(void);

/* Opens the folder `home` (NULL: the default one). -1, having said why. */
MUST_CHECK int cmd_open_home(struct profile *out, const char *home, bool make);

/* The same, where the member must have enrolled; with *http a way to the collector. Both are the caller's to close. */
MUST_CHECK int cmd_open_member(struct profile *out, const char *home, struct http **http);

/* Has `work` done with both, and closes them. Returns its exit code, or CLI_FAILED having said why. */
int cmd_for_member(const char *home, int (*work)(struct profile *profile, struct http *http, const void *context),
                   const void *context);

/* The same also for who has erased everything and is a member no more. */
MUST_CHECK int cmd_open_past_member(struct profile *out, const char *home, struct http **http);

/* Sees to it that the log is pinned, fetching it where it is not. -1, having said why. */
MUST_CHECK int cmd_pin_log(struct profile *profile, struct http *http);

#endif
