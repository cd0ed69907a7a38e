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
 * word (dutch_names in cli.c). */
struct cli_option {
    const char *name; /* without the dashes */
    const char *argument; /* "FILE"; NULL for a flag */
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

struct cli_program {
    const char *name;
    const char *version;
    const char *english, *dutch; /* what it is for, one line */
    const struct cli_verb *verbs;
    size_t count;
    const struct cli_option *common; /* options that every verb takes; ends with a NULL name; NULL for none */
};

/* Finds the verb and runs it. No verb: usage to standard error, 2; an unknown one likewise, naming the verbs that
 * begin with its first word. `--help`, `-h` and `--version` go to standard output, 0. What is left unwritten on
 * standard output turns 0 into 1. */
int cli_run(const struct cli_program *program, int argc, char **argv);

/* Reads the verb's own options (`options` ends with a NULL name; NULL: it has none) and the program's common ones,
 * before and after operands. The operands are then argv[*first] to argv[argc-1], between `least` and `most` of them
 * (most < 0: no limit). Returns CLI_RUN when the verb should run; otherwise the exit code to return at once: CLI_DONE
 * after --help, CLI_USAGE, with one line on standard error, for wrong usage. */
MUST_CHECK int cli_parse(const struct cli_verb *verb, const struct cli_option *options, int argc, char **argv,
                         int least, int most, int *first);

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

/* A line on standard error without the program's name: talk, not data. */
void cli_say(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
