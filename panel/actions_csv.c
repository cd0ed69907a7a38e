/* The action list from CSV: actions_parse_csv of actions.h. Lines that have faults are kept as far as they have an id,
 * so that a repeated id is told of them too; the list is thrown away when there was any fault. */
#include "base/csv_list.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "panel/actions.h"
#include <stdio.h>
#include <string.h>

enum column { COLUMN_ID, COLUMN_TITLE, COLUMN_TRACK, COLUMN_LEAD, COLUMN_RELATED, COLUMN_STATUS, COLUMNS };

static const struct csv_column columns[COLUMNS] = {
    [COLUMN_ID] = {.name = "id"},
    [COLUMN_TITLE] = {.name = "title"},
    [COLUMN_TRACK] = {.name = "track", .may_be_empty = true},
    [COLUMN_LEAD] = {.name = "lead", .may_be_empty = true},
    [COLUMN_RELATED] = {.name = "related", .may_be_empty = true},
    [COLUMN_STATUS] = {.name = "status"},
};

struct reading_csv {
    struct csv_list *list;
    struct faults *faults;
    struct action_list *actions;
    size_t *lines; /* of each of `actions`; ACTIONS_MAX of them */
    size_t rows; /* that could be read, good or bad */
};

static const char *line_name(char where[static 32], size_t line)
{
    snprintf(where, 32, T("line %zu", "regel %zu"), line);
    return where;
}

#define line_fault(faults, line, ...) faults_add(faults, line_name((char[32]){0}, line), __VA_ARGS__)

static void keep_line_fault(void *context, size_t line, const char *what)
{
    line_fault(context, line, "%s", what);
}

/* Without the apostrophe by which `actions list` keeps spreadsheets from running a text. */
static const char *cell_text(const struct reading_csv *r, const struct csv_row *row, enum column column)
{
    return csv_unguard(&csv_rfc4180, row->fields[csv_list_place(r->list, column)].text);
}

/* Names all that is wrong with the row; whether its id is one. */
static bool check_row(struct reading_csv *r, const struct csv_row *row, struct action *action)
{
    const char *status = cell_text(r, row, COLUMN_STATUS);
    bool has_id = action_id_is_valid(action->id);
    if (!has_id)
        line_fault(r->faults, row->line,
                   T("id '%s' must be 1 to 64 of A-Z a-z 0-9 . _ -",
                     "id '%s' moet uit 1 tot 64 tekens A-Z a-z 0-9 . _ - bestaan"),
                   action->id);
    else if (strcmp(action->id, ".") == 0 || strcmp(action->id, "..") == 0)
        line_fault(r->faults, row->line,
                   T("id '%s' can't stand in an address on the web, where it means a folder; choose another",
                     "id '%s' kan niet in een adres op het web staan, waar het een map betekent; kies een ander"),
                   action->id);
    if (text_is_blank(action->title, strlen(action->title)))
        line_fault(r->faults, row->line, T("title is empty; fill it in", "title is leeg; vul die in"));
    if (action_status_find(status, &action->status) < 0)
        line_fault(r->faults, row->line,
                   T("status '%s' must be planned, started, running, done or stopped",
                     "status '%s' moet planned, started, running, done of stopped zijn"),
                   status);
    return has_id;
}

/* -1 when it makes no sense, or can't be had, to read on. */
static int read_row(struct reading_csv *r, const struct csv_row *row)
{
    struct action action = {
        .id = cell_text(r, row, COLUMN_ID),
        .title = cell_text(r, row, COLUMN_TITLE),
        .track = cell_text(r, row, COLUMN_TRACK),
        .lead = cell_text(r, row, COLUMN_LEAD),
        .related = cell_text(r, row, COLUMN_RELATED),
    };
    if (!check_row(r, row, &action))
        return 0;
    if (r->actions->count == ACTIONS_MAX) {
        line_fault(r->faults, row->line, T("more than %d actions", "meer dan %d acties"), ACTIONS_MAX);
        return -1;
    }
    r->lines[r->actions->count] = row->line;
    if (action_list_add(r->actions, &action) < 0) {
        r->faults->no_memory = true;
        return -1;
    }
    return 0;
}

static void read_rows(struct reading_csv *r)
{
    struct csv_row row;
    enum csv_result result;
    while ((result = csv_list_next(r->list, &row)) == CSV_ROW) {
        r->rows++;
        if (read_row(r, &row) < 0)
            return;
    }
    if (result == CSV_NO_MEMORY)
        r->faults->no_memory = true;
}

/* Needs the index, in which equal ids are neighbours, the earlier line first. */
static void check_unique(struct reading_csv *r)
{
    const struct action_list *actions = r->actions;
    size_t first = 0;
    for (size_t i = 1; i < actions->count; i++) {
        size_t a = actions->by_id[first], b = actions->by_id[i];
        if (strcmp(actions->list[a].id, actions->list[b].id) != 0)
            first = i;
        else
            line_fault(r->faults, r->lines[b], T("id '%s' is on line %zu already", "id '%s' staat al op regel %zu"),
                       actions->list[b].id, r->lines[a]);
    }
}

static void read_list(struct reading_csv *r)
{
    read_rows(r);
    if (r->rows == 0 && !faults_any(r->faults))
        line_fault(r->faults, 1,
                   T("no actions; add a line for each below the header",
                     "geen acties; voeg onder de kopregel voor elke een regel toe"));
    if (action_list_index(r->actions) < 0)
        r->faults->no_memory = true;
    else
        check_unique(r);
}

struct action_list *actions_parse_csv(const char *text, size_t len, struct faults *faults)
{
    if (len > ACTIONS_CSV_MAX) {
        line_fault(faults, 1, T("the list is larger than 16 MiB", "de lijst is groter dan 16 MiB"));
        return NULL;
    }
    struct csv_listener listener = {keep_line_fault, faults};
    struct error error = {.kind = ERROR_NONE};
    struct reading_csv r = {.faults = faults,
                            .list = csv_list_open(text, len, columns, COLUMNS, &listener, &error),
                            .actions = action_list_new(),
                            .lines = mem_calloc(ACTIONS_MAX, sizeof *r.lines)};
    if (r.list && r.actions && r.lines)
        read_list(&r);
    else if (error.kind != ERROR_REFUSED)
        faults->no_memory = true;
    csv_list_free(r.list);
    mem_free(r.lines);
    if (faults_any(faults)) {
        action_list_free(r.actions);
        return NULL;
    }
    return r.actions;
}
