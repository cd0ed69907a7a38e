/* What there is to say of a line in a batch's files, and the reading of lines. One thread. */
#ifndef CLIENT_BATCH_LINES_H
#define CLIENT_BATCH_LINES_H

#include "base/csv.h"
#include "client/batch/plan.h"

/* Adds a fault at FILE:LINE. */
void batch_fault(struct faults *faults, const struct batch_file *file, size_t line, const char *what);

/* The next row that can be read; those that can't become faults. CSV_ROW, CSV_END or CSV_NO_MEMORY (noted in
 * `faults`). */
enum csv_result batch_next_row(struct csv_reader *reader, const struct batch_file *file, struct csv_row *row,
                               struct faults *faults);

#endif
