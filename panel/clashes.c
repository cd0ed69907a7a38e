/* All columns of a questionnaire, in order of their names: those of one name then stand side by side. */
#include "panel/clashes.h"
#include "base/lang.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_NAME_SIZE 160 /* two ids of 64 characters, a line between them */
#define WHERE_SIZE 96
#define OWNER_SIZE 200

/* What a batch's responses file has beside the questions (docs/CLI.md). */
static const char *const batch_columns[] = {"member", "action", "revision"};

/* What summary.csv has of each question, and of a scale besides. */
static const char *const figures[] = {"n", "mean", "sd", "median", "positive", "negative", "net"};
#define FIGURES_OF_ALL 1
#define FIGURES_OF_SCALE (sizeof figures / sizeof *figures)

struct named_column {
    char name[COLUMN_NAME_SIZE];
    size_t place; /* in the table */
    size_t question;
    int option; /* -1: of the question itself */
};

struct columns {
    struct named_column *list;
    size_t count;
};

static size_t count_figures(const struct question *question)
{
    return question_counting(question) == COUNTED_ON_SCALE ? FIGURES_OF_SCALE : FIGURES_OF_ALL;
}

static void add_column(struct columns *columns, const struct question *question, const char *suffix, size_t at,
                       int option)
{
    struct named_column *column = &columns->list[columns->count];
    *column = (struct named_column){.place = columns->count++, .question = at, .option = option};
    snprintf(column->name, sizeof column->name, "%s_%s", question->id, suffix);
}

static int list_columns(const struct questionnaire *questionnaire, struct columns *out)
{
    size_t count = 0;
    for (size_t i = 0; i < questionnaire->question_count; i++)
        count += FIGURES_OF_SCALE + questionnaire->questions[i].option_count;
    *out = (struct columns){mem_calloc(count, sizeof *out->list), 0};
    if (!out->list)
        return -1;
    for (size_t i = 0; i < questionnaire->question_count; i++) {
        const struct question *question = &questionnaire->questions[i];
        for (size_t figure = 0; figure < count_figures(question); figure++)
            add_column(out, question, figures[figure], i, -1);
        for (size_t option = 0; option < question->option_count; option++)
            add_column(out, question, question->options[option].value, i, (int)option);
    }
    return 0;
}

static int compare_columns(const void *left, const void *right)
{
    const struct named_column *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static void name_owner(const struct questionnaire *questionnaire, const struct named_column *column,
                       char out[static OWNER_SIZE])
{
    const struct question *question = &questionnaire->questions[column->question];
    if (column->option < 0)
        snprintf(out, OWNER_SIZE, T("question '%s'", "vraag '%s'"), question->id);
    else
        snprintf(out, OWNER_SIZE, T("option '%s' of question '%s'", "optie '%s' van vraag '%s'"),
                 question->options[column->option].value, question->id);
}

static void fault_column(struct faults *faults, const struct questionnaire *questionnaire, size_t index,
                         const struct named_column *first, const struct named_column *second)
{
    char where[WHERE_SIZE], owner[OWNER_SIZE];
    name_owner(questionnaire, first, owner);
    if (second->option < 0)
        snprintf(where, sizeof where, "/questionnaires/%zu/questions/%zu/id", index, second->question);
    else
        snprintf(where, sizeof where, "/questionnaires/%zu/questions/%zu/options/%d/value", index, second->question,
                 second->option);
    faults_add(faults, where,
               T("makes a column '%s' of summary.csv, as %s does; choose another",
                 "geeft een kolom '%s' in summary.csv, net als %s; kies een ander"),
               second->name, owner);
}

static void check_summary(struct faults *faults, const struct questionnaire *questionnaire, size_t index)
{
    struct columns columns;
    if (list_columns(questionnaire, &columns) < 0) {
        faults->no_memory = true;
        return;
    }
    qsort(columns.list, columns.count, sizeof *columns.list, compare_columns);
    for (size_t i = 1; i < columns.count; i++)
        if (strcmp(columns.list[i - 1].name, columns.list[i].name) == 0)
            fault_column(faults, questionnaire, index, &columns.list[i - 1], &columns.list[i]);
    mem_free(columns.list);
}

static void check_batch_columns(struct faults *faults, const struct questionnaire *questionnaire, size_t index)
{
    for (size_t i = 0; i < questionnaire->question_count; i++)
        for (size_t k = 0; k < sizeof batch_columns / sizeof *batch_columns; k++) {
            if (strcmp(questionnaire->questions[i].id, batch_columns[k]) != 0)
                continue;
            char where[WHERE_SIZE];
            snprintf(where, sizeof where, "/questionnaires/%zu/questions/%zu/id", index, i);
            faults_add(faults, where,
                       T("question '%s' can't be entered by `batch`, whose file has a column '%s' of its own; choose "
                         "another",
                         "vraag '%s' kan niet met `batch` worden ingevoerd: dat bestand heeft zelf een kolom '%s'; "
                         "kies een ander"),
                       batch_columns[k], batch_columns[k]);
        }
}

void clashes_check(const struct panel *panel, const struct panel *before, struct faults *faults)
{
    for (size_t i = 0; i < panel->questionnaire_count; i++) {
        const struct questionnaire *questionnaire = &panel->questionnaires[i];
        if (before && panel_has_questionnaire(before, questionnaire))
            continue;
        check_batch_columns(faults, questionnaire, i);
        check_summary(faults, questionnaire, i);
    }
}
