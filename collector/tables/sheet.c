/* Rows from report.h or comments.h, bytes by base/csv or table_json.h. */
#include "collector/tables/sheet.h"
#include "base/mem.h"
#include "collector/tables/comments.h"
#include "collector/tables/json.h"
#include "collector/tables/report.h"
#include <stdio.h>

struct sheet {
    struct sheet_source source;
    struct report_walk walk; /* of a table */
    struct comments *comments; /* NULL: of a table */
    struct csv_writer csv;
    struct table_json json;
    uint64_t rows;
    bool begun;
};

const char *sheet_name(enum sheet_kind kind)
{
    return kind == SHEET_COMMENTS ? "comments" : table_name((enum table)kind);
}

static int begin_rows(struct sheet *sheet)
{
    const struct sheet_source *source = &sheet->source;
    struct report report = {.catalogue = source->catalogue,
                            .round = source->round,
                            .exact = source->exact,
                            .counts = report_store_counts,
                            .context = source->store};
    if (source->kind == SHEET_COMMENTS) {
        sheet->comments = comments_new(source->store, source->catalogue, source->round);
        return sheet->comments ? 0 : -1;
    }
    int result = report_walk_init(&sheet->walk, &report, (enum table)source->kind);
    if (result)
        snprintf(source->store->error, sizeof source->store->error, "out of memory");
    return result;
}

struct sheet *sheet_new(const struct sheet_source *source)
{
    struct sheet *sheet = mem_calloc(1, sizeof *sheet);
    if (!sheet) {
        snprintf(source->store->error, sizeof source->store->error, "out of memory");
        return NULL;
    }
    sheet->source = *source;
    if (begin_rows(sheet) == 0)
        return sheet;
    mem_free(sheet);
    return NULL;
}

void sheet_free(struct sheet *sheet)
{
    if (!sheet)
        return;
    comments_free(sheet->comments);
    report_walk_wipe(&sheet->walk);
    table_json_wipe(&sheet->json);
    mem_free(sheet);
}

static int put_header(void *context, const struct cell *cells, size_t count)
{
    struct sheet *sheet = context;
    return sheet->source.format ? table_row_csv(&sheet->csv, cells, count)
                                : table_json_header(&sheet->json, cells, count);
}

static int put_row(void *context, const struct cell *cells, size_t count)
{
    struct sheet *sheet = context;
    sheet->rows++;
    return sheet->source.format ? table_row_csv(&sheet->csv, cells, count) : table_json_row(&sheet->json, cells, count);
}

static int begin(struct sheet *sheet, struct buf *out)
{
    sheet->begun = true;
    if (sheet->source.format)
        csv_begin(&sheet->csv, out, sheet->source.format);
    else
        table_json_begin(&sheet->json, out);
    return sheet->comments ? comments_header(put_header, sheet) : report_walk_header(&sheet->walk, put_header, sheet);
}

enum store_result sheet_put_next(struct sheet *sheet, struct buf *out)
{
    if (!sheet->begun && begin(sheet, out)) {
        snprintf(sheet->source.store->error, sizeof sheet->source.store->error, "out of memory");
        return STORE_FAILED;
    }
    sheet->csv.out = out;
    sheet->json.out = out;
    enum store_result result = sheet->comments ? comments_next(sheet->comments, put_row, sheet)
                                               : report_walk_next(&sheet->walk, put_row, sheet);
    if (result == STORE_NONE && !sheet->source.format)
        table_json_end(&sheet->json);
    return result;
}

uint64_t sheet_rows(const struct sheet *sheet)
{
    return sheet->rows;
}
