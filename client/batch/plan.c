/* The members of a batch, and the order of its rows. */
#include "client/batch/plan.h"
#include "base/csv.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "client/batch/lines.h"
#include "panel/invitation.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLLISION_SIZE 256

static bool name_is_safe(const char *name)
{
    /* It becomes a folder's name. */
    return action_id_is_valid(name) && name[0] != '.';
}

/* Members. */

static int add_member(struct batch_plan *plan, const char *name, const char *code, size_t line)
{
    struct batch_member *members =
        list_grow(plan->members, plan->member_count, &plan->member_capacity, sizeof *members);
    if (!members)
        return -1;
    plan->members = members;
    struct batch_member member = {
        .name = mem_copy_text(name, strlen(name)), .code = mem_copy_text(code, strlen(code)), .line = line};
    plan->members[plan->member_count++] = member;
    return member.name && member.code ? 0 : -1;
}

enum { COLUMN_MEMBER, COLUMN_CODE, COLUMNS };

static const struct csv_column columns[COLUMNS] = {
    [COLUMN_MEMBER] = {.name = "member"}, [COLUMN_CODE] = {.name = "code"}};

static void read_invitation_row(struct batch_plan *plan, const struct batch_file *file, const struct csv_list *list,
                                const struct csv_row *row, struct faults *faults)
{
    uint8_t code[INVITATION_BYTES];
    const char *name = row->fields[csv_list_place(list, COLUMN_MEMBER)].text;
    const char *typed = row->fields[csv_list_place(list, COLUMN_CODE)].text;
    size_t before = faults->total;
    if (!name_is_safe(name))
        batch_fault(faults, file, row->line,
                    T("member must be 1 to 64 letters, digits, . _ or -, and not begin with .",
                      "member moet 1 tot 64 letters, cijfers, . _ of - zijn en niet met . beginnen"));
    struct error error;
    if (invitation_read(typed, code, &error) < 0) {
        struct buf what;
        buf_init(&what, ERROR_TEXT_SIZE);
        buf_printf(&what, T("the code is none: %s", "de code is er geen: %s"), error.text);
        batch_fault(faults, file, row->line, buf_text(&what));
        buf_free(&what);
    }
    mem_wipe(code, sizeof code);
    if (add_member(plan, name, typed, row->line) < 0)
        faults->no_memory = true;
    else
        plan->members[plan->member_count - 1].faulty = faults->total > before;
}

static int compare_members(const void *a, const void *b)
{
    const struct batch_member *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void sort_members(struct batch_plan *plan, const struct batch_file *file, struct faults *faults)
{
    if (plan->member_count > 0)
        qsort(plan->members, plan->member_count, sizeof *plan->members, compare_members);
    for (size_t i = 1; i < plan->member_count; i++)
        if (strcmp(plan->members[i - 1].name, plan->members[i].name) == 0) {
            plan->members[i - 1].faulty = plan->members[i].faulty = true;
            batch_fault(faults, file, plan->members[i].line, T("member named twice", "member staat er twee keer in"));
        }
}

int batch_read_members(struct batch_plan *plan, const struct batch_file *file, struct faults *faults)
{
    struct csv_row row;
    struct batch_lines lines = {.file = file, .faults = faults};
    struct csv_list *list = batch_open_list(&lines, columns, COLUMNS);
    while (list && batch_next_row(list, &lines, &row))
        read_invitation_row(plan, file, list, &row, faults);
    csv_list_free(list);
    plan->lacks_members = !list || lines.unread > 0;
    if (!faults->no_memory)
        sort_members(plan, file, faults);
    return faults_any(faults) ? -1 : 0;
}

/* The order. */

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_by_member(const void *a, const void *b, void *rows)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const struct batch_row *x = (const struct batch_row *)rows + i, *y = (const struct batch_row *)rows + j;
    int order = compare_sizes(x->member, y->member);
    if (!order)
        order = compare_sizes(x->action, y->action);
    if (!order)
        order = (x->revision > y->revision) - (x->revision < y->revision);
    return order ? order : compare_sizes(i, j);
}

static int compare_by_wave(const void *a, const void *b, void *rows)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    int order = compare_sizes(((const struct batch_row *)rows)[i].wave, ((const struct batch_row *)rows)[j].wave);
    return order ? order : compare_sizes(i, j);
}

static size_t *make_order(const struct batch_plan *plan, int (*compare)(const void *, const void *, void *))
{
    size_t *order = mem_calloc(plan->row_count + 1, sizeof *order);
    if (!order)
        return NULL;
    for (size_t i = 0; i < plan->row_count; i++)
        order[i] = i;
    if (plan->row_count > 1)
        qsort_r(order, plan->row_count, sizeof *order, compare, plan->rows);
    return order;
}

/* One of the two would take the place of the other without a word. */
static void add_collision(const struct batch_plan *plan, const struct batch_file *file, size_t earlier, size_t line,
                          struct faults *faults)
{
    char what[COLLISION_SIZE];
    if (plan->has_revisions)
        snprintf(what, sizeof what,
                 T("the same member, action and revision as line %zu: give one of the two a higher revision",
                   "hetzelfde panellid, dezelfde actie en herziening als regel %zu: geef een van de twee een hogere"),
                 earlier);
    else
        snprintf(what, sizeof what,
                 T("the same member and action as line %zu: take one of the two out, or say with a column 'revision' "
                   "(1, 2, ...) which replaces which",
                   "hetzelfde panellid en dezelfde actie als regel %zu: haal een van de twee weg, of zeg met een kolom "
                   "'revision' (1, 2, ...) welke welke vervangt"),
                 earlier);
    batch_fault(faults, file, line, what);
}

static void number_rows(struct batch_plan *plan, const struct batch_file *file, struct faults *faults)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        struct batch_row *row = &plan->rows[plan->by_member[i]];
        const struct batch_row *before = i ? &plan->rows[plan->by_member[i - 1]] : NULL;
        bool follows = before && before->member == row->member && before->action == row->action;
        row->wave = follows ? before->wave + 1 : 0;
        if (!plan->has_revisions)
            row->revision = 1;
        if (follows && before->revision == row->revision)
            add_collision(plan, file, before->line, row->line, faults);
    }
}

int batch_plan_finish(struct batch_plan *plan, const struct batch_file *file, struct faults *faults)
{
    plan->by_member = make_order(plan, compare_by_member);
    if (plan->by_member)
        number_rows(plan, file, faults);
    plan->by_wave = make_order(plan, compare_by_wave);
    if (!plan->by_member || !plan->by_wave)
        faults->no_memory = true;
    return faults_any(faults) ? -1 : 0;
}

int batch_row_id(const struct batch_row *row, const struct batch_context *context, struct response_id *out)
{
    return response_id_set(out, context->round->id, context->catalogue->actions->list[row->action].id, row->revision);
}

void batch_plan_free(struct batch_plan *plan)
{
    for (size_t i = 0; i < plan->member_count; i++) {
        if (plan->members[i].code)
            mem_wipe(plan->members[i].code, strlen(plan->members[i].code));
        mem_free(plan->members[i].code);
        mem_free(plan->members[i].name);
    }
    for (size_t i = 0; i < plan->row_count; i++)
        mem_free(plan->rows[i].answers);
    mem_free(plan->members);
    mem_free(plan->rows);
    mem_free(plan->by_member);
    mem_free(plan->by_wave);
    *plan = (struct batch_plan){0};
}
