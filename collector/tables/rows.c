/* The three tables, each a walk over the same guarded counts: what one table tells of a question, the others tell too.
 * Cells stand in the order of columns.c. Knows no file format and no store. */
#include "collector/tables/rows.h"

#include "base/mem.h"
#include "collector/tables/statistics.h"
#include <string.h>

#define FIXED_COLUMNS_MAX 13 /* of a row in questions or options */
#define SUMMARY_FIXED 9 /* columns of a summary before those of the questions */
#define FIGURES 7 /* of a scale: n, mean, sd, median, positive, negative, net */

/* A row being filled; `cells` has room for all its columns. */
struct row {
    struct cell *cells;
    size_t count;
};

static void put_cell(struct row *row, struct cell cell)
{
    row->cells[row->count++] = cell;
}

static void put_text(struct row *row, const char *text)
{
    put_cell(row, (struct cell){.type = CELL_TEXT, .text = text});
}

static void put_empty(struct row *row)
{
    put_cell(row, (struct cell){.type = CELL_EMPTY});
}

static void put_integer(struct row *row, bool exists, int64_t value)
{
    put_cell(row, exists ? (struct cell){.type = CELL_INTEGER, .integer = value} : (struct cell){.type = CELL_EMPTY});
}

static void put_decimal(struct row *row, bool exists, double value)
{
    put_cell(row, exists ? (struct cell){.type = CELL_DECIMAL, .decimal = value} : (struct cell){.type = CELL_EMPTY});
}

static void put_disclosure(struct row *row, bool suppressed)
{
    put_text(row, suppressed ? "suppressed" : "ok");
}

static const struct questionnaire *source_questionnaire(const struct table_source *source)
{
    return round_questionnaire(source->panel, &source->panel->rounds[source->round]);
}

/* Rows. */

static size_t summary_width(const struct questionnaire *questionnaire)
{
    size_t width = SUMMARY_FIXED + 1; /* and the release */
    for (size_t q = 0; q < questionnaire->question_count; q++) {
        const struct question *question = &questionnaire->questions[q];
        width += question_counting(question) == COUNTED_ON_SCALE ? FIGURES : 1 + question_option_count(question);
    }
    return width;
}

/* What the rows of one action are made from. */
struct subject {
    const struct table_source *source;
    const struct questionnaire *questionnaire;
    const struct action *action;
    struct action_counts told;
    struct question_counts *questions; /* what may be told of each */
    table_row_fn *give;
    void *context;
};

/* A question of the subject, with what may be told of it. */
struct topic {
    const struct question *question;
    const struct question_counts *told;
};

static struct topic topic_of(const struct subject *subject, size_t question)
{
    return (struct topic){&subject->questionnaire->questions[question], &subject->questions[question]};
}

/* Of which release the row is a version, in a release. */
static void put_release(struct row *row, const struct subject *subject, bool suppressed)
{
    if (subject->source->rule)
        put_integer(row, !suppressed, subject->source->release);
}

static void put_subject(struct row *row, const struct subject *subject)
{
    put_text(row, subject->source->panel->rounds[subject->source->round].id);
    put_text(row, subject->action->id);
}

static void put_n(struct row *row, const struct topic *topic)
{
    put_integer(row, !topic->told->suppressed, topic->told->n);
}

static void put_share(struct row *row, const struct topic *topic, size_t option)
{
    const struct question_counts *told = topic->told;
    bool exists = !told->suppressed && told->n > 0;
    put_decimal(row, exists, exists ? (double)told->options[option] / (double)told->n : 0);
}

static void put_interval(struct row *row, const struct topic *topic, size_t option)
{
    const struct question_counts *told = topic->told;
    bool exists = !told->suppressed && told->n > 0;
    double low = 0, high = 0;
    if (exists)
        statistics_wilson(told->options[option], told->n, &low, &high);
    put_decimal(row, exists, low);
    put_decimal(row, exists, high);
}

/* The figures without n. */
static void put_scale_figures(struct row *row, const struct topic *topic)
{
    struct scale_figures figures;
    statistics_scale(topic->question->min, topic->told->options, topic->told->option_count, &figures);
    put_decimal(row, figures.has_figures, figures.mean);
    put_decimal(row, figures.has_sd, figures.sd);
    put_decimal(row, figures.has_figures, figures.median);
    put_decimal(row, figures.has_figures, figures.positive);
    put_decimal(row, figures.has_figures, figures.negative);
    put_decimal(row, figures.has_figures, figures.net);
}

