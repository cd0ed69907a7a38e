/* Command lines of both programs: a table of verbs, each with its options, over getopt_long. Knows no verb. Main thread
 * only. */
#ifndef BASE_CLI_H
#define BASE_CLI_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>

/* How a program ends; CLI_RUN is no end: the verb is to run, or to go on. */
enum cli_exit { CLI_RUN = -1, CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* One option of a verb. With `value` it takes an argument, named `argument` in the help and stored there as given; with
 * `flag` it takes none and sets that. Names of values are upper-case English; in Dutch they are shown by their Dutch
 * word (dutch_names in cli_help.c). What is not in upper case is typed as it stands. */
struct cli_option {
    const char *name; /* without the dashes */
    const char *argument; /* "FILE", "rfc4180|excel-nl"; NULL for a flag */
    const char **value;
    bool *flag;
    const char *english, *dutch; /* one line for the help */
};

struct cli_verb {
    const char *name; /* "invitations create", or "serve" */
    const char *operands; /* "N", "[CODE]"; "" for none */
    const char *english, *dutch; /* one line for the list of verbs */
    /* Runs with the words after the verb; argv[0] is the verb's last word, as getopt_long wants it. Returns the exit
     * code. */
    int (*run)(const struct cli_verb *verb, int argc, char **argv);
};

/* What there is to know of a verb beyond its line; or a section of the manual page, where `of` is its English title.
 * Plain text: each line is a paragraph, broken between words where it is printed; one that begins with two blanks
 * is an example and stays as it is; one with a tab in it is a term and what it means (in sections alone); what is
 * typed as it stands is in `backticks`. Ends without a line's end. */
struct cli_explained {
    const char *of; /* "invitations create", or "EXIT STATUS" */
    const char *title; /* of a section, in Dutch; NULL: a verb */
    const char *english, *dutch;
};

struct cli_program {
    const char *name;
    const char *version;
    const char *english, *dutch; /* what it is for, one line */
    const struct cli_verb *verbs;
    size_t count;
    const struct cli_option *common; /* options that every verb takes; ends with a NULL name; NULL for none */
    const struct cli_explained *explained; /* ends with a NULL `of`; NULL for none; sections in the order of the page */
    int section; /* of its manual page: 1, 8 */
};

/* Finds the verb and runs it. No verb: usage to standard error, 2; an unknown one likewise, naming the verbs that
 * begin with its first word. `--help`, `-h` and `--version` go to standard output, 0. What is left unwritten on
 * standard output turns 0 into 1. Standard input, output and error that are closed fail when they are used, and never
 * become a file that is opened later. */
int cli_run(const struct cli_program *program, int argc, char **argv);

/* Reads the verb's own options (`options` ends with a NULL name; NULL: it has none) and the program's common ones,
 * before and after operands. The operands are then argv[*first] to argv[argc-1], between `least` and `most` of them
 * (most < 0: no limit). Returns CLI_RUN when the verb should run; otherwise the exit code to return at once: CLI_DONE
 * after --help, CLI_USAGE, with one line on standard error, for wrong usage. */
MUST_CHECK int cli_parse(const struct cli_verb *verb, const struct cli_option *options, int argc, char **argv,
                         int least, int most, int *first);

/* The program of the latest cli_run. */
const struct cli_program *cli_running(void);

/* The verb whose name takes the most of the words, one or two, and how many; NULL and 0: they begin with none. */
const struct cli_verb *cli_find(const struct cli_program *program, int count, char **words, int *taken);

/* What is explained of a verb, or a section; NULL: nothing. */
const struct cli_explained *cli_explained(const struct cli_program *program, const char *of);

/* Walks the verbs of the program that runs, each with its own options (as cli_parse takes them), in the table's order:
 * a verb's options stand where their values do, in its run, so each is run until its cli_parse. That must be the first
 * thing that a verb does. */
typedef void cli_visitor(void *context, const struct cli_verb *verb, const struct cli_option *own);
void cli_visit(cli_visitor *visit, void *context);

/* One line on standard error: `PROGRAM: ` and the text, cleaned as by base/text.h. Returns CLI_FAILED. */
int cli_fail(const char *format, ...) PRINTF_LIKE(1, 2);

/* The same for wrong usage; returns CLI_USAGE. */
int cli_misuse(const char *format, ...) PRINTF_LIKE(1, 2);

/* How data looks on standard output. What must not be shown is that of base/text.h. */
enum cli_form {
    CLI_TEXT, /* lines or a table; on a terminal what must not be shown is put as '?', elsewhere all is as it is */
    CLI_JSON, /* what must not be shown is escaped, so that it means the same */
    CLI_DOCUMENT, /* JSON that somebody may want byte for byte: escaped on a terminal, elsewhere as it is */
};

/* Writes data to standard output. CLI_DONE, or CLI_FAILED, having said so, when `data` has failed or there is no
 * memory; whether it all came out is looked at by cli_run. */
MUST_CHECK int cli_print(const struct buf *data, enum cli_form form);

/* Whether the terminal, by TERM, shows text and no more: nothing is redrawn there, and no control sequence sent. */
bool cli_is_dumb(void);

/* A line on standard error without the program's name: talk, not data. */
void cli_say(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
