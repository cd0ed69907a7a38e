/* Counts are read back from the very bytes that were released, so that a trend can't differ from the tables that it is
 * made of. Knows no format to write and nothing of who asks. */
#include "collector/tables/trends.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/tables/statistics.h"
#include <stdlib.h>
#include <string.h>

#define COLUMNS 16
#define COUNT_MAX (INT64_C(1) << 53)

/* A question by its id, over all rounds; its place in the list is its place in the table. */
struct subject {
    const char *id;
    int64_t min, max; /* as the last round says that asks it */
};

/* What one release tells of one subject about one action. */
struct point {
    uint32_t action, subject, round; /* places in their lists */
    int64_t release; /* 0: nothing is told */
    const struct question *question; /* as this round asks it */
    size_t counts; /* where its counts begin among those of all points */
    bool is_told;
};

struct trends {
    const struct panel *panel;
    const struct action_list *actions;
    struct subject *subjects;
    size_t subject_count, subject_capacity;
    struct point *points;
    size_t point_count, point_capacity;
    int64_t *counts;
    size_t counts_count, counts_capacity;
};

struct trends *trends_new(const struct panel *panel, const struct action_list *actions)
{
    struct trends *trends = mem_calloc(1, sizeof *trends);
    if (trends)
        *trends = (struct trends){.panel = panel, .actions = actions};
    return trends;
}

void trends_free(struct trends *trends)
{
    if (!trends)
        return;
    mem_free(trends->subjects);
    mem_free(trends->points);
    mem_free(trends->counts);
    mem_free(trends);
}

/* Subjects. */

static int find_subject(const struct trends *trends, const char *id)
{
    for (size_t i = 0; i < trends->subject_count; i++)
        if (strcmp(trends->subjects[i].id, id) == 0)
            return (int)i;
    return -1;
}

static int note_subject(struct trends *trends, const struct question *question)
{
    int known = find_subject(trends, question->id);
    if (known < 0) {
        struct subject *subjects =
            list_grow(trends->subjects, trends->subject_count, &trends->subject_capacity, sizeof *subjects);
        if (!subjects)
            return -1;
        trends->subjects = subjects;
        known = (int)trends->subject_count++;
    }
    trends->subjects[known] = (struct subject){question->id, question->min, question->max};
    return 0;
}

static int note_subjects(struct trends *trends, const struct questionnaire *questionnaire)
{
    for (size_t q = 0; q < questionnaire->question_count; q++)
        if (questionnaire->questions[q].type == QUESTION_SCALE &&
            note_subject(trends, &questionnaire->questions[q]) < 0)
            return -1;
    return 0;
}

/* Reading a release. */

struct columns {
    int action, question, option, count, release;
};

/* A release being read. */
struct release {
    struct trends *trends;
    uint32_t round;
    const struct questionnaire *questionnaire;
    struct columns columns;
    size_t first; /* of its points */
};

static int find_option_columns(const struct csv_row *header, struct columns *out)
{
    *out = (struct columns){.action = csv_find(header, "action"),
                            .question = csv_find(header, "question"),
                            .option = csv_find(header, "option"),
                            .count = csv_find(header, "count"),
                            .release = csv_find(header, "release")};
    return out->action < 0 || out->question < 0 || out->option < 0 || out->count < 0 || out->release < 0 ? -1 : 0;
}

static const char *column_text_of(const struct csv_row *row, int column)
{
    return csv_unguard(&csv_rfc4180, row->fields[column].text);
}

/* Zeros for all values of the point's question. */
static int reserve_counts(struct trends *trends, struct point *point)
{
    point->counts = trends->counts_count;
    for (size_t i = question_option_count(point->question); i > 0; i--) {
        int64_t *counts = list_grow(trends->counts, trends->counts_count, &trends->counts_capacity, sizeof *counts);
        if (!counts)
            return -1;
        trends->counts = counts;
        trends->counts[trends->counts_count++] = 0;
    }
    return 0;
}

