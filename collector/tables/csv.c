/* Each kind of cell by base/csv's own writer. Knows no table and no figure; the last step of a table in CSV. */
#include "collector/tables/csv.h"

static int put_column_name(void *context, const struct column *column)
{
    csv_put_text(context, column->name);
    return 0;
}

int table_csv_header(struct csv_writer *writer, const struct column_source *columns)
{
    if (columns_each(columns, put_column_name, writer) < 0)
        return -1;
    csv_end_row(writer);
    return 0;
}

static void put_csv_cell(struct csv_writer *writer, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_EMPTY:
        csv_put_empty(writer);
        return;
    case CELL_TEXT:
        csv_put_text(writer, cell->text);
        return;
    case CELL_INTEGER:
        csv_put_integer(writer, cell->integer);
        return;
    case CELL_DECIMAL:
        csv_put_decimal(writer, cell->decimal);
        return;
    }
}

int table_csv_row(void *context, const struct cell *cells, size_t count)
{
    struct csv_writer *writer = context;
    for (size_t i = 0; i < count; i++)
        put_csv_cell(writer, &cells[i]);
    csv_end_row(writer);
    return 0;
}
