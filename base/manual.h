/* The manual page of a program, put together from the table that its --help is printed from (base/cli.h): what the one
 * says, the other says. In the reader's language. Main thread only. */
#ifndef BASE_MANUAL_H
#define BASE_MANUAL_H

#include "base/cli.h"

#define MANUAL_MAX ((size_t)1024 * 1024) /* bytes of a page */

/* The page of the running program, as man(7) has it; `date` stands in its foot, "" for none. */
void manual_put(struct buf *out, const char *date);

/* The verb `manual`: prints the page. The `run` of a struct cli_verb. */
int manual_run(const struct cli_verb *verb, int argc, char **argv);

/* The option --date DATE of what prints a page. */
#define MANUAL_OPTION_DATE(place)                                                                                      \
    {                                                                                                                  \
        .name = "date", .argument = "DATE", .value = (place),                                                          \
        .english = "what to say in its foot of when it was made",                                                      \
        .dutch = "wat er in de voet staat over wanneer ze gemaakt is"                                                  \
    }

#endif
