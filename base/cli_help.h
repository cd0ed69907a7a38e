/* What --help says, put together from the table of verbs (base/cli.h). Inside base: for cli.c and the manual. Main
 * thread only. */
#ifndef BASE_CLI_HELP_H
#define BASE_CLI_HELP_H

#include "base/cli.h"
#include <stdio.h>

#define CLI_HELP_NAMES 128 /* bytes, with the NUL, of what a verb or an option takes, in words */

/* Whether `word` is all of a verb's name, or the first of its words. */
bool cli_help_begins(const char *name, const char *word);

/* The i-th option that a verb takes: its own, the program's, --help; NULL after these. */
const struct cli_option *cli_help_option(const struct cli_program *program, const struct cli_option *own, size_t i);

/* `text`, such as "ACTION [QUESTION=VALUE ...]", with its names in the reader's language; what is beyond the room that
 * there is is left out. Returns `out`. */
const char *cli_help_names(const char *text, char out[static CLI_HELP_NAMES]);

/* Lists the verbs; with `word` those that begin with it. */
void cli_help_verbs(FILE *to, const struct cli_program *program, const char *word);

/* The program's own help. */
void cli_help_program(FILE *to, const struct cli_program *program);

/* A verb's help, to standard output. */
void cli_help_verb(const struct cli_program *program, const struct cli_verb *verb, const struct cli_option *own);

#endif
