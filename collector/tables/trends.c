/* Counts are read back from the very bytes that were released, so that a trend can't differ from the tables that it is
 * made of. Knows no format to write and nothing of who asks. */
#include "collector/tables/trends.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/tables/csv.h"
#include "collector/tables/json.h"
#include "collector/tables/statistics.h"
#include "collector/tables/stored.h"
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

static int find_trend_subject(const struct trends *trends, const char *id)
{
    for (size_t i = 0; i < trends->subject_count; i++)
        if (strcmp(trends->subjects[i].id, id) == 0)
            return (int)i;
    return -1;
}

static int note_subject(struct trends *trends, const struct question *question)
{
    int known = find_trend_subject(trends, question->id);
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
        if (question_counting(&questionnaire->questions[q]) == COUNTED_ON_SCALE &&
            note_subject(trends, &questionnaire->questions[q]) < 0)
            return -1;
    return 0;
}

/* Reading a release. */

/* A release being read. */
struct release {
    struct trends *trends;
    uint32_t round;
    const struct questionnaire *questionnaire;
    struct stored_table *table;
    int action, question, option, count, release; /* which cells these are */
    size_t first; /* of its points */
};

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

static int refuse_option_row(struct error *error)
{
    return error_set(error, ERROR_DAMAGED, "%s",
                     T("options.csv of a release is not as it was written; run `audit`",
                       "options.csv van een uitgave is niet zoals die is geschreven; voer `audit` uit"));
}

/* A row of a scale. */
static int read_option_count(const struct release *release, struct point *point, const struct cell *cells,
                             struct error *error)
{
    const struct cell *option = &cells[release->option], *count = &cells[release->count];
    const struct cell *number = &cells[release->release];
    if (count->type == CELL_EMPTY)
        return 0;
    int value = option->type == CELL_INTEGER ? question_find_value(point->question, option->integer) : -1;
    if (value < 0 || count->integer < 0 || count->integer > COUNT_MAX || number->type != CELL_INTEGER ||
        number->integer < 1)
        return refuse_option_row(error);
    point->release = number->integer;
    point->is_told = true;
    release->trends->counts[point->counts + (size_t)value] = count->integer;
    return 0;
}

/* What is about an action that has been taken off the list since, or no scale, is passed over. */
static int read_option_row(struct release *release, const struct cell *cells, struct error *error)
{
    const struct cell *id = &cells[release->action], *question = &cells[release->question];
    if (id->type != CELL_TEXT || question->type != CELL_TEXT)
        return refuse_option_row(error);
    int place = questionnaire_find(release->questionnaire, question->text);
    int action = action_list_find(release->trends->actions, id->text);
    if (place < 0)
        return refuse_option_row(error);
    const struct question *asked = &release->questionnaire->questions[place];
    if (action < 0 || question_counting(asked) != COUNTED_ON_SCALE)
        return 0;
    const struct point wanted = {.action = (uint32_t)action,
                                 .subject = (uint32_t)find_trend_subject(release->trends, asked->id),
                                 .round = release->round,
                                 .question = asked};
    struct point *point = find_point(release, wanted);
    return point ? read_option_count(release, point, cells, error) : error_no_memory(error);
}

static int read_option_rows(struct release *release, struct error *error)
{
    const struct cell *cells;
    size_t count;
    enum stored_result read;
    release->action = stored_table_find(release->table, "action");
    release->question = stored_table_find(release->table, "question");
    release->option = stored_table_find(release->table, "option");
    release->count = stored_table_find(release->table, "count");
    release->release = stored_table_find(release->table, "release");
    while ((read = stored_table_next(release->table, &cells, &count, error)) == STORED_ROW)
        if (read_option_row(release, cells, error) < 0)
            return -1;
    return read == STORED_END ? 0 : -1;
}

static int order_points(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    if (x->action != y->action)
        return x->action < y->action ? -1 : 1;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return (x->round > y->round) - (x->round < y->round);
}

int trends_add_release(struct trends *trends, size_t round, const char *options, size_t len, struct error *error)
{
    struct release release = {.trends = trends,
                              .round = (uint32_t)round,
                              .questionnaire = round_questionnaire(trends->panel, &trends->panel->rounds[round]),
                              .first = trends->point_count};
    const struct column_source columns = {
        .table = TABLE_OPTIONS, .questionnaire = release.questionnaire, .released = true};
    if (note_subjects(trends, release.questionnaire) < 0)
        return error_no_memory(error);
    release.table = stored_table_new(&columns, options, len, error);
    int result = release.table ? read_option_rows(&release, error) : -1;
    stored_table_free(release.table);
    return result;
}

void trends_index(struct trends *trends)
{
    if (trends->point_count > 0)
        qsort(trends->points, trends->point_count, sizeof *trends->points, order_points);
}

/* Rows. */

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

/* What the told counts of a point come to. */
struct point_figures {
    int64_t n;
    struct scale_figures figures;
    struct scale_intervals intervals;
};

static void work_out_point(const struct trends *trends, const struct point *point, struct point_figures *out)
{
    const int64_t *counts = trends->counts + point->counts;
    size_t values = question_option_count(point->question);
    *out = (struct point_figures){0};
    for (size_t i = 0; i < values; i++)
        out->n += counts[i];
    statistics_scale(point->question->min, counts, values, &out->figures);
    statistics_scale_intervals(point->question->min, counts, values, &out->figures, &out->intervals);
}

