/* What may follow the words that somebody is typing, for a shell to offer: verbs, options, the values of those that
 * have a few, files and folders; from the table that --help is printed from (base/cli.h). The shells' side is in
 * packaging/completion/. Main thread only. */
#ifndef BASE_COMPLETE_H
#define BASE_COMPLETE_H

#include "base/cli.h"

/* The verb `complete [-- WORD...]`: prints what may stand in the place of the last of the words (those after the
 * running program's name; none: of the first), a line each: the word, a tab and what the help says of it. ":file" or
 * ":folder" alone: a name of one, to be had from the shell. bash's "=" as a word of its own is understood. The `run` of
 * a struct cli_verb. */
int complete_run(const struct cli_verb *verb, int argc, char **argv);

#endif
