/* The action list from CSV: actions_parse_csv of actions.h. Lines that have faults are kept as far as they have an id,
 * so that a repeated id is told of them too; the list is thrown away when there was any fault. */
#include "base/csv.h"
#include "base/lang.h"
#include "base/mem.h"
#include "panel/actions.h"
#include <stdio.h>
#include <string.h>

enum column { COLUMN_ID, COLUMN_TITLE, COLUMN_TRACK, COLUMN_LEAD, COLUMN_RELATED, COLUMN_STATUS, COLUMNS };

static const char *const column_names[COLUMNS] = {"id", "title", "track", "lead", "related", "status"};

struct reading_csv {
    struct csv_reader *reader;
    struct faults *faults;
    struct action_list *actions;
    size_t *lines; /* of each of `actions`; ACTIONS_MAX of them */
    size_t places[COLUMNS];
    size_t width; /* fields of the header */
    size_t rows; /* after the header, good or bad */
};

static const char *line_name(char where[static 32], size_t line)
{
    snprintf(where, 32, T("line %zu", "regel %zu"), line);
    return where;
}

#define line_fault(faults, line, ...) faults_add(faults, line_name((char[32]){0}, line), __VA_ARGS__)

static void find_column(struct reading_csv *r, const struct csv_row *header, enum column column)
{
    size_t found = 0;
    for (size_t i = 0; i < header->count; i++) {
        if (strcmp(header->fields[i].text, column_names[column]) == 0) {
            r->places[column] = i;
            found++;
        }
    }
    if (found == 0)
        line_fault(r->faults, header->line, T("column '%s' is missing; add it", "kolom '%s' ontbreekt; voeg die toe"),
                   column_names[column]);
    if (found > 1)
        line_fault(r->faults, header->line,
                   T("column '%s' is there %zu times; keep one", "kolom '%s' staat er %zu keer; houd er een over"),
                   column_names[column], found);
}

/* 0 when rows can be read by it. */
static int read_header(struct reading_csv *r)
{
    struct csv_row header;
    const char *why;
    switch (csv_read(r->reader, &header, &why)) {
    case CSV_ROW:
        break;
    case CSV_END:
        line_fault(r->faults, 1,
                   T("no header; the first line must name the columns",
                     "geen kopregel; de eerste regel moet de kolommen noemen"));
        return -1;
    case CSV_BAD:
        line_fault(r->faults, header.line, T("can't be read as CSV: %s", "kan niet als CSV worden gelezen: %s"), why);
        return -1;
    case CSV_NO_MEMORY:
        r->faults->no_memory = true;
        return -1;
    }
    r->width = header.count;
    for (enum column column = COLUMN_ID; column < COLUMNS; column++)
        find_column(r, &header, column);
    return faults_any(r->faults) ? -1 : 0;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static const char *cell_text(const struct reading_csv *r, const struct csv_row *row, enum column column)
{
    return row->fields[r->places[column]].text;
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
    if (is_blank(action->title))
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
    if (row->count != r->width) {
        line_fault(r->faults, row->line, T("has %zu fields, the header has %zu", "heeft %zu velden, de kopregel %zu"),
                   row->count, r->width);
        return 0;
    }
    struct action action = {
        .id = (char *)cell_text(r, row, COLUMN_ID),
        .title = (char *)cell_text(r, row, COLUMN_TITLE),
        .track = (char *)cell_text(r, row, COLUMN_TRACK),
        .lead = (char *)cell_text(r, row, COLUMN_LEAD),
        .related = (char *)cell_text(r, row, COLUMN_RELATED),
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
    const char *why;
    for (;; r->rows++) {
        switch (csv_read(r->reader, &row, &why)) {
        case CSV_ROW:
            if (read_row(r, &row) < 0)
                return;
            break;
        case CSV_END:
            return;
        case CSV_BAD:
            line_fault(r->faults, row.line, T("can't be read as CSV: %s", "kan niet als CSV worden gelezen: %s"), why);
            break;
        case CSV_NO_MEMORY:
            r->faults->no_memory = true;
            return;
        }
    }
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
    if (read_header(r) < 0)
        return;
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
    struct reading_csv r = {.faults = faults};
    if (len > ACTIONS_CSV_MAX) {
        line_fault(faults, 1, T("the list is larger than 16 MiB", "de lijst is groter dan 16 MiB"));
        return NULL;
    }
    r.reader = csv_reader_new(text, len, ',');
    r.actions = action_list_new();
    r.lines = mem_calloc(ACTIONS_MAX, sizeof *r.lines);
    if (r.reader && r.actions && r.lines)
        read_list(&r);
    else
        faults->no_memory = true;
    csv_reader_free(r.reader);
    mem_free(r.lines);
    if (faults_any(faults)) {
        action_list_free(r.actions);
        return NULL;
    }
    return r.actions;
}
