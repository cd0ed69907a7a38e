/* csv_read over any bytes, with both separators; rows that were read are written and must read the same. Then the same
 * bytes as a list. */
#include "base/csv_list.h"
#include "tests/fuzz/fuzz.h"

#define ROWS_WRITTEN 20 /* of an input; more only cost time */

static void write_and_read(const struct csv_row *row)
{
    struct buf out;
    struct csv_writer writer;
    buf_init(&out, (size_t)1 << 24);
    csv_begin(&writer, &out, &csv_rfc4180);
    csv_put_text(&writer, "header"); /* a first cell that begins with U+FEFF would be taken for a BOM */
    csv_end_row(&writer);
    for (size_t i = 0; i < row->count; i++)
        csv_put_text(&writer, row->fields[i].text);
    csv_end_row(&writer);
    fuzz_require(buf_check(&out) == 0);
    struct csv_reader *reader = csv_reader_new(buf_text(&out), out.len, ',');
    fuzz_require(reader != NULL);
    struct csv_row again;
    fuzz_require(csv_read(reader, &again, NULL) == CSV_ROW);
    enum csv_result result = csv_read(reader, &again, NULL);
    /* One empty cell alone is an empty line, and passed over. */
    if (row->count > 1 || row->fields[0].len > 0) {
        fuzz_require(result == CSV_ROW && again.count == row->count);
        for (size_t i = 0; i < row->count; i++) {
            const char *text = csv_unguard(&csv_rfc4180, again.fields[i].text);
            fuzz_require(strcmp(text, row->fields[i].text) == 0);
        }
    }
    csv_reader_free(reader);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
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
        if (rows < ROWS_WRITTEN)
            write_and_read(&row);
    }
    csv_reader_free(reader);
    read_list((const char *)data + 1, len - 1);
    return 0;
}
