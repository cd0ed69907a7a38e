/* A number is written by the CSV's own writer, so that both forms have the same digits. Knows no table and no figure;
 * the last step of a table in JSON. */
#include "collector/tables/json.h"
#include "base/csv.h"
#include "base/json.h"
#include <math.h>
#include <string.h>

void table_json_begin(struct table_json *json, struct buf *out)
{
    *json = (struct table_json){.out = out};
    buf_init(&json->names, SIZE_MAX);
    buf_put_char(out, '[');
}

void table_json_wipe(struct table_json *json)
{
    buf_free(&json->names);
}

static int keep_column_name(void *context, const struct column *column)
{
    struct table_json *json = context;
    buf_put(&json->names, column->name, strlen(column->name) + 1);
    return buf_check(&json->names);
}

int table_json_header(struct table_json *json, const struct column_source *columns)
{
    return columns_each(columns, keep_column_name, json);
}

static void put_json_cell(struct buf *out, const struct cell *cell)
{
    struct csv_writer number = {.out = out, .format = &csv_rfc4180};
    switch (cell->type) {
    case CELL_TEXT:
        if (cell->text && *cell->text != '\0')
            json_put_text(out, cell->text);
        else
            buf_put_text(out, "null");
        return;
    case CELL_INTEGER:
        csv_put_integer(&number, cell->integer);
        return;
    case CELL_DECIMAL:
        if (isfinite(cell->decimal))
            csv_put_decimal(&number, cell->decimal);
        else
            buf_put_text(out, "null");
        return;
    case CELL_EMPTY:
        buf_put_text(out, "null");
        return;
    }
}

int table_json_row(void *context, const struct cell *cells, size_t count)
{
    struct table_json *json = context;
    const char *name = buf_text(&json->names);
    buf_put_text(json->out, json->has_rows ? ",\n" : "\n");
    json->has_rows = true;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        buf_put_char(json->out, i > 0 ? ',' : '{');
        json_put_text(json->out, name);
        buf_put_char(json->out, ':');
        put_json_cell(json->out, &cells[i]);
    }
    buf_put_char(json->out, '}');
    return 0;
}

void table_json_end(struct table_json *json)
{
    buf_put_text(json->out, "\n]\n");
}
