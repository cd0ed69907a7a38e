/* The verbs of burgerpanel-collector, a file a noun (CLI.md), and what they share. Main thread.
 *
 * The room: administrators' verbs, on the store directly, also beside a running daemon. Each reads its words, opens the
 * store, does its work in one transaction and says what came of it: data on standard output, talk on standard error.
 * cmd.c holds what is the same in all. */
#ifndef COLLECTOR_CMD_CMD_H
#define COLLECTOR_CMD_CMD_H

#include "base/cli.h"
#include "base/csv.h"
#include "collector/ops/config.h"
#include "collector/store/store.h"
#include "panel/faults.h"

/* The verbs, for main.c: the `run` of a struct cli_verb. */
int cmd_panel_import(const struct cli_verb *verb, int argc, char **argv);
int cmd_panel_show(const struct cli_verb *verb, int argc, char **argv);
int cmd_actions_import(const struct cli_verb *verb, int argc, char **argv);
int cmd_actions_list(const struct cli_verb *verb, int argc, char **argv);
int cmd_invitations_create(const struct cli_verb *verb, int argc, char **argv);
int cmd_invitations_list(const struct cli_verb *verb, int argc, char **argv);
int cmd_invitations_withdraw(const struct cli_verb *verb, int argc, char **argv);
int cmd_invitations_check(const struct cli_verb *verb, int argc, char **argv);
int cmd_members_list(const struct cli_verb *verb, int argc, char **argv);
int cmd_members_revoke(const struct cli_verb *verb, int argc, char **argv);
int cmd_members_restore(const struct cli_verb *verb, int argc, char **argv);
int cmd_operator_change(const struct cli_verb *verb, int argc, char **argv);
int cmd_tokens_create(const struct cli_verb *verb, int argc, char **argv);
int cmd_tokens_list(const struct cli_verb *verb, int argc, char **argv);
int cmd_tokens_log(const struct cli_verb *verb, int argc, char **argv);
int cmd_tokens_revoke(const struct cli_verb *verb, int argc, char **argv);
int cmd_operator_show(const struct cli_verb *verb, int argc, char **argv);
int cmd_log_events(const struct cli_verb *verb, int argc, char **argv);
int cmd_follow_ups_publish(const struct cli_verb *verb, int argc, char **argv);
int cmd_follow_ups_list(const struct cli_verb *verb, int argc, char **argv);
int cmd_erase(const struct cli_verb *verb, int argc, char **argv);
int cmd_retention_run(const struct cli_verb *verb, int argc, char **argv);
int cmd_hooks_run(const struct cli_verb *verb, int argc, char **argv);
int cmd_hooks_key(const struct cli_verb *verb, int argc, char **argv);
int cmd_release_create(const struct cli_verb *verb, int argc, char **argv);
int cmd_release_changes(const struct cli_verb *verb, int argc, char **argv);
int cmd_release_list(const struct cli_verb *verb, int argc, char **argv);
int cmd_release_verify(const struct cli_verb *verb, int argc, char **argv);
int cmd_comments_export(const struct cli_verb *verb, int argc, char **argv);
int cmd_trends_export(const struct cli_verb *verb, int argc, char **argv);
int cmd_export(const struct cli_verb *verb, int argc, char **argv);
int cmd_backup(const struct cli_verb *verb, int argc, char **argv);
int cmd_restore(const struct cli_verb *verb, int argc, char **argv);
int cmd_store_copy(const struct cli_verb *verb, int argc, char **argv);
int cmd_store_upgrade(const struct cli_verb *verb, int argc, char **argv);
int cmd_web_manifest(const struct cli_verb *verb, int argc, char **argv);
int cmd_audit(const struct cli_verb *verb, int argc, char **argv);
int cmd_manual(const struct cli_verb *verb, int argc, char **argv);

/* What `--help` and the manual page say of each verb beyond its line, and the page's sections; for struct cli_program.
 * A test sees to it that no verb is without. */
extern const struct cli_explained cmd_explained[];

/* Reads the configuration, gives it where `config` is not NULL, and opens the store. NULL: *exit_code says with what to
 * end; a line has been written. Free with store_close. */
MUST_CHECK struct store *cmd_open(enum store_mode mode, struct config *config, int *exit_code);

/* The same for reading what takes long and may be somewhat behind: at the standby of the settings, where they name one
 * and no store is named on the command line. */
MUST_CHECK struct store *cmd_open_walk(struct config *config, int *exit_code);

/* Parses a verb that has no options of its own and opens the existing store. NULL: as above. *first is the first
 * operand. */
MUST_CHECK struct store *cmd_begin(const struct cli_verb *verb, int argc, char **argv, int operands, int *first,
                                   int *exit_code);

/* Says why the store's last verb failed. Returns CLI_FAILED. */
int cmd_store_failed(const struct store *store);

/* Says that there is no memory. Returns CLI_FAILED. */
int cmd_no_memory(void);

/* Says that the panel has no round of that id. Returns CLI_FAILED. */
int cmd_no_round(const char *round);

/* Lists faults, a line each, as "FILE: where: what", and how many there are. Returns CLI_FAILED. */
int cmd_tell_faults(const char *file, const struct faults *faults);

/* Lists what may be meant but looks wrong, a line each, as "FILE: warning: where: what". */
void cmd_tell_warnings(const char *file, const struct faults *warnings);

/* A verb without operands or options that prints a CSV: `header` is its first line, `put` puts the rows. Returns the
 * exit code. */
int cmd_list(const struct cli_verb *verb, int argc, char **argv, const char *header,
             enum store_result (*put)(struct store *store, struct csv_writer *writer));

/* Appends the bytes of a file that was named on the command line. Returns the exit code. */
MUST_CHECK int cmd_read_file(const char *path, struct buf *out);

/* Whether what has that name, links followed, is a file, or nothing: a pipe in a folder that a stranger has sent would
 * be waited for, and a device never ends. */
bool cmd_is_plain(const char *path);

/* Writes DIR/NAME, whole or not at all, and says so. Returns the exit code. */
MUST_CHECK int cmd_write_file(const char *folder, const char *name, const struct buf *text);

/* Makes the folder where it is missing. Returns the exit code. */
MUST_CHECK int cmd_make_folder(const char *folder);

/* A cell with a moment in RFC 3339, empty for 0. */
void cmd_put_time(struct csv_writer *writer, int64_t when);

/* Writes the buffer to standard output, as cli_print does, and frees it. Returns the exit code. */
int cmd_print(struct buf *text, enum cli_form form);

#endif
