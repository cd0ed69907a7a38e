/* Lines of the two CSV files, and faults that name them. */
#include "client/batch/lines.h"

void batch_fault(struct faults *faults, const struct batch_file *file, size_t line, const char *what)
{
    struct buf where;
    buf_init(&where, 4096);
    buf_printf(&where, "%s:%zu", file->name, line);
    faults_add(faults, buf_text(&where), "%s", what);
    buf_free(&where);
}

enum csv_result batch_next_row(struct csv_reader *reader, const struct batch_file *file, struct csv_row *row,
                               struct faults *faults)
{
    const char *why;
    enum csv_result result;
    while ((result = csv_read(reader, row, &why)) == CSV_BAD)
        batch_fault(faults, file, row->line, why);
    if (result == CSV_NO_MEMORY)
        faults->no_memory = true;
    return result;
}
