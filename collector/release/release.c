/* All tables at once, action by action, since an action's counters and state are the same for each. Knows no store, no
 * event and no clock. */
#include "collector/release/release.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/tables/csv.h"
#include "collector/tables/csvw.h"
#include "collector/tables/datapackage.h"
#include <stdio.h>
#include <string.h>

/* A table on its way. */
struct table_text {
    struct buf text;
    struct csv_writer writer;
    uint64_t rows;
};

struct making {
    const struct release_source *source;
    struct table_release release;
    struct datapackage package;
    struct table_source rows;
    struct disclosure_rule rule;
    struct table_text tables[RELEASE_TABLES];
    int64_t *counts; /* of the action at hand */
    size_t blocks[BLOCK_STATES];
};

static const char *const file_names[RELEASE_FILES] = {
    "datapackage.json",
    "options.csv",
    "options.csv-metadata.json",
    "questions.csv",
    "questions.csv-metadata.json",
    "summary.csv",
    "summary.csv-metadata.json",
};

/* Tables. */

static int put_table_row(void *context, const struct cell *cells, size_t count)
{
    struct table_text *table = context;
    table->rows++;
    return table_csv_row(&table->writer, cells, count);
}

static int begin_tables(struct making *making, struct error *error)
{
    for (int t = 0; t < RELEASE_TABLES; t++) {
        struct table_text *table = &making->tables[t];
        const struct column_source columns = context_columns(&making->package.context, (enum table)t);
        csv_begin(&table->writer, &table->text, &csv_rfc4180);
        if (table_csv_header(&table->writer, &columns) < 0)
            return error_no_memory(error);
    }
    return 0;
}

static int put_block(struct making *making, size_t action, struct error *error)
{
    const struct release_source *source = making->source;
    const struct panel *panel = source->catalogue->panel;
    const int64_t size = (int64_t)source->head.size;
    source->ballots.count(source->ballots.context, action, size, making->counts);
    enum block_state state = versions_judge(earlier_versions(source->earlier), &source->ballots, &making->rule,
                                            panel->min_changed, action, size, making->counts);
    making->blocks[state]++;
    for (int t = 0; t < RELEASE_TABLES; t++) {
        struct table_text *table = &making->tables[t];
        if (state == BLOCK_STANDS) {
            if (earlier_rows(source->earlier, (enum table)t, action, put_table_row, table, error) < 0)
                return -1;
        } else if (table_action((enum table)t, &making->rows, action, making->counts, put_table_row, table) < 0) {
            return error_no_memory(error);
        }
    }
    return 0;
}

static int put_all_blocks(struct making *making, struct error *error)
{
    const struct action_list *actions = making->source->catalogue->actions;
    const struct round *round = &making->source->catalogue->panel->rounds[making->source->round];
    int result = begin_tables(making, error);
    for (size_t action = 0; action < actions->count && result == 0; action++)
        if (round_has_action(round, actions->list[action].id))
            result = put_block(making, action, error);
    return result;
}

/* Files. */

/* Moves a text into the file of that name. */
static int put_file(struct release *release, const char *name, struct buf *text, struct error *error)
{
    struct release_file *file = NULL;
    for (size_t i = 0; i < RELEASE_FILES && !file; i++)
        if (strcmp(release->files[i].name, name) == 0)
            file = &release->files[i];
    if (!file || buf_check(text) < 0)
        return error_no_memory(error);
    buf_free(&file->text);
    file->text = *text;
    buf_init(text, SIZE_MAX);
    return 0;
}

/* Notes a text in the package, which names it, and moves it into its file. */
static int put_noted_file(struct making *making, enum table table, bool is_table, struct buf *text,
                          struct release *release, struct error *error)
{
    struct datapackage *package = &making->package;
    datapackage_note(package, table, is_table, making->tables[table].rows, text);
    return put_file(release, package->files[package->count - 1].path, text, error);
}

static int put_table_files(struct making *making, enum table table, struct release *release, struct error *error)
{
    const struct csvw_subject subject = {
        .table = table, .context = &making->package.context, .before = "", .after = ".csv"};
    struct buf text;
    if (put_noted_file(making, table, true, &making->tables[table].text, release, error) < 0)
        return -1;
    buf_init(&text, SIZE_MAX);
    csvw_put(&text, &subject);
    int result = put_noted_file(making, table, false, &text, release, error);
    buf_free(&text);
    return result;
}

static int put_all_files(struct making *making, struct release *release, struct error *error)
{
    struct buf text;
    int result = 0;
    for (int t = 0; t < RELEASE_TABLES && result == 0; t++)
        result = put_table_files(making, (enum table)t, release, error);
    if (result < 0)
        return -1;
    buf_init(&text, SIZE_MAX);
    datapackage_put(&text, &making->package);
    result = put_file(release, file_names[0], &text, error);
    buf_free(&text);
    return result;
}

/* All of it. */

static void prepare_making(struct making *making, const struct release_source *source)
{
    const struct panel *panel = source->catalogue->panel;
    *making = (struct making){
        .source = source,
        .release = {.number = source->number, .is_final = source->is_final, .size = (int64_t)source->head.size},
        .rule = {.min_respondents = panel->min_respondents, .round_to = panel->round_to}};
    making->rows = (struct table_source){.panel = panel,
                                         .round = source->round,
                                         .layout = catalogue_layout(source->catalogue, source->round),
                                         .actions = source->catalogue->actions,
                                         .rule = &making->rule,
                                         .release = source->number};
    making->package = (struct datapackage){.context = {.catalogue = source->catalogue,
                                                       .round = source->round,
                                                       .release = &making->release,
                                                       .format = &csv_rfc4180,
                                                       .invited = source->invited,
                                                       .enrolled = source->enrolled},
                                           .head = source->head,
                                           .log_key = source->log_key};
    for (int t = 0; t < RELEASE_TABLES; t++)
        buf_init(&making->tables[t].text, SIZE_MAX);
}

static void end_making(struct making *making)
{
    for (int t = 0; t < RELEASE_TABLES; t++)
        buf_free(&making->tables[t].text);
    mem_free(making->counts);
}

int release_make(const struct release_source *source, struct release *out, struct error *error)
{
    struct making making;
    struct release release;
    for (size_t i = 0; i < RELEASE_FILES; i++) {
        snprintf(release.files[i].name, sizeof release.files[i].name, "%s", file_names[i]);
        buf_init(&release.files[i].text, SIZE_MAX);
    }
    prepare_making(&making, source);
    making.counts = mem_calloc(making.rows.layout->slots, sizeof *making.counts);
    int result = making.counts ? put_all_blocks(&making, error) : error_no_memory(error);
    if (result == 0)
        result = put_all_files(&making, &release, error);
    memcpy(release.blocks, making.blocks, sizeof release.blocks);
    end_making(&making);
    if (result == 0)
        *out = release;
    else
        release_wipe(&release);
    return result;
}

void release_wipe(struct release *release)
{
    for (size_t i = 0; i < RELEASE_FILES; i++)
        buf_free(&release->files[i].text);
}

const struct release_file *release_find_file(const struct release *release, const char *name)
{
    for (size_t i = 0; i < RELEASE_FILES; i++)
        if (strcmp(release->files[i].name, name) == 0)
            return &release->files[i];
    return NULL;
}

const char *release_file_name(size_t i)
{
    return file_names[i];
}
