#include "collector/tables/disclosure.h"

#include "base/mem.h"
#include "collector/tables/rows.h"
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* One questionnaire, counts by hand. */

static struct question questions[] = {
    {.type = QUESTION_SCALE, .min = 1, .max = 3},
    {.type = QUESTION_CHOICE, .option_count = 2},
    {.type = QUESTION_MULTI, .option_count = 2},
    {.type = QUESTION_TEXT, .max_length = 10},
};
static const struct questionnaire questionnaire = {.questions = questions, .question_count = 4};
enum { SCALE, CHOICE, MULTI, TEXT };

static const struct disclosure_rule usual = {.min_respondents = 10, .round_to = 5};

/* What may be told of a question, when all respondents are `respondents` and its own counts are n and then its
 * options. */
static struct question_counts told(const struct disclosure_rule *rule, int64_t respondents, size_t question,
                                   const int64_t *n_and_options)
{
    struct tally_layout *layout = tally_layout_new(&questionnaire);
    cr_assert_not_null(layout);
    int64_t counts[16] = {respondents};
    struct question_counts out;
    memcpy(counts + layout->first[question], n_and_options,
           (1 + question_option_count(&questions[question])) * sizeof *counts);
    disclosure_question(rule, &questionnaire, layout, question, counts, &out);
    tally_layout_free(layout);
    return out;
}

static void assert_told(const struct question_counts *actual, int64_t n, const int64_t *options)
{
    cr_assert_not(actual->suppressed);
    cr_assert_eq(actual->n, n, "n is %ld, not %ld", (long)actual->n, (long)n);
    for (size_t o = 0; o < actual->option_count; o++)
        cr_assert_eq(actual->options[o], options[o], "option %zu is %ld", o, (long)actual->options[o]);
}

static void assert_suppressed(const struct question_counts *actual)
{
    cr_assert(actual->suppressed);
    cr_assert_eq(actual->n, 0);
    for (size_t o = 0; o < SCALE_MAX; o++)
        cr_assert_eq(actual->options[o], 0);
}

static int64_t respondents_told(int64_t round_to, int64_t respondents)
{
    struct disclosure_rule rule = {.min_respondents = 1, .round_to = round_to};
    return disclosure_action(&rule, &respondents).respondents;
}

Test(disclosure, action_is_suppressed_below_minimum)
{
    int64_t nine = 9, ten = 10;
    struct action_counts few = disclosure_action(&usual, &nine), enough = disclosure_action(&usual, &ten);
    cr_assert(few.suppressed);
    cr_assert_eq(few.respondents, 0);
    cr_assert_not(enough.suppressed);
    cr_assert_eq(enough.respondents, 10);
}