/* The point that a row belongs to: the last one, since rows of one question stand together, or a new one. NULL: no
 * memory. */
static struct point *find_point(struct release *release, struct point wanted)
{
    struct trends *trends = release->trends;
    struct point *last = trends->point_count > release->first ? &trends->points[trends->point_count - 1] : NULL;
    if (last && last->action == wanted.action && last->subject == wanted.subject)
        return last;
    struct point *points = list_grow(trends->points, trends->point_count, &trends->point_capacity, sizeof *points);
    if (!points)
        return NULL;
    trends->points = points;
    if (reserve_counts(trends, &wanted) < 0)
        return NULL;
    trends->points[trends->point_count] = wanted;
    return &trends->points[trends->point_count++];
}

static int damaged_row(const struct csv_row *row, struct error *error)
{
    return error_set(error, ERROR_DAMAGED,
                     T("line %zu of the release's options.csv is none of that table; run `audit`",
                       "regel %zu van options.csv van de uitgave hoort niet in die tabel; voer `audit` uit"),
                     row->line);
}

/* A row of a scale. */
static int read_option_count(const struct release *release, struct point *point, const struct csv_row *row,
                             struct error *error)
{
    const struct columns *columns = &release->columns;
    int64_t value, count;
    if (row->fields[columns->count].len == 0)
        return 0;
    int option = number_read(column_text_of(row, columns->option), INT64_MIN, INT64_MAX, &value) == 0
                     ? question_find_value(point->question, value)
                     : -1;
    if (option < 0 || number_read(row->fields[columns->count].text, 0, COUNT_MAX, &count) < 0 ||
        number_read(row->fields[columns->release].text, 1, COUNT_MAX, &point->release) < 0)
        return damaged_row(row, error);
    point->is_told = true;
    release->trends->counts[point->counts + (size_t)option] = count;
    return 0;
}

/* What is about an action that has been taken off the list since, or no scale, is passed over. */
static int read_option_row(struct release *release, const struct csv_row *row, size_t width, struct error *error)
{
    const struct columns *columns = &release->columns;
    if (row->count != width)
        return damaged_row(row, error);
    int question = questionnaire_find(release->questionnaire, column_text_of(row, columns->question));
    int action = action_list_find(release->trends->actions, column_text_of(row, columns->action));
    if (question < 0)
        return damaged_row(row, error);
    const struct question *asked = &release->questionnaire->questions[question];
    if (action < 0 || asked->type != QUESTION_SCALE)
        return 0;
    struct point *point =
        find_point(release, (struct point){.action = (uint32_t)action,
                                           .subject = (uint32_t)find_subject(release->trends, asked->id),
                                           .round = release->round,
                                           .question = asked});
    return point ? read_option_count(release, point, row, error) : error_no_memory(error);
}

static int read_option_rows(struct release *release, struct csv_reader *reader, struct error *error)
{
    struct csv_row row = {0};
    enum csv_result read = csv_read(reader, &row, error);
    size_t width = row.count;
    if (read == CSV_ROW && find_option_columns(&row, &release->columns) < 0)
        return damaged_row(&row, error);
    while (read == CSV_ROW) {
        read = csv_read(reader, &row, error);
        if (read == CSV_ROW && read_option_row(release, &row, width, error) < 0)
            return -1;
    }
    if (read == CSV_NO_MEMORY)
        return error_no_memory(error);
    return read == CSV_END && release->columns.release >= 0 ? 0 : damaged_row(&row, error);
}

int trends_add_release(struct trends *trends, size_t round, const char *options, size_t len, struct error *error)
{
    struct release release = {.trends = trends,
                              .round = (uint32_t)round,
                              .questionnaire = round_questionnaire(trends->panel, &trends->panel->rounds[round]),
                              .columns.release = -1,
                              .first = trends->point_count};
    struct csv_reader *reader = csv_reader_new(options, len, ',');
    int result = reader && note_subjects(trends, release.questionnaire) == 0 ? read_option_rows(&release, reader, error)
                                                                             : error_no_memory(error);
    csv_reader_free(reader);
    return result;
}

