/* counters -> tables -> rows, an action at a time. */
#include "collector/tables/report.h"
#include "base/mem.h"
#include <string.h>

enum store_result report_store_counts(void *context, int64_t round, int64_t action, int64_t *counts, size_t slots)
{
    struct store *store = context;
    return store_counts_read(store, round, action, counts, slots);
}

int report_walk_init(struct report_walk *walk, const struct report *report, enum table table)
{
    const struct panel *panel = report->catalogue->panel;
    const struct tally_layout *layout = catalogue_layout(report->catalogue, report->round);
    int64_t *counts = mem_calloc(layout->slots, sizeof *counts);
    if (!counts)
        return -1;
    *walk = (struct report_walk){.report = *report, .table = table, .counts = counts};
    walk->source = (struct table_source){
        .panel = panel,
        .round = report->round,
        .layout = layout,
        .actions = report->catalogue->actions,
        .rule = {.exact = report->exact, .min_respondents = panel->min_respondents, .round_to = panel->round_to}};
    return 0;
}

void report_walk_wipe(struct report_walk *walk)
{
    mem_free(walk->counts);
    walk->counts = NULL;
}

int report_walk_header(const struct report_walk *walk, table_row_fn *row, void *context)
{
    return table_header(walk->table, &walk->source, row, context);
}

static enum store_result give_action(struct report_walk *walk, size_t action, table_row_fn *row, void *context)
{
    const struct report *report = &walk->report;
    size_t slots = walk->source.layout->slots;
    memset(walk->counts, 0, slots * sizeof *walk->counts);
    if (report->counts(report->context, report->catalogue->round_numbers[report->round],
                       report->catalogue->action_numbers[action], walk->counts, slots) == STORE_FAILED)
        return STORE_FAILED;
    return table_action(walk->table, &walk->source, action, walk->counts, row, context) == 0 ? STORE_OK : STORE_FAILED;
}

enum store_result report_walk_next(struct report_walk *walk, table_row_fn *row, void *context)
{
    const struct action_list *actions = walk->source.actions;
    const struct round *round = &walk->source.panel->rounds[walk->source.round];
    while (walk->next < actions->count && !round_has_action(round, actions->list[walk->next].id))
        walk->next++;
    return walk->next < actions->count ? give_action(walk, walk->next++, row, context) : STORE_NONE;
}

enum store_result report_put_table(struct csv_writer *writer, const struct report *report, enum table table)
{
    struct report_walk walk;
    if (report_walk_init(&walk, report, table))
        return STORE_FAILED;
    enum store_result result = report_walk_header(&walk, table_row_csv, writer) == 0 ? STORE_OK : STORE_FAILED;
    while (result == STORE_OK)
        result = report_walk_next(&walk, table_row_csv, writer);
    report_walk_wipe(&walk);
    return result == STORE_NONE ? STORE_OK : result;
}
