/* What is wrong with rows of the responses' file, all of it: a person is told the first hundred faults
 * (panel/faults.h), a report names every row. Knows no plan. One thread. */
#ifndef CLIENT_BATCH_FINDINGS_H
#define CLIENT_BATCH_FINDINGS_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>

struct batch_finding {
    size_t line; /* where the row begins */
    char *member, *action; /* as the row has them, at most 1024 bytes; NULL where it could not be read so far */
    char *what; /* phrases, "; " between them */
    bool is_cut; /* more was found than can be said: "..." stands for the rest */
};

/* One a line at most once sorted; an all-zero one has none. */
struct batch_findings {
    struct batch_finding *list;
    size_t count, capacity;
};

/* Adds a phrase, to the last finding where that is of the same line. -1: no memory. */
MUST_CHECK int batch_findings_add(struct batch_findings *findings, size_t line, const char *what);

/* Says whose row the last finding is about, where it is of that line. NULL: not known. -1: no memory. */
MUST_CHECK int batch_findings_name(struct batch_findings *findings, size_t line, const char *member,
                                   const char *action);

/* In order of lines, those of one line made one. -1: no memory. */
MUST_CHECK int batch_findings_sort(struct batch_findings *findings);

void batch_findings_free(struct batch_findings *findings);

#endif