Test(disclosure, rounds_to_nearest_and_tie_up)
{
    static const struct {
        int64_t round_to, count, expected;
    } cases[] = {{5, 11, 10},
                 {5, 12, 10},
                 {5, 13, 15},
                 {5, 15, 15},
                 {5, 17, 15},
                 {5, 18, 20},
                 {2, 11, 12},
                 {10, 14, 10},
                 {10, 15, 20},
                 {1, 17, 17},
                 {3, 4, 3},
                 {3, 5, 6},
                 {4, 6, 8},
                 {100, 49, 0},
                 {100, 50, 100},
                 {1000, 20, 0},
                 {INT64_C(9007199254740991), 1, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        cr_assert_eq(respondents_told(cases[i].round_to, cases[i].count), cases[i].expected, "%ld to %ld",
                     (long)cases[i].count, (long)cases[i].round_to);
}

Test(disclosure, question_is_suppressed_below_minimum)
{
    struct question_counts few = told(&usual, 40, SCALE, (int64_t[]){9, 3, 3, 3});
    struct question_counts enough = told(&usual, 40, SCALE, (int64_t[]){10, 3, 3, 4});
    assert_suppressed(&few);
    assert_told(&enough, 15, (int64_t[]){5, 5, 5});
    few = told(&usual, 40, TEXT, (int64_t[]){9});
    enough = told(&usual, 40, TEXT, (int64_t[]){10});
    assert_suppressed(&few);
    assert_told(&enough, 10, NULL);
}

Test(disclosure, question_is_suppressed_with_its_action)
{
    struct question_counts few = told(&usual, 9, MULTI, (int64_t[]){12, 6, 6});
    assert_suppressed(&few);
}

Test(disclosure, everyone_alike_is_suppressed_for_scale_and_choice_alone)
{
    struct question_counts q = told(&usual, 40, SCALE, (int64_t[]){40, 0, 40, 0});
    assert_suppressed(&q);
    q = told(&usual, 40, CHOICE, (int64_t[]){40, 0, 40});
    assert_suppressed(&q);
    q = told(&usual, 40, MULTI, (int64_t[]){40, 0, 40});
    assert_told(&q, 40, (int64_t[]){0, 40});
    q = told(&usual, 40, CHOICE, (int64_t[]){40, 1, 39});
    assert_told(&q, 40, (int64_t[]){0, 40});
}

Test(disclosure, n_is_sum_of_rounded_options_for_scale_and_choice)
{
    struct question_counts q = told(&usual, 40, SCALE, (int64_t[]){24, 8, 8, 8});
    assert_told(&q, 30, (int64_t[]){10, 10, 10});
    q = told(&usual, 40, CHOICE, (int64_t[]){24, 12, 12});
    assert_told(&q, 20, (int64_t[]){10, 10});
}

Test(disclosure, n_is_rounded_itself_for_multi_and_text)
{
    struct question_counts q = told(&usual, 40, MULTI, (int64_t[]){22, 22, 13});
    assert_told(&q, 20, (int64_t[]){20, 15});
    q = told(&usual, 40, MULTI, (int64_t[]){23, 23, 2});
    assert_told(&q, 25, (int64_t[]){25, 0});
    q = told(&usual, 40, TEXT, (int64_t[]){13});
    assert_told(&q, 15, NULL);
}

/* Rounding keeps order, so only counters that are wrong themselves get here. */
Test(disclosure, no_option_of_a_multi_is_told_above_n)
{
    struct question_counts q = told(&usual, 40, MULTI, (int64_t[]){12, 13, 5});
    assert_told(&q, 10, (int64_t[]){10, 5});
}

Test(disclosure, n_may_round_to_nothing)
{
    struct disclosure_rule rule = {.min_respondents = 10, .round_to = 50};
    struct question_counts q = told(&rule, 60, SCALE, (int64_t[]){60, 20, 20, 20});
    assert_told(&q, 0, (int64_t[]){0, 0, 0});
    q = told(&rule, 20, MULTI, (int64_t[]){20, 20, 0});
    assert_told(&q, 0, (int64_t[]){0, 0});
}

Test(disclosure, rounds_nothing_to_1_but_still_suppresses)
{
    struct disclosure_rule rule = {.min_respondents = 10, .round_to = 1};
    struct question_counts q = told(&rule, 13, SCALE, (int64_t[]){11, 4, 4, 3});
    assert_told(&q, 11, (int64_t[]){4, 4, 3});
    q = told(&rule, 13, SCALE, (int64_t[]){9, 3, 3, 3});
    assert_suppressed(&q);
}

Test(disclosure, exact_leaves_all_as_it_is)
{
    struct disclosure_rule rule = {.exact = true}; /* without a minimum, nor a number to divide by */
    struct question_counts q = told(&rule, 1, CHOICE, (int64_t[]){1, 0, 1});
    assert_told(&q, 1, (int64_t[]){0, 1});
    int64_t nobody = 0;
    cr_assert_not(disclosure_action(&rule, &nobody).suppressed);
    cr_assert_eq(disclosure_action(&rule, &(int64_t){3}).respondents, 3);
}

/* Random panels: what must hold for whatever was answered, looked at in the tables themselves. */

#define PANELS 1000
#define FIRST_SEED UINT64_C(20260101)
#define QUESTIONS 6
#define SUMMARY_WIDTH 9
#define QUESTION_WIDTH 12
#define OPTION_WIDTH 10

static char any_text[] = "x";
static uint64_t seed; /* told when something fails: it makes the panel again */
static uint64_t state;

#define HOLDS(condition) cr_assert(condition, "seed %llu, question %zu: %s", (unsigned long long)seed, q, #condition)

/* splitmix64 */
static int64_t random_below(int64_t limit)
{
    uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (int64_t)((z ^ (z >> 31)) % (uint64_t)limit);
}

/* A panel of one round, one action and one questionnaire, and what its members answered. */
struct sample {
    struct option options[OPTIONS_MAX];
    struct question questions[QUESTIONS];
    struct questionnaire questionnaire;
    struct round round;
    struct panel panel;
    struct action action;
    struct action_list actions;
    struct tally_layout *layout;
    struct table_source source;
    int64_t *counts;
};

static void sample_questions(struct sample *s)
{
    for (size_t o = 0; o < OPTIONS_MAX; o++)
        s->options[o].value = any_text;
    s->questionnaire =
        (struct questionnaire){.questions = s->questions, .question_count = (size_t)(1 + random_below(QUESTIONS))};
    for (size_t q = 0; q < s->questionnaire.question_count; q++) {
        struct question *question = &s->questions[q];
        *question = (struct question){.id = any_text, .type = (enum question_type)random_below(4)};
        if (question->type == QUESTION_SCALE) {
            question->min = random_below(101) - 50;
            question->max = question->min + random_below(random_below(10) == 0 ? SCALE_MAX : 11);
        } else if (question->type != QUESTION_TEXT) {
            question->options = s->options;
            question->option_count = (size_t)(2 + random_below(random_below(10) == 0 ? OPTIONS_MAX - 1 : 7));
        }
    }
}

/* One member's answer to a question: each with its own inclination, some of which everyone shares. */
static size_t sample_marks(const struct question *question, uint16_t q, int64_t inclination, struct mark *marks)
{
    size_t options = question_option_count(question), count = 0;
    if (random_below(4) < inclination % 4)
        return 0;
    marks[count++] = (struct mark){q, MARK_ANSWERED};
    if (question->type == QUESTION_MULTI) {
        for (size_t o = 0; o < options; o++)
            if (random_below(5) < inclination % 6)
                marks[count++] = (struct mark){q, (uint16_t)o};
    } else if (question->type != QUESTION_TEXT) {
        int64_t most = 1 + inclination % (int64_t)options;
        marks[count++] = (struct mark){q, (uint16_t)random_below(most)};
    }
    return count;
}

static void sample_answers(struct sample *s, int64_t members)
{
    static struct mark marks[QUESTIONS * (1 + SCALE_MAX)];
    static uint16_t slots[1 + COUNT_OF(marks)];
    int64_t inclinations[QUESTIONS];
    for (size_t q = 0; q < QUESTIONS; q++)
        inclinations[q] = random_below(120);
    for (int64_t i = 0; i < members; i++) {
        struct ballot ballot = {.marks = marks};
        for (size_t q = 0; q < s->questionnaire.question_count; q++)
            ballot.mark_count +=
                sample_marks(&s->questions[q], (uint16_t)q, inclinations[q], marks + ballot.mark_count);
        tally_slots(s->layout, &ballot, slots);
        cr_assert_eq(tally_add(s->layout, s->counts, slots, tally_slot_count(&ballot), 1), 0);
    }
}

static void sample_init(struct sample *s)
{
    memset(s, 0, sizeof *s);
    sample_questions(s);
    s->round = (struct round){.id = any_text, .all_actions = true};
    s->panel = (struct panel){
        .questionnaires = &s->questionnaire, .questionnaire_count = 1, .rounds = &s->round, .round_count = 1};
    s->action = (struct action){.id = any_text, .title = any_text};
    s->actions = (struct action_list){.list = &s->action, .count = 1};
    s->layout = tally_layout_new(&s->questionnaire);
    cr_assert_not_null(s->layout);
    s->counts = mem_calloc(s->layout->slots, sizeof *s->counts);
    cr_assert_not_null(s->counts);
    s->source = (struct table_source){.panel = &s->panel, .layout = s->layout, .actions = &s->actions};
    s->source.rule =
        (struct disclosure_rule){.min_respondents = 1 + random_below(25), .round_to = 1 + random_below(12)};
    int64_t m = s->source.rule.min_respondents;
    sample_answers(s, random_below(3) == 0 ? m - 1 + random_below(3) : random_below(8 * m));
}

static void sample_free(struct sample *s)
{
    tally_layout_free(s->layout);
    mem_free(s->counts);
}

/* The three tables' rows, cell after cell. */
struct grid {
    struct cell summary[SUMMARY_WIDTH + QUESTIONS * (1 + OPTIONS_MAX)];
    struct cell questions[QUESTIONS * QUESTION_WIDTH];
    struct cell options[QUESTIONS * SCALE_MAX * OPTION_WIDTH];
    struct cell *next;
};

static int keep_row(void *context, const struct cell *cells, size_t count)
{
    struct grid *grid = context;
    memcpy(grid->next, cells, count * sizeof *cells);
    grid->next += count;
    return 0;
}

static void grid_fill(struct grid *grid, const struct sample *s)
{
    grid->next = grid->summary;
    cr_assert_eq(table_action(TABLE_SUMMARY, &s->source, 0, s->counts, keep_row, grid), 0);
    grid->next = grid->questions;
    cr_assert_eq(table_action(TABLE_QUESTIONS, &s->source, 0, s->counts, keep_row, grid), 0);
    grid->next = grid->options;
    cr_assert_eq(table_action(TABLE_OPTIONS, &s->source, 0, s->counts, keep_row, grid), 0);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->type == b->type && (a->type != CELL_INTEGER || a->integer == b->integer) &&
           (a->type != CELL_DECIMAL || a->decimal == b->decimal);
}

/* One question as the tables show it, and as it was answered. */
struct view {
    const struct question *question;
    const int64_t *raw; /* n, then the options */
    int64_t raw_respondents;
    const struct cell *summary, *row, *options; /* from the cell of n; the question's row; its first option's row */
    size_t option_count;
};

static bool must_be_silent(const struct disclosure_rule *rule, const struct view *v)
{
    bool alike = false;
    for (size_t o = 0; o < v->option_count; o++)
        alike = alike || (v->question->type != QUESTION_MULTI && v->raw[1 + o] == v->raw[0]);
    return v->raw_respondents < rule->min_respondents || v->raw[0] < rule->min_respondents || alike;
}

static void check_silent(const struct view *v, size_t q)
{
    size_t own = v->question->type == QUESTION_SCALE ? 7 : 1 + v->option_count;
    HOLDS(strcmp(v->row[11].text, "suppressed") == 0);
    for (size_t i = 0; i < own; i++)
        HOLDS(v->summary[i].type == CELL_EMPTY);
    for (size_t i = 4; i < 11; i++)
        HOLDS(v->row[i].type == CELL_EMPTY);
    for (size_t o = 0; o < v->option_count; o++) {
        const struct cell *option = v->options + o * OPTION_WIDTH;
        HOLDS(strcmp(option[9].text, "suppressed") == 0);
        for (size_t i = 4; i < 9; i++)
            HOLDS(option[i].type == CELL_EMPTY);
    }
}

static void check_count(const struct disclosure_rule *rule, const struct cell *cell, int64_t raw, size_t q)
{
    int64_t b = rule->exact ? 1 : rule->round_to;
    HOLDS(cell->type == CELL_INTEGER);
    HOLDS(cell->integer % b == 0);
    HOLDS(cell->integer >= 0);
    HOLDS(2 * (cell->integer - raw) <= b && 2 * (raw - cell->integer) < b);
}

/* What the options' rows say adds up to the scale's figures. */
static void check_scale(const struct view *v, size_t q)
{
    double n = (double)v->row[4].integer, sum = 0, squares = 0, sides[2] = {0};
    for (size_t o = 0; o < v->option_count; o++) {
        const struct cell *option = v->options + o * OPTION_WIDTH;
        double value = (double)option[3].integer, count = (double)option[4].integer;
        double middle = (double)(v->question->min + v->question->max) / 2;
        sum += value * count;
        squares += value * value * count;
        sides[0] += value > middle ? count : 0;
        sides[1] += value < middle ? count : 0;
    }
    HOLDS((v->row[5].type == CELL_DECIMAL) == (n >= 1) && (v->row[6].type == CELL_DECIMAL) == (n >= 2));
    for (size_t i = 0; i < 6; i++)
        HOLDS(same_cell(&v->row[5 + i], &v->summary[1 + i]));
    if (n < 1)
        return;
    HOLDS(fabs(v->row[5].decimal - sum / n) < 1e-9);
    if (n >= 2)
        HOLDS(fabs(v->row[6].decimal * v->row[6].decimal - (n * squares - sum * sum) / (n * (n - 1))) < 1e-6);
    HOLDS(v->row[8].decimal == sides[0] / n && v->row[9].decimal == sides[1] / n);
    HOLDS(v->row[10].decimal == (sides[0] - sides[1]) / n);
}

static void check_told(const struct disclosure_rule *rule, const struct view *v, size_t q)
{
    bool single = v->question->type == QUESTION_SCALE || v->question->type == QUESTION_CHOICE;
    int64_t n = v->row[4].integer, sum = 0;
    HOLDS(strcmp(v->row[11].text, "ok") == 0);
    HOLDS(same_cell(&v->row[4], &v->summary[0]));
    for (size_t o = 0; o < v->option_count; o++) {
        const struct cell *option = v->options + o * OPTION_WIDTH;
        int64_t count = option[4].integer;
        check_count(rule, &option[4], v->raw[1 + o], q);
        HOLDS(count <= n && option[5].integer == n);
        HOLDS((option[6].type == CELL_DECIMAL) == (n > 0));
        HOLDS(n == 0 || option[6].decimal == (double)count / (double)n);
        HOLDS(n == 0 || (option[7].decimal <= option[6].decimal + DBL_EPSILON &&
                         option[6].decimal <= option[8].decimal + DBL_EPSILON));
        HOLDS(v->question->type == QUESTION_SCALE || same_cell(&option[6], &v->summary[1 + o]));
        sum += count;
    }
    if (single)
        HOLDS(sum == n);
    else
        check_count(rule, &v->row[4], v->raw[0], q);
    if (v->question->type == QUESTION_SCALE)
        check_scale(v, q);
}

static size_t told_questions, silent_questions;

static void check_question(const struct disclosure_rule *rule, const struct view *v, size_t q)
{
    if (!rule->exact && must_be_silent(rule, v)) {
        check_silent(v, q);
        silent_questions++;
    } else {
        check_told(rule, v, q);
        told_questions++;
    }
}

static void check_sample(const struct sample *s)
{
    static struct grid grid;
    const struct disclosure_rule *rule = &s->source.rule;
    grid_fill(&grid, s);
    struct view v = {.raw_respondents = s->counts[0], .summary = grid.summary + SUMMARY_WIDTH, .row = grid.questions};
    v.options = grid.options;
    size_t q = 0;
    if (!rule->exact && v.raw_respondents < rule->min_respondents)
        HOLDS(grid.summary[7].type == CELL_EMPTY && strcmp(grid.summary[8].text, "suppressed") == 0);
    else
        check_count(rule, &grid.summary[7], v.raw_respondents, q);
    for (; q < s->questionnaire.question_count; q++) {
        v.question = &s->questions[q];
        v.raw = s->counts + s->layout->first[q];
        v.option_count = question_option_count(v.question);
        check_question(rule, &v, q);
        v.summary += v.question->type == QUESTION_SCALE ? 7 : 1 + v.option_count;
        v.row += QUESTION_WIDTH;
        v.options += v.option_count * OPTION_WIDTH;
    }
}

static void check_panels(bool exact)
{
    static struct sample s;
    told_questions = silent_questions = 0;
    for (uint64_t i = 0; i < PANELS; i++) {
        state = seed = FIRST_SEED + i;
        sample_init(&s);
        s.source.rule.exact = exact;
        check_sample(&s);
        sample_free(&s);
    }
}

Test(disclosure, holds_for_random_panels)
{
    check_panels(false);
    cr_assert_gt(told_questions, PANELS / 2); /* neither half was tested on a handful */
    cr_assert_gt(silent_questions, PANELS / 2);
}

Test(disclosure, exact_tables_of_random_panels_are_untouched)
{
    check_panels(true);
    cr_assert_eq(silent_questions, 0);
}
