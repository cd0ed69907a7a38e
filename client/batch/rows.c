/* The header says which column is what; each row is then checked as the collector will check its response. */
#include "client/batch/rows.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"
#include "client/batch/lines.h"
#include "client/response/answers.h"
#include "client/response/compose.h"
#include "crypto/jws.h"
#include "panel/answer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX (QUESTIONS_MAX + 3)
#define TEXT_MAX ((size_t)4096)
#define WHERE_SIZE 80 /* no question has an id of more than 64 characters */

enum { COLUMN_MEMBER = -1, COLUMN_ACTION = -2, COLUMN_REVISION = -3, COLUMN_UNKNOWN = -4 };

struct reading {
    struct batch_plan *plan;
    const struct batch_file *file;
    const struct batch_context *context;
    const struct questionnaire *questionnaire;
    struct faults *faults, *left_out;
    size_t column_count;
    int columns[COLUMNS_MAX]; /* a question's place, or COLUMN_… */
};

/* A fault in a row, led by the column or question that it is about. */
static void add_fault_about(struct faults *faults, const struct reading *r, size_t line, const char *about,
                            const char *what)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, "%s: %s", about, what);
    batch_fault(faults, r->file, line, buf_text(&text));
    buf_free(&text);
}

static void fault_at(struct reading *r, size_t line, const char *about, const char *what)
{
    add_fault_about(r->faults, r, line, about, what);
}

/* The header. */

static int column_named(const struct reading *r, const char *name)
{
    if (strcmp(name, "member") == 0)
        return COLUMN_MEMBER;
    if (strcmp(name, "action") == 0)
        return COLUMN_ACTION;
    if (strcmp(name, "revision") == 0)
        return COLUMN_REVISION;
    int question = questionnaire_find(r->questionnaire, name);
    return question < 0 ? COLUMN_UNKNOWN : question;
}

static bool has_column(const struct reading *r, int column)
{
    for (size_t i = 0; i < r->column_count; i++)
        if (r->columns[i] == column)
            return true;
    return false;
}

static void read_column_names(struct reading *r, const struct csv_row *row)
{
    if (row->count > COLUMNS_MAX) {
        batch_fault(r->faults, r->file, row->line, T("too many columns", "te veel kolommen"));
        return;
    }
    for (size_t i = 0; i < row->count; i++) {
        int column = column_named(r, row->fields[i].text);
        if (column == COLUMN_UNKNOWN)
            fault_at(r, row->line, row->fields[i].text, T("no question of this round", "geen vraag van deze ronde"));
        r->columns[r->column_count++] = column;
    }
    r->plan->has_revisions = has_column(r, COLUMN_REVISION);
}

/* One row. */

static int compare_name(const void *name, const void *member)
{
    return strcmp(name, ((const struct batch_member *)member)->name);
}

static void read_member_name(struct reading *r, struct batch_row *out, size_t line, const char *text)
{
    const struct batch_member *member =
        r->plan->member_count ? bsearch(text, r->plan->members, r->plan->member_count, sizeof *member, compare_name)
                              : NULL;
    if (!member && r->plan->lacks_members)
        batch_find(r->faults, r->file, line,
                   T("member: the invitations could not be read whole",
                     "member: de uitnodigingen konden niet helemaal gelezen worden"));
    else if (!member)
        fault_at(r, line, "member", T("not in the invitations", "niet bij de uitnodigingen"));
    else
        out->member = (size_t)(member - r->plan->members);
    if (member && member->faulty)
        batch_find(r->faults, r->file, line,
                   T("member: there is a fault in the invitation", "member: er is een fout in de uitnodiging"));
}

static void read_action_id(struct reading *r, struct batch_row *out, size_t line, const char *text)
{
    int action = action_list_find(r->context->catalogue->actions, text);
    if (action < 0 || !round_has_action(r->context->round, text))
        fault_at(r, line, "action", T("no action of this round", "geen actie van deze ronde"));
    else
        out->action = (size_t)action;
}

static void read_column(struct reading *r, struct batch_row *out, size_t line, int column, const char *text)
{
    if (column == COLUMN_MEMBER)
        read_member_name(r, out, line, text);
    else if (column == COLUMN_ACTION)
        read_action_id(r, out, line, text);
    else if (column == COLUMN_REVISION && number_read(text, 1, JSON_INTEGER_MAX, &out->revision) < 0)
        fault_at(r, line, "revision", T("not a whole number from 1", "geen geheel getal vanaf 1"));
}

/* A cell that shows nothing leaves its question unanswered. */
static int set_answer(const struct csv_field *cell, struct answers *answers, size_t question)
{
    if (text_is_blank(cell->text, cell->len))
        return 0;
    return answer_is_none(&answers->questionnaire->questions[question], cell->text)
               ? answers_set_none(answers, question)
               : answers_set(answers, question, cell->text);
}

static void set_answers(struct reading *r, const struct csv_row *row, struct answers *answers)
{
    for (size_t i = 0; i < row->count; i++)
        if (r->columns[i] >= 0 && set_answer(&row->fields[i], answers, (size_t)r->columns[i]) < 0)
            r->faults->no_memory = true;
}

/* A form on which nothing is ticked may well say that none applies: how to write that down is told where it is
 * needed. */