/* Rows. */

static int order_points(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    if (x->action != y->action)
        return x->action < y->action ? -1 : 1;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return (x->round > y->round) - (x->round < y->round);
}

/* A row being filled. */
struct line {
    struct cell cells[COLUMNS];
    size_t count;
};

static void put_text_in(struct line *line, const char *text)
{
    line->cells[line->count++] = (struct cell){.type = CELL_TEXT, .text = text};
}

static void put_integer_in(struct line *line, bool exists, int64_t value)
{
    struct cell cell = {.type = exists ? CELL_INTEGER : CELL_EMPTY, .integer = value};
    line->cells[line->count++] = cell;
}

static void put_decimal_in(struct line *line, bool exists, double value)
{
    struct cell cell = {.type = exists ? CELL_DECIMAL : CELL_EMPTY, .decimal = value};
    line->cells[line->count++] = cell;
}

static void put_point_figures(struct line *line, const struct point *point, const int64_t *counts)
{
    int64_t n = 0;
    size_t values = question_option_count(point->question);
    for (size_t i = 0; i < values; i++)
        n += counts[i];
    struct scale_figures f;
    struct scale_intervals i;
    statistics_scale(point->question->min, counts, values, &f);
    statistics_scale_intervals(point->question->min, counts, values, &f, &i);
    put_integer_in(line, point->is_told, n);
    put_decimal_in(line, f.has_figures, f.mean);
    put_decimal_in(line, f.has_sd, i.mean.low);
    put_decimal_in(line, f.has_sd, i.mean.high);
    put_decimal_in(line, f.has_figures, f.positive);
    put_decimal_in(line, f.has_figures, f.negative);
    put_decimal_in(line, f.has_figures, f.net);
    put_decimal_in(line, f.has_figures, i.net.low);
    put_decimal_in(line, f.has_figures, i.net.high);
}

static int give_point(const struct trends *trends, const struct point *point, table_row_fn *row, void *context)
{
    const struct round *round = &trends->panel->rounds[point->round];
    char opens[CLOCK_TEXT_SIZE], closes[CLOCK_TEXT_SIZE];
    struct line line = {.count = 0};
    clock_format(round->opens_at, opens);
    clock_format(round->closes_at, closes);
    put_text_in(&line, trends->actions->list[point->action].id);
    put_text_in(&line, trends->subjects[point->subject].id);
    put_text_in(&line, round->id);
    put_text_in(&line, opens);
    put_text_in(&line, closes);
    put_integer_in(&line, point->is_told, point->release);
    put_point_figures(&line, point, trends->counts + point->counts);
    put_text_in(&line, point->is_told ? "ok" : "suppressed");
    return row(context, line.cells, line.count);
}

/* Whether the round asks the scale that the subject is now. */
static bool is_comparable(const struct trends *trends, const struct point *point)
{
    const struct subject *subject = &trends->subjects[point->subject];
    return point->question->min == subject->min && point->question->max == subject->max;
}

int trends_each(struct trends *trends, const char *action, const char *question, table_row_fn *row, void *context)
{
    int result = 0;
    if (trends->point_count > 0)
        qsort(trends->points, trends->point_count, sizeof *trends->points, order_points);
    for (size_t i = 0; i < trends->point_count && result == 0; i++) {
        const struct point *point = &trends->points[i];
        bool is_wanted = (!action || strcmp(action, trends->actions->list[point->action].id) == 0) &&
                         (!question || strcmp(question, trends->subjects[point->subject].id) == 0);
        if (is_wanted && is_comparable(trends, point))
            result = give_point(trends, point, row, context);
    }
    return result;
}
