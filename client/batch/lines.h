/* A batch's two CSV files as lists (base/csv_list.h), and what there is to say of a line in them. One thread. */
#ifndef CLIENT_BATCH_LINES_H
#define CLIENT_BATCH_LINES_H

#include "base/csv_list.h"
#include "client/batch/plan.h"

/* Adds a fault at FILE:LINE, and to the file's findings. */
void batch_fault(struct faults *faults, const struct batch_file *file, size_t line, const char *what);

/* Tells the file's findings alone: what is wrong with a row by a fault that has been told elsewhere. */
void batch_find(struct faults *faults, const struct batch_file *file, size_t line, const char *what);

/* A file that is being read, and where its faults go. Both must outlive the list. */
struct batch_lines {
    const struct batch_file *file;
    struct faults *faults;
    struct csv_listener listener; /* set by batch_open_list */
    size_t unread; /* faults of the list itself: its header, or rows that could not be read */
};

/* Opens the file as a list with these columns. NULL with at least one fault, or faults->no_memory. Free with
 * csv_list_free. */
MUST_CHECK struct csv_list *batch_open_list(struct batch_lines *lines, const struct csv_column *columns, size_t count);

/* The next row; false at the end, and without memory (faults->no_memory). */
MUST_CHECK bool batch_next_row(struct csv_list *list, const struct batch_lines *lines, struct csv_row *row);

#endif
