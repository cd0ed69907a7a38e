/* Counters from the store or the caller, rows from rows.h or comments.h, bytes from csv.h or json.h. Knows neither what
 * a row tells nor who asked. */
#include "collector/tables/sheet.h"
#include "base/mem.h"
#include "collector/tables/comments.h"
#include "collector/tables/csv.h"
#include "collector/tables/json.h"
#include <string.h>

struct sheet {
    struct sheet_source source;
    struct table_source table;
    int64_t *counts; /* of the action at hand */
    size_t next; /* index of the next action in the list */
    struct comments *comments; /* of TABLE_COMMENTS alone */
    struct csv_writer csv;
    struct table_json json;
    uint64_t rows;
    bool begun;
};

/* Making and freeing. */

static int prepare_rows(struct sheet *sheet, struct error *error)
{
    const struct sheet_source *source = &sheet->source;
    const struct panel *panel = source->catalogue->panel;
    if (source->table == TABLE_COMMENTS) {
        sheet->comments = comments_new(source->store, source->catalogue, source->round, source->actions, error);
        return sheet->comments ? 0 : -1;
    }
    sheet->table = (struct table_source){.panel = panel,
                                         .round = source->round,
                                         .layout = catalogue_layout(source->catalogue, source->round),
                                         .actions = source->catalogue->actions};
    sheet->counts = mem_calloc(sheet->table.layout->slots, sizeof *sheet->counts);
    return sheet->counts ? 0 : error_no_memory(error);
}

struct sheet *sheet_new(const struct sheet_source *source, struct error *error)
{
    struct sheet *sheet = mem_calloc(1, sizeof *sheet);
    if (!sheet) {
        error_no_memory(error);
        return NULL;
    }
    sheet->source = *source;
    if (prepare_rows(sheet, error) == 0)
        return sheet;
    sheet_free(sheet);
    return NULL;
}

void sheet_free(struct sheet *sheet)
{
    if (!sheet)
        return;
    comments_free(sheet->comments);
    mem_free(sheet->counts);
    table_json_wipe(&sheet->json);
    mem_free(sheet);
}

/* Rows. */

static int put_row(void *context, const struct cell *cells, size_t count)
{
    struct sheet *sheet = context;
    sheet->rows++;
    return sheet->source.format ? table_csv_row(&sheet->csv, cells, count) : table_json_row(&sheet->json, cells, count);
}

/* The counters of an action; zeros where it has had no response. */
static int read_counts(struct sheet *sheet, size_t action, struct error *error)
{
    const struct sheet_source *source = &sheet->source;
    const struct catalogue *catalogue = source->catalogue;
    size_t slots = sheet->table.layout->slots;
    memset(sheet->counts, 0, slots * sizeof *sheet->counts);
    if (source->counts) {
        if (source->counts[action])
            memcpy(sheet->counts, source->counts[action], slots * sizeof *sheet->counts);
        return 0;
    }
    if (store_counts_read(source->store, catalogue->round_numbers[source->round], catalogue->action_numbers[action],
                          sheet->counts, slots) != STORE_FAILED)
        return 0;
    return store_fail(source->store, error);
}

static bool is_in_sheet(const struct sheet *sheet, const char *action)
{
    return round_has_action(&sheet->table.panel->rounds[sheet->table.round], action) &&
           wanted_has(sheet->source.actions, action);
}

static enum store_result put_next_action(struct sheet *sheet, struct error *error)
{
    const struct action_list *actions = sheet->table.actions;
    while (sheet->next < actions->count && !is_in_sheet(sheet, actions->list[sheet->next].id))
        sheet->next++;
    if (sheet->next == actions->count)
        return STORE_NONE;
    if (read_counts(sheet, sheet->next, error) < 0)
        return STORE_FAILED;
    if (table_action(sheet->source.table, &sheet->table, sheet->next++, sheet->counts, put_row, sheet) == 0)
        return STORE_OK;
    error_no_memory(error);
    return STORE_FAILED;
}

/* The whole. */

static int begin_text(struct sheet *sheet, struct buf *out, struct error *error)
{
    const struct sheet_source *source = &sheet->source;
    const struct panel *panel = source->catalogue->panel;
    const struct column_source columns = {.table = source->table,
                                          .questionnaire = round_questionnaire(panel, &panel->rounds[source->round])};
    int result;
    sheet->begun = true;
    if (source->format) {
        csv_begin(&sheet->csv, out, source->format);
        result = table_csv_header(&sheet->csv, &columns);
    } else {
        table_json_begin(&sheet->json, out);
        result = table_json_header(&sheet->json, &columns);
    }
    return result == 0 ? 0 : error_no_memory(error);
}

enum store_result sheet_put_next(struct sheet *sheet, struct buf *out, struct error *error)
{
    if (!sheet->begun && begin_text(sheet, out, error) < 0)
        return STORE_FAILED;
    sheet->csv.out = out;
    sheet->json.out = out;
    enum store_result result =
        sheet->comments ? comments_next(sheet->comments, put_row, sheet, error) : put_next_action(sheet, error);
    if (result == STORE_NONE && !sheet->source.format)
        table_json_end(&sheet->json);
    return result;
}

uint64_t sheet_rows(const struct sheet *sheet)
{
    return sheet->rows;
}

int sheet_put(const struct sheet_source *source, struct buf *out, uint64_t *rows, struct error *error)
{
    struct sheet *sheet = sheet_new(source, error);
    enum store_result result = sheet ? STORE_OK : STORE_FAILED;
    while (result == STORE_OK)
        result = sheet_put_next(sheet, out, error);
    if (result == STORE_NONE && buf_check(out) < 0) {
        result = STORE_FAILED;
        error_no_memory(error);
    }
    if (result == STORE_NONE)
        *rows = sheet->rows;
    sheet_free(sheet);
    return result == STORE_NONE ? 0 : -1;
}
