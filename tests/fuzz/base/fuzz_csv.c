/* Rows of CSV, of any bytes. What must hold: reading ends, and each row or fault has a line; a row that was read, and
 * any texts as a row, read the same again when they have been written, in either format; no cell that was written is
 * taken for a formula, nor in the guarded format for a number that it is not; a decimal reads back to four places; a
 * list's rows are as wide as its header. */
#include "base/csv_list.h"
#include "base/spreadsheet.h"
#include "tests/fuzz/fuzz.h"
#include <math.h>

#define ROWS_WRITTEN 20 /* of an input; more only cost time */

static const struct csv_format *const formats[] = {&csv_rfc4180, &csv_excel_nl};

/* What a spreadsheet finds in the cell, its quotes undone. */
static void check_cell(const struct csv_format *format, const char *cell)
{
    fuzz_require(cell[0] == '\0' || !strchr("=+-@\t\r", cell[0]));
    if (format->guards_text)
        fuzz_require(!spreadsheet_changes(cell));
}

static void check_written(const struct csv_format *format, const struct csv_row *row, const struct buf *text)
{
    struct csv_reader *reader = csv_reader_new(text->data, text->len, format->separator);
    struct csv_row again;
    fuzz_require(reader != NULL);
    fuzz_require(csv_read(reader, &again, NULL) == CSV_ROW && strcmp(again.fields[0].text, "header") == 0);
    enum csv_result result = csv_read(reader, &again, NULL);
    /* One empty cell alone is an empty line, and passed over. */
    bool is_empty = row->count == 1 && row->fields[0].text[0] == '\0';
    fuzz_require(is_empty ? result == CSV_END : result == CSV_ROW && again.count == row->count);
    for (size_t i = 0; !is_empty && i < row->count; i++) {
        check_cell(format, again.fields[i].text);
        fuzz_require(strcmp(csv_unguard(format, again.fields[i].text), row->fields[i].text) == 0);
    }
    fuzz_require(csv_read(reader, &again, NULL) == CSV_END);
    csv_reader_free(reader);
}

/* The header: a first cell that begins with U+FEFF would be taken for a BOM. */
static void write_and_read(const struct csv_format *format, const struct csv_row *row)
{
    struct buf out;
    struct csv_writer writer;
    buf_init(&out, (size_t)1 << 24);
    csv_begin(&writer, &out, format);
    csv_put_text(&writer, "header");
    csv_end_row(&writer);
    for (size_t i = 0; i < row->count; i++)
        csv_put_text(&writer, row->fields[i].text);
    csv_end_row(&writer);
    fuzz_require(buf_check(&out) == 0);
    check_written(format, row, &out);
    buf_free(&out);
}

/* The first eight bytes as a double: a figure, or an empty cell for what is none. */
static void write_decimal(const uint8_t *data, size_t len)
{
    struct buf out;
    struct csv_writer writer;
    double value;
    if (len < sizeof value)
        return;
    memcpy(&value, data, sizeof value);
    buf_init(&out, 1024);
    csv_begin(&writer, &out, &csv_rfc4180);
    csv_put_decimal(&writer, value);
    fuzz_require(buf_check(&out) == 0 && isfinite(value) == (out.len > 0));
    if (isfinite(value))
        fuzz_require(fabs(strtod(buf_text(&out), NULL) - value) <= fmax(0.000051, fabs(value) * 1e-15));
    buf_free(&out);
}

static void hear_fault(void *context, size_t line, const char *what)
{
    size_t *faults = context;
    fuzz_require(line >= 1 && what[0] != '\0');
    ++*faults;
}

/* The same bytes as a list: rows as wide as the header, or faults. */
static void read_list(const char *text, size_t len)
{
    static const struct csv_column columns[] = {{.name = "id"},
                                                {.name = "a", .may_be_empty = true, .may_be_missing = true}};
    size_t faults = 0, rows = 0;
    struct csv_listener listener = {hear_fault, &faults};
    struct error error = {0};
    struct csv_row row;
    struct csv_list *list = csv_list_open(text, len, columns, 2, &listener, &error);
    fuzz_require(list || (error.kind == ERROR_REFUSED && faults > 0));
    while (list && csv_list_next(list, &row) == CSV_ROW) {
        fuzz_require(++rows <= len && row.count == csv_list_header(list)->count && row.line >= 1);
        fuzz_require(csv_list_place(list, 0) < row.count);
        for (size_t i = 0; i < row.count; i++)
            fuzz_require(strlen(row.fields[i].text) == row.fields[i].len);
    }
    csv_list_free(list);
}

int fuzz_csv(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    struct csv_reader *reader = csv_reader_new((const char *)data + 1, len - 1, data[0] % 2 ? ',' : ';');
    fuzz_require(reader != NULL);
    for (size_t rows = 0;; rows++) {
        struct csv_row row;
        struct error error = {0};
        enum csv_result result = csv_read(reader, &row, &error);
        if (result == CSV_END)
            break;
        fuzz_require(rows <= len && result != CSV_NO_MEMORY && row.line >= 1);
        if (result == CSV_BAD) {
            fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
            continue;
        }
        fuzz_require(row.count >= 1);
        for (size_t i = 0; i < row.count; i++)
            fuzz_require(strlen(row.fields[i].text) == row.fields[i].len);
        for (size_t i = 0; rows < ROWS_WRITTEN && i < 2; i++)
            write_and_read(formats[i], &row);
    }
    csv_reader_free(reader);
    read_list((const char *)data + 1, len - 1);
    write_decimal(data, len);
    return 0;
}