static void put_point_figures(struct line *line, const struct trends *trends, const struct point *point)
{
    struct point_figures worked_out;
    work_out_point(trends, point, &worked_out);
    const struct scale_figures *f = &worked_out.figures;
    const struct scale_intervals *i = &worked_out.intervals;
    put_integer_in(line, point->is_told, worked_out.n);
    put_decimal_in(line, f->has_figures, f->mean);
    put_decimal_in(line, f->has_sd, i->mean.low);
    put_decimal_in(line, f->has_sd, i->mean.high);
    put_decimal_in(line, f->has_figures, f->positive);
    put_decimal_in(line, f->has_figures, f->negative);
    put_decimal_in(line, f->has_figures, f->net);
    put_decimal_in(line, f->has_figures, i->net.low);
    put_decimal_in(line, f->has_figures, i->net.high);
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
    put_point_figures(&line, trends, point);
    put_text_in(&line, point->is_told ? "ok" : "suppressed");
    return row(context, line.cells, line.count);
}

/* Whether the round asks the scale that the subject is now. */
static bool is_comparable(const struct trends *trends, const struct point *point)
{
    const struct subject *subject = &trends->subjects[point->subject];
    return point->question->min == subject->min && point->question->max == subject->max;
}

/* Which rows, and in which order. */

/* A row that is wanted, and what it is ordered by. */
struct place {
    size_t point;
    double key; /* as the order has it, the least first */
    bool has_key;
};

static bool is_wanted(const struct trends *trends, const struct trends_wish *wish, const struct point *point)
{
    const struct round *round = &trends->panel->rounds[point->round];
    return (!wish->round || strcmp(wish->round, round->id) == 0) &&
           (!wish->question || strcmp(wish->question, trends->subjects[point->subject].id) == 0) &&
           wanted_has(wish->actions, trends->actions->list[point->action].id) && is_comparable(trends, point);
}

static struct place place_point(const struct trends *trends, const struct trends_wish *wish, size_t index)
{
    const struct point *point = &trends->points[index];
    struct place place = {.point = index};
    struct point_figures worked_out;
    if (wish->order == TRENDS_BY_ACTION || !point->is_told)
        return place;
    work_out_point(trends, point, &worked_out);
    switch (wish->order) {
    case TRENDS_BY_ACTION:
        break;
    case TRENDS_BY_N:
        place.key = (double)worked_out.n;
        break;
    case TRENDS_BY_MEAN:
        place.key = worked_out.figures.mean;
        break;
    case TRENDS_BY_NET:
        place.key = worked_out.figures.net;
        break;
    }
    place.key = wish->highest_first ? -place.key : place.key;
    place.has_key = wish->order == TRENDS_BY_N || worked_out.figures.has_figures;
    return place;
}

static int order_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->has_key != y->has_key)
        return x->has_key ? -1 : 1;
    if (x->has_key && (x->key < y->key || x->key > y->key))
        return x->key < y->key ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

/* The rows that are wanted, for mem_free, and how many. NULL: no memory. */
static struct place *find_places(const struct trends *trends, const struct trends_wish *wish, size_t *count)
{
    struct place *places = mem_calloc(trends->point_count + 1, sizeof *places);
    *count = 0;
    for (size_t i = 0; places && i < trends->point_count; i++)
        if (is_wanted(trends, wish, &trends->points[i]))
            places[(*count)++] = place_point(trends, wish, i);
    if (places && wish->order != TRENDS_BY_ACTION)
        qsort(places, *count, sizeof *places, order_places);
    return places;
}

int trends_each(const struct trends *trends, const struct trends_wish *wish, table_row_fn *row, void *context)
{
    size_t count;
    struct place *places = find_places(trends, wish, &count);
    int result = places ? 0 : -1;
    size_t end = wish->limit > 0 && wish->limit < count ? (size_t)wish->limit : count;
    for (size_t i = 0; result == 0 && i < end; i++)
        result = give_point(trends, &trends->points[places[i].point], row, context);
    mem_free(places);
    return result;
}

/* The table. */

struct writing {
    const struct csv_format *format;
    struct csv_writer csv;
    struct table_json json;
    uint64_t rows;
};

static int write_trend(void *context, const struct cell *cells, size_t count)
{
    struct writing *writing = context;
    writing->rows++;
    return writing->format ? table_csv_row(&writing->csv, cells, count) : table_json_row(&writing->json, cells, count);
}

static int begin_trends(struct writing *writing, struct buf *out)
{
    const struct column_source columns = {.table = TABLE_TRENDS};
    if (writing->format) {
        csv_begin(&writing->csv, out, writing->format);
        return table_csv_header(&writing->csv, &columns);
    }
    table_json_begin(&writing->json, out);
    return table_json_header(&writing->json, &columns);
}

int trends_put(const struct trends *trends, const struct trends_wish *wish, const struct csv_format *format,
               struct buf *out, uint64_t *rows)
{
    struct writing writing = {.format = format};
    int result = begin_trends(&writing, out);
    if (result == 0)
        result = trends_each(trends, wish, write_trend, &writing);
    if (result == 0 && !format)
        table_json_end(&writing.json);
    table_json_wipe(&writing.json);
    *rows = writing.rows;
    return result;
}
