/* The verbs of burgerpanel-collector, a file a noun (CLI.md), and what they share. Main thread. */
#ifndef COLLECTOR_CMD_CMD_H
#define COLLECTOR_CMD_CMD_H

#include "base/cli.h"
#include "base/csv.h"
#include "collector/ops/config.h"
#include "collector/store/store.h"
#include "panel/faults.h"

typedef int cmd_run(const struct cli_verb *verb, int argc, char **argv);

cmd_run cmd_panel_import, cmd_panel_show;
cmd_run cmd_actions_import, cmd_actions_list;
cmd_run cmd_invitations_create, cmd_invitations_list, cmd_invitations_withdraw;
cmd_run cmd_members_list, cmd_members_revoke;
cmd_run cmd_tokens_create, cmd_tokens_list, cmd_tokens_revoke;
cmd_run cmd_export, cmd_audit;

/* Reads the configuration and opens the store. NULL: *exit_code says with what to end; a line has been written. Free
 * with store_close. */
MUST_CHECK struct store *cmd_open(enum store_mode mode, int *exit_code);

/* The configuration that cmd_open has read. */
const struct config *cmd_config(void);

/* Parses a verb that has no options of its own and opens the existing store. NULL: as above. *first is the first
 * operand. */
MUST_CHECK struct store *cmd_begin(const struct cli_verb *verb, int argc, char **argv, int operands, int *first,
                                   int *exit_code);

/* Says why the store's last verb failed. Returns CLI_FAILED. */
int cmd_store_failed(const struct store *store);

/* Lists faults, a line each, as "FILE: where: what", and how many there are. Returns CLI_FAILED. */
int cmd_tell_faults(const char *file, const struct faults *faults);

/* A verb without operands or options that prints a CSV: `header` is its first line, `put` puts the rows. Returns the
 * exit code. */
int cmd_list(const struct cli_verb *verb, int argc, char **argv, const char *header,
             enum store_result (*put)(struct store *store, struct csv_writer *writer));

/* Writes DIR/NAME, whole or not at all, and says so. Returns the exit code. */
int cmd_write_file(const char *folder, const char *name, const struct buf *text);

/* Makes the folder where it is missing. Returns the exit code. */
int cmd_make_folder(const char *folder);

/* A cell with a moment in RFC 3339, empty for 0. */
void cmd_put_time(struct csv_writer *writer, int64_t when);

/* Writes the buffer to standard output and frees it. Returns the exit code. */
int cmd_print(struct buf *text);

#endif
