/* The three tables, each a walk over the same guarded counts: what one table tells of a question, the others tell too.
 * Knows no file format and no store; the last step before base/csv or the API's JSON. */
#include "collector/tables/rows.h"

#include "base/mem.h"
#include "collector/tables/statistics.h"
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define SUMMARY_COLUMN_MAX 130 /* bytes of `<question>_<option>` and its NUL */

static const char *const summary_columns[] = {"round",   "action", "title",       "track",     "lead",
                                              "related", "status", "respondents", "disclosure"};
static const char *const question_columns[] = {"round", "action", "question", "type",     "n",   "mean",
                                               "sd",    "median", "positive", "negative", "net", "disclosure"};
static const char *const option_columns[] = {"round", "action", "question", "option",  "count",
                                             "n",     "share",  "ci_low",   "ci_high", "disclosure"};
static const char *const figure_columns[] = {"n", "mean", "sd", "median", "positive", "negative", "net"};

static const char *const names[TABLE_COUNT] = {
    [TABLE_SUMMARY] = "summary", [TABLE_QUESTIONS] = "questions", [TABLE_OPTIONS] = "options"};

const char *table_name(enum table table)
{
    return names[table];
}

int table_find(const char *name, enum table *out)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum table)i;
            return 0;
        }
    }
    return -1;
}

/* A row being filled; `cells` has room for all its columns. */
struct row {
    struct cell *cells;
    size_t count;
};

static void put(struct row *row, struct cell cell)
{
    row->cells[row->count++] = cell;
}

static void put_text(struct row *row, const char *text)
{
    put(row, (struct cell){.type = CELL_TEXT, .text = text});
}

static void put_empty(struct row *row)
{
    put(row, (struct cell){.type = CELL_EMPTY});
}

static void put_integer(struct row *row, bool exists, int64_t value)
{
    put(row, exists ? (struct cell){.type = CELL_INTEGER, .integer = value} : (struct cell){.type = CELL_EMPTY});
}

static void put_decimal(struct row *row, bool exists, double value)
{
    put(row, exists ? (struct cell){.type = CELL_DECIMAL, .decimal = value} : (struct cell){.type = CELL_EMPTY});
}

static void put_disclosure(struct row *row, bool suppressed)
{
    put_text(row, suppressed ? "suppressed" : "ok");
}

static const struct questionnaire *source_questionnaire(const struct table_source *source)
{
    return round_questionnaire(source->panel, &source->panel->rounds[source->round]);
}

/* Header. */

static size_t summary_width(const struct questionnaire *questionnaire)
{
    size_t width = COUNT_OF(summary_columns);
    for (size_t q = 0; q < questionnaire->question_count; q++) {
        const struct question *question = &questionnaire->questions[q];
        width += question->type == QUESTION_SCALE ? COUNT_OF(figure_columns) : 1 + question_option_count(question);
    }
    return width;
}

static void put_name(struct buf *out, const struct question *question, const char *figure)
{
    buf_printf(out, "%s_%s", question->id, figure);
    buf_put_char(out, '\0');
}

/* Puts the names of a summary's own columns for a question, each with its NUL. */
static void put_summary_names(struct buf *out, const struct question *question)
{
    switch (question->type) {
    case QUESTION_SCALE:
        for (size_t i = 0; i < COUNT_OF(figure_columns); i++)
            put_name(out, question, figure_columns[i]);
        return;
    case QUESTION_CHOICE:
    case QUESTION_MULTI:
        put_name(out, question, "n");
        for (size_t o = 0; o < question->option_count; o++)
            put_name(out, question, question->options[o].value);
        return;
    case QUESTION_TEXT:
        put_name(out, question, "n");
        return;
    }
}

_Static_assert(COUNT_OF(option_columns) <= COUNT_OF(question_columns), "give_header has room for the wider of both");

static int give_header(const char *const *columns, size_t count, table_row_fn *give, void *context)
{
    struct cell cells[COUNT_OF(question_columns)];
    struct row row = {.cells = cells};
    for (size_t i = 0; i < count; i++)
        put_text(&row, columns[i]);
    return give(context, cells, row.count);
}

static int give_summary_header(const struct table_source *source, table_row_fn *give, void *context)
{
    const struct questionnaire *questionnaire = source_questionnaire(source);
    size_t width = summary_width(questionnaire);
    struct row row = {.cells = mem_calloc(width, sizeof *row.cells)};
    struct buf text;
    int result = -1;
    buf_init(&text, SUMMARY_COLUMN_MAX * width);
    for (size_t q = 0; q < questionnaire->question_count; q++)
        put_summary_names(&text, &questionnaire->questions[q]);
    if (!row.cells || buf_check(&text) < 0)
        goto out;
    for (size_t i = 0; i < COUNT_OF(summary_columns); i++)
        put_text(&row, summary_columns[i]);
    for (const char *name = buf_text(&text); row.count < width; name += strlen(name) + 1)
        put_text(&row, name);
    result = give(context, row.cells, row.count);
out:
    buf_free(&text);
    mem_free(row.cells);
    return result;
}

int table_header(enum table table, const struct table_source *source, table_row_fn *row, void *context)
{
    switch (table) {
    case TABLE_SUMMARY:
        return give_summary_header(source, row, context);
    case TABLE_QUESTIONS:
        return give_header(question_columns, COUNT_OF(question_columns), row, context);
    case TABLE_OPTIONS:
        return give_header(option_columns, COUNT_OF(option_columns), row, context);
    }
    return -1;
}

/* Rows. */

/* What the rows of one action are made from. */
struct subject {
    const struct table_source *source;
    const struct questionnaire *questionnaire;
    const struct action *action;
    const int64_t *counts;
    table_row_fn *give;
    void *context;
};

