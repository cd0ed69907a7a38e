/* csv_read over any bytes, with both separators; rows that were read are written and must read the same. */
#include "base/csv.h"
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
    const char *why = NULL;
    fuzz_require(csv_read(reader, &again, &why) == CSV_ROW);
    enum csv_result result = csv_read(reader, &again, &why);
    /* One empty cell alone is an empty line, and passed over. */
    if (row->count > 1 || row->fields[0].len > 0) {
        fuzz_require(result == CSV_ROW && again.count == row->count);
        for (size_t i = 0; i < row->count; i++) {
            const char *text = again.fields[i].text;
            if (text[0] == '\'' && strcmp(text, row->fields[i].text) != 0)
                text++; /* guarded against spreadsheets */
            fuzz_require(strcmp(text, row->fields[i].text) == 0);
        }
    }
    csv_reader_free(reader);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    struct csv_reader *reader = csv_reader_new((const char *)data + 1, len - 1, data[0] % 2 ? ',' : ';');
    fuzz_require(reader != NULL);
    for (size_t rows = 0;; rows++) {
        struct csv_row row;
        const char *why = NULL;
        enum csv_result result = csv_read(reader, &row, &why);
        if (result == CSV_END)
            break;
        fuzz_require(rows <= len && result != CSV_NO_MEMORY && row.line >= 1);
        if (result == CSV_BAD) {
            fuzz_require(why != NULL);
            continue;
        }
        fuzz_require(row.count >= 1);
        for (size_t i = 0; i < row.count; i++)
            fuzz_require(strlen(row.fields[i].text) == row.fields[i].len);
        if (rows < ROWS_WRITTEN)
            write_and_read(&row);
    }
    csv_reader_free(reader);
    return 0;
}
