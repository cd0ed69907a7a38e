/* Lines of the two CSV files, and faults that name them. */
#include "client/batch/lines.h"

void batch_find(struct faults *faults, const struct batch_file *file, size_t line, const char *what)
{
    if (file->findings && batch_findings_add(file->findings, line, what) < 0)
        faults->no_memory = true;
}

void batch_fault(struct faults *faults, const struct batch_file *file, size_t line, const char *what)
{
    struct buf where;
    buf_init(&where, 4096);
    buf_printf(&where, "%s:%zu", file->name, line);
    faults_add(faults, buf_text(&where), "%s", what);
    buf_free(&where);
    batch_find(faults, file, line, what);
}

static void keep_list_fault(void *context, size_t line, const char *what)
{
    struct batch_lines *lines = context;
    lines->unread++;
    batch_fault(lines->faults, lines->file, line, what);
}

struct csv_list *batch_open_list(struct batch_lines *lines, const struct csv_column *columns, size_t count)
{
    struct error error;
    lines->listener = (struct csv_listener){keep_list_fault, lines};
    struct csv_list *list =
        csv_list_open(lines->file->text, lines->file->len, columns, count, &lines->listener, &error);
    if (!list && error.kind == ERROR_MEMORY)
        lines->faults->no_memory = true;
    return list;
}

bool batch_next_row(struct csv_list *list, const struct batch_lines *lines, struct csv_row *row)
{
    if (lines->faults->no_memory)
        return false;
    enum csv_result result = csv_list_next(list, row);
    if (result == CSV_NO_MEMORY)
        lines->faults->no_memory = true;
    return result == CSV_ROW;
}