/* A question of the subject, with what may be told of it. */
struct topic {
    const struct question *question;
    struct question_counts told;
};

static void topic_init(struct topic *topic, const struct subject *subject, size_t question)
{
    topic->question = &subject->questionnaire->questions[question];
    disclosure_question(&subject->source->rule, subject->questionnaire, subject->source->layout, question,
                        subject->counts, &topic->told);
}

static void put_subject(struct row *row, const struct subject *subject)
{
    put_text(row, subject->source->panel->rounds[subject->source->round].id);
    put_text(row, subject->action->id);
}

static void put_n(struct row *row, const struct topic *topic)
{
    put_integer(row, !topic->told.suppressed, topic->told.n);
}

static void put_share(struct row *row, const struct topic *topic, size_t option)
{
    const struct question_counts *told = &topic->told;
    bool exists = !told->suppressed && told->n > 0;
    put_decimal(row, exists, exists ? (double)told->options[option] / (double)told->n : 0);
}

static void put_interval(struct row *row, const struct topic *topic, size_t option)
{
    const struct question_counts *told = &topic->told;
    bool exists = !told->suppressed && told->n > 0;
    double low = 0, high = 0;
    if (exists)
        statistics_wilson(told->options[option], told->n, &low, &high);
    put_decimal(row, exists, low);
    put_decimal(row, exists, high);
}

/* figure_columns without n. */
static void put_scale_figures(struct row *row, const struct topic *topic)
{
    struct scale_figures figures;
    statistics_scale(topic->question->min, topic->told.options, topic->told.option_count, &figures);
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
    switch (topic->question->type) {
    case QUESTION_SCALE:
        put_scale_figures(row, topic);
        return;
    case QUESTION_CHOICE:
    case QUESTION_MULTI:
        for (size_t o = 0; o < topic->told.option_count; o++)
            put_share(row, topic, o);
        return;
    case QUESTION_TEXT:
        return;
    }
}

static int give_summary(const struct subject *subject)
{
    const struct action *action = subject->action;
    struct action_counts told = disclosure_action(&subject->source->rule, subject->counts);
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
    put_integer(&row, !told.suppressed, told.respondents);
    put_disclosure(&row, told.suppressed);
    for (size_t q = 0; q < subject->questionnaire->question_count; q++) {
        struct topic topic;
        topic_init(&topic, subject, q);
        put_summary_figures(&row, &topic);
    }
    int result = subject->give(subject->context, row.cells, row.count);
    mem_free(row.cells);
    return result;
}

static int give_question(const struct subject *subject, const struct topic *topic)
{
    struct cell cells[COUNT_OF(question_columns)];
    struct row row = {.cells = cells};
    put_subject(&row, subject);
    put_text(&row, topic->question->id);
    put_text(&row, question_type_name(topic->question->type));
    put_n(&row, topic);
    if (topic->question->type == QUESTION_SCALE)
        put_scale_figures(&row, topic);
    else
        for (size_t i = 1; i < COUNT_OF(figure_columns); i++)
            put_empty(&row);
    put_disclosure(&row, topic->told.suppressed);
    return subject->give(subject->context, cells, row.count);
}

static int give_option(const struct subject *subject, const struct topic *topic, size_t option)
{
    struct cell cells[COUNT_OF(option_columns)];
    struct row row = {.cells = cells};
    put_subject(&row, subject);
    put_text(&row, topic->question->id);
    /* A scale's value is a number, so that -1 is not taken for a formula. */
    if (topic->question->type == QUESTION_SCALE)
        put_integer(&row, true, topic->question->min + (int64_t)option);
    else
        put_text(&row, topic->question->options[option].value);
    put_integer(&row, !topic->told.suppressed, topic->told.options[option]);
    put_n(&row, topic);
    put_share(&row, topic, option);
    put_interval(&row, topic, option);
    put_disclosure(&row, topic->told.suppressed);
    return subject->give(subject->context, cells, row.count);
}

static int give_options(const struct subject *subject, const struct topic *topic)
{
    int result = 0;
    for (size_t o = 0; o < topic->told.option_count && result == 0; o++)
        result = give_option(subject, topic, o);
    return result;
}

typedef int topic_fn(const struct subject *subject, const struct topic *topic);

static int each_topic(const struct subject *subject, topic_fn *give)
{
    int result = 0;
    for (size_t q = 0; q < subject->questionnaire->question_count && result == 0; q++) {
        struct topic topic;
        topic_init(&topic, subject, q);
        result = give(subject, &topic);
    }
    return result;
}

int table_action(enum table table, const struct table_source *source, size_t action, const int64_t *counts,
                 table_row_fn *row, void *context)
{
    struct subject subject = {
        .source = source,
        .questionnaire = source_questionnaire(source),
        .action = &source->actions->list[action],
        .counts = counts,
        .give = row,
        .context = context,
    };
    switch (table) {
    case TABLE_SUMMARY:
        return give_summary(&subject);
    case TABLE_QUESTIONS:
        return each_topic(&subject, give_question);
    case TABLE_OPTIONS:
        return each_topic(&subject, give_options);
    }
    return -1;
}

int table_row_csv(void *context, const struct cell *cells, size_t count)
{
    struct csv_writer *w = context;
    for (size_t i = 0; i < count; i++) {
        switch (cells[i].type) {
        case CELL_EMPTY:
            csv_put_empty(w);
            break;
        case CELL_TEXT:
            csv_put_text(w, cells[i].text);
            break;
        case CELL_INTEGER:
            csv_put_integer(w, cells[i].integer);
            break;
        case CELL_DECIMAL:
            csv_put_decimal(w, cells[i].decimal);
            break;
        }
    }
    csv_end_row(w);
    return 0;
}
