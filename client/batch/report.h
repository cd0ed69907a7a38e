/* What became of every row of the responses' file, as CSV for whoever corrects (CLI.md): row, member, action, outcome,
 * reason. Written beside its place with mode 0600 and put there whole. One thread. */
#ifndef CLIENT_BATCH_REPORT_H
#define CLIENT_BATCH_REPORT_H

#include "base/csv.h"
#include "base/file.h"
#include "client/batch/batch.h"
#include "client/batch/findings.h"

struct batch_report {
    const char *path;
    struct file_part part;
    const struct csv_format *format;
};

/* Makes sure of the file before anything is sent. -1: errno, EWOULDBLOCK when another process writes it. End with
 * batch_report_finish or batch_report_drop. */
MUST_CHECK int batch_report_begin(struct batch_report *report, const char *path, const struct csv_format *format);

/* Writes a line for each row of the plan and for each finding, in the order of the file, and puts the report in its
 * place. Sorts the findings. -1: errno, and what was there before still is. */
MUST_CHECK int batch_report_finish(struct batch_report *report, const struct batch *batch,
                                   struct batch_findings *findings);

/* Leaves none behind. */
void batch_report_drop(struct batch_report *report);

#endif
