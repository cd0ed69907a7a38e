/* counters -> tables -> csv, an action at a time. */
#include "collector/report.h"
#include "base/mem.h"
#include <string.h>

static enum store_result put_action(struct csv_writer *writer, const struct report *report, enum table table,
                                    const struct table_source *source, size_t action, int64_t *counts)
{
    const struct catalogue *catalogue = report->catalogue;
    size_t slots = source->layout->slots;
    memset(counts, 0, slots * sizeof *counts);
    if (report->counts(report->context, catalogue->round_numbers[report->round], catalogue->action_numbers[action], counts,
                       slots) == STORE_FAILED)
        return STORE_FAILED;
    return table_action(table, source, action, counts, table_row_csv, writer) == 0 ? STORE_OK : STORE_FAILED;
}

enum store_result report_store_counts(void *context, int64_t round, int64_t action, int64_t *counts, size_t slots)
{
    struct store *store = context;
    return store->ops->counts_read(store, round, action, counts, slots);
}

enum store_result report_put_table(struct csv_writer *writer, const struct report *report, enum table table)
{
    const struct catalogue *catalogue = report->catalogue;
    const struct panel *panel = catalogue->panel;
    struct table_source source = {
        .panel = panel,
        .round = report->round,
        .layout = catalogue_layout(catalogue, report->round),
        .actions = catalogue->actions,
        .rule = {.exact = report->exact, .min_respondents = panel->min_respondents, .round_to = panel->round_to}};
    int64_t *counts = mem_calloc(source.layout->slots, sizeof *counts);
    enum store_result result =
        counts != NULL && table_header(table, &source, table_row_csv, writer) == 0 ? STORE_OK : STORE_FAILED;
    for (size_t i = 0; i < catalogue->actions->count && result == STORE_OK; i++)
        if (round_has_action(&panel->rounds[report->round], catalogue->actions->list[i].id))
            result = put_action(writer, report, table, &source, i, counts);
    mem_free(counts);
    return result;
}
