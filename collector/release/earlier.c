/* Each table of the last release is read once for where each action's rows begin. Knows no store and no log. */
#include "collector/release/earlier.h"
#include "base/lang.h"
#include "base/mem.h"
#include <string.h>

#define NOWHERE SIZE_MAX
#define ACTION_CELL 1

/* A table of the last release. */
struct last_table {
    struct stored_table *table;
    size_t *offsets; /* by action, of its first row; NOWHERE: it has none */
};

struct earlier {
    const struct questionnaire *questionnaire;
    const struct action_list *actions;
    struct versions *versions;
    struct last_table last[RELEASE_TABLES];
    struct cell *cells; /* room for a summary's row */
};

static void close_last_tables(struct earlier *earlier)
{
    for (size_t t = 0; t < RELEASE_TABLES; t++) {
        stored_table_free(earlier->last[t].table);
        mem_free(earlier->last[t].offsets);
        earlier->last[t] = (struct last_table){0};
    }
}

struct earlier *earlier_new(const struct questionnaire *questionnaire, const struct action_list *actions)
{
    struct earlier *earlier = mem_calloc(1, sizeof *earlier);
    if (!earlier)
        return NULL;
    earlier->questionnaire = questionnaire;
    earlier->actions = actions;
    earlier->versions = versions_new(actions->count);
    if (earlier->versions)
        return earlier;
    earlier_free(earlier);
    return NULL;
}

void earlier_free(struct earlier *earlier)
{
    if (!earlier)
        return;
    close_last_tables(earlier);
    versions_free(earlier->versions);
    mem_free(earlier->cells);
    mem_free(earlier);
}

const struct versions *earlier_versions(const struct earlier *earlier)
{
    return earlier->versions;
}

/* Adding. */

static int refuse_earlier(struct error *error)
{
    return error_set(error, ERROR_DAMAGED, "%s",
                     T("an earlier release tells of an action that is not on the list",
                       "een eerdere uitgave gaat over een actie die niet op de lijst staat"));
}

/* A row of the release at hand that names itself tells a new version. */
static int note_version(struct earlier *earlier, size_t action, struct version version, const struct cell *release,
                        struct error *error)
{
    if (release->type != CELL_INTEGER || release->integer != version.release)
        return 0;
    return versions_add(earlier->versions, action, version) == 0 ? 0 : error_no_memory(error);
}

/* Goes through a table: where each action begins, and of a summary which versions it newly tells. */
static int go_through_table(struct earlier *earlier, enum table table, struct version version, struct error *error)
{
    struct last_table *last = &earlier->last[table];
    int release = stored_table_find(last->table, "release");
    const struct cell *cells;
    size_t count, at = stored_table_offset(last->table);
    enum stored_result result;
    while ((result = stored_table_next(last->table, &cells, &count, error)) == STORED_ROW) {
        const char *id = cells[ACTION_CELL].text;
        int action = id ? action_list_find(earlier->actions, id) : -1;
        if (action < 0)
            return refuse_earlier(error);
        if (last->offsets[action] == NOWHERE)
            last->offsets[action] = at;
        if (table == TABLE_SUMMARY && note_version(earlier, (size_t)action, version, &cells[release], error) < 0)
            return -1;
        at = stored_table_offset(last->table);
    }
    return result == STORED_END ? 0 : -1;
}

static int open_last_table(struct earlier *earlier, enum table table, const struct buf *text, struct error *error)
{
    const struct column_source columns = {.table = table, .questionnaire = earlier->questionnaire, .released = true};
    struct last_table *last = &earlier->last[table];
    last->table = stored_table_new(&columns, buf_text(text), text->len, error);
    if (!last->table)
        return -1;
    last->offsets = mem_calloc(earlier->actions->count + 1, sizeof *last->offsets);
    if (!last->offsets)
        return error_no_memory(error);
    for (size_t i = 0; i < earlier->actions->count; i++)
        last->offsets[i] = NOWHERE;
    return 0;
}

int earlier_add(struct earlier *earlier, struct version version, const struct buf *tables, struct error *error)
{
    close_last_tables(earlier);
    for (int table = 0; table < RELEASE_TABLES; table++) {
        if (table != TABLE_SUMMARY && tables[table].len == 0)
            continue;
        if (open_last_table(earlier, (enum table)table, &tables[table], error) < 0 ||
            go_through_table(earlier, (enum table)table, version, error) < 0)
            return error_prefix(error, T("release %lld", "uitgave %lld"), (long long)version.release);
    }
    return 0;
}

/* Giving. */

struct handout {
    struct earlier *earlier;
    enum table table;
    const struct action *action; /* as it is now */
    table_row_fn *row;
    void *context;
    struct error *error;
};

/* The summary's row as it was, with what the action list says now. */
static int give_summary_anew(const struct handout *handout, const struct cell *cells, size_t count)
{
    struct earlier *earlier = handout->earlier;
    const struct action *action = handout->action;
    const char *const now[] = {action->title, action->track, action->lead, action->related,
                               action_status_name(action->status)};
    const size_t first = (size_t)stored_table_find(earlier->last[TABLE_SUMMARY].table, "title");
    if (!earlier->cells)
        earlier->cells = mem_calloc(count, sizeof *earlier->cells);
    if (!earlier->cells)
        return error_no_memory(handout->error);
    memcpy(earlier->cells, cells, count * sizeof *cells);
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        earlier->cells[first + i] = (struct cell){.type = CELL_TEXT, .text = now[i]};
    return handout->row(handout->context, earlier->cells, count);
}

static int give_rows_again(const struct handout *handout, struct stored_table *table)
{
    const struct cell *cells;
    size_t count;
    int result = 0;
    enum stored_result read = STORED_ROW;
    while (result == 0 && (read = stored_table_next(table, &cells, &count, handout->error)) == STORED_ROW &&
           strcmp(cells[ACTION_CELL].text, handout->action->id) == 0)
        result = handout->table == TABLE_SUMMARY ? give_summary_anew(handout, cells, count)
                                                 : handout->row(handout->context, cells, count);
    return read == STORED_FAILED ? -1 : result;
}

int earlier_rows(struct earlier *earlier, enum table table, size_t action, table_row_fn *row, void *context,
                 struct error *error)
{
    const struct last_table *last = &earlier->last[table];
    const struct handout handout = {earlier, table, &earlier->actions->list[action], row, context, error};
    if (!last->table || last->offsets[action] == NOWHERE)
        return refuse_earlier(error);
    stored_table_go_to(last->table, last->offsets[action]);
    return give_rows_again(&handout, last->table);
}