static void fault_blank_multis(const struct answers *answers, struct faults *own)
{
    for (size_t i = 0; i < answers->questionnaire->question_count; i++) {
        const struct question *question = &answers->questionnaire->questions[i];
        char where[WHERE_SIZE];
        if (question->type != QUESTION_MULTI || !question->required || answers->typed[i] ||
            !answers_is_asked(answers, i))
            continue;
        snprintf(where, sizeof where, "/answers/%s", question->id);
        faults_add(own, where, "%s",
                   T("is required; write - where it is none of these",
                     "moet beantwoord worden; schrijf - als het geen van deze is"));
    }
}

/* The faults of one row's answers, told at its line. */
static void add_row_faults(struct reading *r, size_t line, struct faults *faults, struct faults *own)
{
    for (size_t i = 0; i < own->count; i++) {
        const char *where = own->list[i].where;
        bool in_answers = strncmp(where, "/answers/", 9) == 0;
        add_fault_about(faults, r, line, where + (in_answers ? 9 : *where == '/'), own->list[i].what);
    }
    r->faults->no_memory = r->faults->no_memory || own->no_memory;
    faults_free(own);
    faults_init(own);
}

static int keep_row_answers(struct reading *r, const struct response_id *id, const struct answers *answers,
                            const struct buf *json, struct batch_row *out)
{
    struct faults own;
    faults_init(&own);
    if (compose_check_length(r->context->catalogue, id, answers, json, &own) < 0) {
        out->exclusion = ROW_TOO_LONG;
        add_row_faults(r, out->line, r->left_out, &own);
        return 0;
    }
    out->answers = mem_copy_text(buf_text(json), json->len);
    r->faults->no_memory = r->faults->no_memory || !out->answers;
    return out->answers ? 0 : -1;
}

/* The row's answers as JSON, checked as the collector will. -1 with a fault. */
static int compose_row(struct reading *r, const struct csv_row *row, struct batch_row *out)
{
    struct answers answers;
    struct faults own;
    struct buf json;
    struct response_id id;
    int result = -1;
    faults_init(&own);
    answers_init(&answers, r->questionnaire, '|');
    buf_init(&json, COMPOSE_ANSWERS_MAX);
    set_answers(r, row, &answers);
    fault_blank_multis(&answers, &own);
    struct batch_row numbered = *out;
    if (!r->plan->has_revisions)
        numbered.revision = 1;
    if (batch_row_id(&numbered, r->context, &id) == 0 &&
        compose_answers(&json, r->context->catalogue, &id, &answers, &own) == 0)
        result = keep_row_answers(r, &id, &answers, &json, out);
    add_row_faults(r, row->line, r->faults, &own);
    buf_free(&json);
    answers_free(&answers);
    faults_free(&own);
    return result;
}

static int add_row(struct batch_plan *plan, const struct batch_row *row)
{
    struct batch_row *rows = list_grow(plan->rows, plan->row_count, &plan->row_capacity, sizeof *rows);
    if (!rows)
        return -1;
    plan->rows = rows;
    plan->rows[plan->row_count++] = *row;
    return 0;
}

static const char *text_of(const struct reading *r, const struct csv_row *row, int column)
{
    for (size_t i = 0; i < row->count; i++)
        if (r->columns[i] == column)
            return row->fields[i].text;
    return NULL;
}

static void read_response_row(struct reading *r, const struct csv_row *row)
{
    struct batch_row out = {.line = row->line};
    size_t faults_before = r->faults->total;
    for (size_t i = 0; i < row->count; i++)
        read_column(r, &out, row->line, r->columns[i], row->fields[i].text);
    bool faulty = r->faults->total > faults_before;
    if (!faulty && compose_row(r, row, &out) == 0 && add_row(r->plan, &out) < 0) {
        mem_free(out.answers);
        r->faults->no_memory = true;
    }
    if (r->file->findings && batch_findings_name(r->file->findings, row->line, text_of(r, row, COLUMN_MEMBER),
                                                 text_of(r, row, COLUMN_ACTION)) < 0)
        r->faults->no_memory = true;
}

/* What the header may hold; how many. What a row may lack at its end is told by the question. */
static size_t list_known_columns(const struct questionnaire *questionnaire, struct csv_column out[static COLUMNS_MAX])
{
    size_t count = 0;
    out[count++] = (struct csv_column){.name = "member"};
    out[count++] = (struct csv_column){.name = "action"};
    out[count++] = (struct csv_column){.name = "revision", .may_be_missing = true};
    for (size_t i = 0; i < questionnaire->question_count; i++) {
        const struct question *question = &questionnaire->questions[i];
        out[count++] = (struct csv_column){
            .name = question->id, .may_be_empty = !question->required || question->has_when, .may_be_missing = true};
    }
    return count;
}

int batch_read_rows(struct batch_plan *plan, const struct batch_file *file, const struct batch_context *context,
                    struct faults *faults, struct faults *left_out)
{
    struct csv_row row;
    size_t faults_before = faults->total; /* of the other file, which is no reason not to look at this one */
    struct reading r = {.plan = plan, .file = file, .context = context, .faults = faults, .left_out = left_out};
    r.questionnaire = round_questionnaire(context->catalogue->panel, context->round);
    struct batch_lines lines = {.file = file, .faults = faults};
    struct csv_column columns[COLUMNS_MAX];
    struct csv_list *list = batch_open_list(&lines, columns, list_known_columns(r.questionnaire, columns));
    if (!list)
        return -1;
    read_column_names(&r, csv_list_header(list));
    if (faults->total == faults_before)
        while (batch_next_row(list, &lines, &row))
            read_response_row(&r, &row);
    csv_list_free(list);
    return faults_any(faults) ? -1 : 0;
}