static void put_summary_figures(struct row *row, const struct topic *topic)
{
    put_n(row, topic);
    switch (question_counting(topic->question)) {
    case COUNTED_ON_SCALE:
        put_scale_figures(row, topic);
        return;
    case COUNTED_BY_CHOICE:
    case COUNTED_BY_OPTION:
        for (size_t o = 0; o < topic->told->option_count; o++)
            put_share(row, topic, o);
        return;
    case COUNTED_AS_GIVEN:
        return;
    }
}

static int give_summary_row(const struct subject *subject)
{
    const struct action *action = subject->action;
    size_t width = summary_width(subject->questionnaire);
    struct row row = {.cells = mem_calloc(width, sizeof *row.cells)};
    if (!row.cells)
        return -1;
    put_subject(&row, subject);
    put_text(&row, action->title);
    put_text(&row, action->track);
    put_text(&row, action->lead);
    put_text(&row, action->related);
    put_text(&row, action_status_name(action->status));
    put_integer(&row, !subject->told.suppressed, subject->told.respondents);
    put_disclosure(&row, subject->told.suppressed);
    for (size_t q = 0; q < subject->questionnaire->question_count; q++) {
        const struct topic topic = topic_of(subject, q);
        put_summary_figures(&row, &topic);
    }
    put_release(&row, subject, subject->told.suppressed);
    int result = subject->give(subject->context, row.cells, row.count);
    mem_free(row.cells);
    return result;
}

static int give_question_row(const struct subject *subject, const struct topic *topic)
{
    struct cell cells[FIXED_COLUMNS_MAX];
    struct row row = {.cells = cells};
    put_subject(&row, subject);
    put_text(&row, topic->question->id);
    put_text(&row, question_type_name(topic->question->type));
    put_n(&row, topic);
    if (question_counting(topic->question) == COUNTED_ON_SCALE)
        put_scale_figures(&row, topic);
    else
        for (size_t i = 1; i < FIGURES; i++)
            put_empty(&row);
    put_disclosure(&row, topic->told->suppressed);
    put_release(&row, subject, topic->told->suppressed);
    return subject->give(subject->context, cells, row.count);
}

static int give_option_row(const struct subject *subject, const struct topic *topic, size_t option)
{
    struct cell cells[FIXED_COLUMNS_MAX];
    struct row row = {.cells = cells};
    put_subject(&row, subject);
    put_text(&row, topic->question->id);
    /* A scale's value is a number, so that -1 is not taken for a formula. */
    if (question_counting(topic->question) == COUNTED_ON_SCALE)
        put_integer(&row, true, topic->question->min + (int64_t)option);
    else
        put_text(&row, topic->question->options[option].value);
    put_integer(&row, !topic->told->suppressed, topic->told->options[option]);
    put_n(&row, topic);
    put_share(&row, topic, option);
    put_interval(&row, topic, option);
    put_disclosure(&row, topic->told->suppressed);
    put_release(&row, subject, topic->told->suppressed);
    return subject->give(subject->context, cells, row.count);
}

static int give_option_rows(const struct subject *subject, const struct topic *topic)
{
    int result = 0;
    for (size_t o = 0; o < topic->told->option_count && result == 0; o++)
        result = give_option_row(subject, topic, o);
    return result;
}

typedef int topic_fn(const struct subject *subject, const struct topic *topic);

static int each_topic(const struct subject *subject, topic_fn *give)
{
    int result = 0;
    for (size_t q = 0; q < subject->questionnaire->question_count && result == 0; q++) {
        const struct topic topic = topic_of(subject, q);
        result = give(subject, &topic);
    }
    return result;
}

static int give_rows(enum table table, const struct subject *subject)
{
    switch (table) {
    case TABLE_SUMMARY:
        return give_summary_row(subject);
    case TABLE_QUESTIONS:
        return each_topic(subject, give_question_row);
    case TABLE_OPTIONS:
        return each_topic(subject, give_option_rows);
    case TABLE_COMMENTS:
    case TABLE_TRENDS:
    case TABLE_CHANGES:
        return -1;
    }
    return -1;
}

int table_action(enum table table, const struct table_source *source, size_t action, const int64_t *counts,
                 table_row_fn *row, void *context)
{
    struct subject subject = {
        .source = source,
        .questionnaire = source_questionnaire(source),
        .action = &source->actions->list[action],
        .give = row,
        .context = context,
    };
    subject.questions = mem_calloc(subject.questionnaire->question_count, sizeof *subject.questions);
    if (!subject.questions)
        return -1;
    subject.told = disclosure_action(source->rule, counts);
    disclosure_questions(source->rule, subject.questionnaire, source->layout, counts, subject.questions);
    int result = give_rows(table, &subject);
    mem_free(subject.questions);
    return result;
}
