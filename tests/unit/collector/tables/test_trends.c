/* Trends over made-up releases of three rounds, against rows that are worked out here. */
#include "base/mem.h"
#include "collector/tables/csv.h"
#include "collector/tables/trends.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEADER "round,action,question,option,count,n,share,ci_low,ci_high,disclosure,release\r\n"
#define LABEL(text) "{\"nl\":\"" text "\"}"
#define SCALE(id, min, max)                                                                                            \
    "{\"id\":\"" id "\",\"label\":" LABEL("x") ",\"type\":\"scale\",\"required\":true,\"min\":" min ",\"max\":" max "}"
#define CHOICE(id)                                                                                                     \
    "{\"id\":\"" id "\",\"label\":" LABEL("x") ",\"type\":\"choice\",\"required\":true,\"options\":["                  \
                                               "{\"value\":\"yes\",\"label\":" LABEL(                                  \
                                                   "x") "},{\"value\":\"no\",\"label\":" LABEL("x") "}]}"
#define ROUND(id, year, questionnaire)                                                                                 \
    "{\"id\":\"" id "\",\"title\":" LABEL("x") ",\"opensAt\":\"" year "-01-01T01:00:00+01:00\",\"closesAt\":\"" year   \
                                               "-07-01T00:00:00Z\",\"questionnaire\":\"" questionnaire                 \
                                               "\",\"actions\":\"all\"}"

static const char definition[] = "{\"id\":\"p\",\"title\":" LABEL(
    "x") ",\"questionnaires\":["
         "{\"id\":\"old\",\"questions\":[" SCALE("trust", "1", "3") "," SCALE("use", "0", "1") "," CHOICE(
             "seen") "]},"
                     "{\"id\":\"new\",\"questions\":[" SCALE("use", "0", "2") "," SCALE(
                         "trust", "1", "3") "]}],"
                                            "\"rounds\":[" ROUND("r1", "2026", "old") "," ROUND(
                                                "r2", "2027", "new") "," ROUND("r3", "2028", "new") "]}";

struct world {
    struct panel *panel;
    struct action_list *actions;
    struct trends *trends;
    struct buf text; /* of the rows */
    size_t rows;
};

static void world_open(struct world *w)
{
    struct faults faults;
    faults_init(&faults);
    w->panel = panel_parse(definition, strlen(definition), &faults);
    cr_assert_not_null(w->panel, "%s", faults.count > 0 ? faults.list[0].what : "");
    w->actions = action_list_new();
    cr_assert_not_null(w->actions);
    const char *ids[] = {"b", "-a"};
    for (size_t i = 0; i < 2; i++) {
        struct action action = {ids[i], "T", "", "", "", ACTION_RUNNING};
        cr_assert_eq(action_list_add(w->actions, &action), 0);
    }
    cr_assert_eq(action_list_index(w->actions), 0);
    w->trends = trends_new(w->panel, w->actions);
    cr_assert_not_null(w->trends);
    buf_init(&w->text, SIZE_MAX);
    w->rows = 0;
    faults_free(&faults);
}

static void world_close(struct world *w)
{
    buf_free(&w->text);
    trends_free(w->trends);
    action_list_free(w->actions);
    panel_free(w->panel);
}

static void add_release(struct world *w, size_t round, const char *options)
{
    struct error error = {0};
    cr_assert_eq(trends_add_release(w->trends, round, options, strlen(options), &error), 0, "%s", error.text);
    trends_index(w->trends);
}

static int take_row(void *context, const struct cell *cells, size_t count)
{
    struct world *w = context;
    struct csv_writer writer = {.out = &w->text, .format = &csv_rfc4180};
    cr_assert_eq(count, 16);
    w->rows++;
    return table_csv_row(&writer, cells, count);
}

static const char *rows_wanted(struct world *w, const struct trends_wish *wish)
{
    buf_reset(&w->text);
    w->rows = 0;
    cr_assert_eq(trends_each(w->trends, wish, take_row, w), 0);
    return buf_text(&w->text);
}

static const char *rows_of(struct world *w, const char *action, const char *question)
{
    struct wanted_actions wanted;
    cr_assert_eq(wanted_read(action, &wanted), 0);
    return rows_wanted(w, &(struct trends_wish){.actions = &wanted, .question = question});
}

/* 5 5 10 on 1 to 3: mean 45/20, variance (20·115 − 45²)/380 = 275/380; 10 above, 5 below. */
static const char told_r1[] = HEADER "r1,'-a,trust,1,5,20,,,,ok,2\r\n"
                                     "r1,'-a,trust,2,5,20,,,,ok,2\r\n"
                                     "r1,'-a,trust,3,10,20,,,,ok,2\r\n"
                                     "r1,'-a,use,0,5,20,,,,ok,2\r\n"
                                     "r1,'-a,use,1,15,20,,,,ok,2\r\n"
                                     "r1,'-a,seen,yes,10,20,,,,ok,2\r\n"
                                     "r1,'-a,seen,no,10,20,,,,ok,2\r\n"
                                     "r1,gone,trust,1,,,,,,suppressed,\r\n"
                                     "r1,gone,trust,2,,,,,,suppressed,\r\n"
                                     "r1,gone,trust,3,,,,,,suppressed,\r\n"
                                     "r1,b,trust,1,,,,,,suppressed,\r\n"
                                     "r1,b,trust,2,,,,,,suppressed,\r\n"
                                     "r1,b,trust,3,,,,,,suppressed,\r\n";

static const char told_r3[] = HEADER "r3,b,use,0,0,15,,,,ok,1\r\n"
                                     "r3,b,use,1,0,15,,,,ok,1\r\n"
                                     "r3,b,use,2,15,15,,,,ok,1\r\n"
                                     "r3,b,trust,1,5,15,,,,ok,1\r\n"
                                     "r3,b,trust,2,10,15,,,,ok,1\r\n"
                                     "r3,b,trust,3,0,15,,,,ok,1\r\n";

static void assert_row(const char *text, size_t line, const char *start, double mean, double sd, double n, double above,
                       double below)
{
    const double z = 1.959963984540054;
    char expected[512];
    double p = (above + 1) / (n + 2), m = (below + 1) / (n + 2), half = z * sqrt((p + m - (p - m) * (p - m)) / (n + 2));
    snprintf(expected, sizeof expected, "%s,%.0f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,ok", start, n, mean,
             mean - z * sd / sqrt(n), mean + z * sd / sqrt(n), above / n, below / n, (above - below) / n, p - m - half,
             fmin(1, p - m + half));
    for (; line > 0; line--)
        text = strstr(text, "\r\n") + 2;
    cr_assert(strncmp(text, expected, strlen(expected)) == 0, "%s\nis not\n%s", text, expected);
}

Test(trends, rows_stand_by_action_question_and_round)
{
    struct world w;
    world_open(&w);
    add_release(&w, 0, told_r1);
    add_release(&w, 2, told_r3);
    const char *text = rows_of(&w, NULL, NULL);
    cr_assert_eq(w.rows, 4, "%s", text);
    cr_assert(strncmp(text, "b,trust,r1,2026-01-01T00:00:00Z,2026-07-01T00:00:00Z,,,,,,,,,,,suppressed\r\n", 75) == 0,
              "%s", text);
    assert_row(text, 1, "b,trust,r3,2028-01-01T00:00:00Z,2028-07-01T00:00:00Z,1", 25.0 / 15,
               sqrt((15 * 45 - 625) / (15.0 * 14)), 15, 0, 5);
    assert_row(text, 2, "b,use,r3,2028-01-01T00:00:00Z,2028-07-01T00:00:00Z,1", 2, 0, 15, 15, 0);
    assert_row(text, 3, "'-a,trust,r1,2026-01-01T00:00:00Z,2026-07-01T00:00:00Z,2", 2.25, sqrt(275.0 / 380), 20, 10, 5);
    world_close(&w);
}

/* "use" went from 0–1 to 0–2 between the rounds: its rows of the first are no part of that trend any more. */
Test(trends, another_scale_under_the_same_id_gives_no_row)
{
    struct world w;
    world_open(&w);
    add_release(&w, 0, told_r1);
    rows_of(&w, NULL, "use");
    cr_assert_eq(w.rows, 1);
    add_release(&w, 2, told_r3);
    const char *text = rows_of(&w, NULL, "use");
    cr_assert_eq(w.rows, 1);
    cr_assert(strncmp(text, "b,use,r3,", 9) == 0, "%s", text);
    world_close(&w);
}

Test(trends, rows_are_those_that_are_named)
{
    struct world w;
    world_open(&w);
    add_release(&w, 0, told_r1);
    add_release(&w, 2, told_r3);
    rows_of(&w, "-a", NULL);
    cr_assert_eq(w.rows, 1);
    rows_of(&w, "b", "trust");
    cr_assert_eq(w.rows, 2);
    rows_of(&w, "b", "seen");
    cr_assert_eq(w.rows, 0);
    rows_of(&w, "c", NULL);
    cr_assert_eq(w.rows, 0);
    world_close(&w);
}

static int count_column(void *context, const struct column *column)
{
    (void)column;
    ++*(size_t *)context;
    return 0;
}

Test(trends, have_a_cell_for_each_column_and_one_table_in_every_form)
{
    struct world w;
    size_t columns = 0;
    uint64_t rows;
    struct wanted_actions b, none;
    cr_assert_eq(wanted_read("b", &b), 0);
    cr_assert_eq(wanted_read("none", &none), 0);
    world_open(&w);
    add_release(&w, 2, told_r3);
    cr_assert_eq(columns_each(&(struct column_source){.table = TABLE_TRENDS}, count_column, &columns), 0);
    cr_assert_eq(columns, 16, "as take_row asks of each row");
    buf_reset(&w.text);
    cr_assert_eq(
        trends_put(w.trends, &(struct trends_wish){.actions = &b, .question = "use"}, &csv_excel_nl, &w.text, &rows),
        0);
    cr_assert_eq(rows, 1);
    cr_assert_not_null(strstr(buf_text(&w.text), ";opens_at;"));
    cr_assert_not_null(strstr(buf_text(&w.text), ";15;2,0000;2,0000;2,0000;1,0000;0,0000;1,0000;"));
    buf_reset(&w.text);
    cr_assert_eq(trends_put(w.trends, &(struct trends_wish){.actions = &b, .question = "use"}, NULL, &w.text, &rows),
                 0);
    cr_assert_not_null(strstr(buf_text(&w.text), "\"release\":1,\"n\":15,\"mean\":2.0000,\"mean_low\":2.0000"));
    buf_reset(&w.text);
    cr_assert_eq(trends_put(w.trends, &(struct trends_wish){.actions = &none}, NULL, &w.text, &rows), 0);
    cr_assert_eq(rows, 0);
    world_close(&w);
}

/* The actions and rounds of the rows, one a line. */
static void assert_rows(struct world *w, const struct trends_wish *wish, const char *expected)
{
    char told[256] = "";
    const char *text = rows_wanted(w, wish);
    for (size_t i = 0, len = 0; i < w->rows; i++, text = strstr(text, "\r\n") + 2) {
        char action[16], question[16], round[16];
        cr_assert_eq(sscanf(text, "%15[^,],%15[^,],%15[^,]", action, question, round), 3);
        len += (size_t)snprintf(told + len, sizeof told - len, "%s %s %s\n", action, question, round);
    }
    cr_assert_str_eq(told, expected);
}

Test(trends, stand_by_a_figure_where_that_is_asked_those_without_one_last)
{
    struct world w;
    world_open(&w);
    add_release(&w, 0, told_r1);
    add_release(&w, 2, told_r3);
    assert_rows(&w, &(struct trends_wish){.order = TRENDS_BY_MEAN, .highest_first = true},
                "'-a trust r1\nb use r3\nb trust r3\nb trust r1\n");
    assert_rows(&w, &(struct trends_wish){.order = TRENDS_BY_MEAN}, "b trust r3\nb use r3\n'-a trust r1\nb trust r1\n");
    assert_rows(&w, &(struct trends_wish){.order = TRENDS_BY_NET, .highest_first = true},
                "b use r3\n'-a trust r1\nb trust r3\nb trust r1\n");
    assert_rows(&w, &(struct trends_wish){.order = TRENDS_BY_N, .highest_first = true},
                "'-a trust r1\nb trust r3\nb use r3\nb trust r1\n");
    assert_rows(&w, &(struct trends_wish){.order = TRENDS_BY_N}, "b trust r3\nb use r3\n'-a trust r1\nb trust r1\n");
    world_close(&w);
}

Test(trends, are_those_of_one_round_and_no_more_than_are_asked_for)
{
    struct world w;
    world_open(&w);
    add_release(&w, 0, told_r1);
    add_release(&w, 2, told_r3);
    assert_rows(&w, &(struct trends_wish){.round = "r3"}, "b trust r3\nb use r3\n");
    assert_rows(&w, &(struct trends_wish){.round = "r2"}, "");
    assert_rows(&w, &(struct trends_wish){.limit = 1}, "b trust r1\n");
    assert_rows(&w, &(struct trends_wish){.limit = 9, .round = "r1"}, "b trust r1\n'-a trust r1\n");
    assert_rows(&w, &(struct trends_wish){.order = TRENDS_BY_MEAN, .highest_first = true, .limit = 2},
                "'-a trust r1\nb use r3\n");
    world_close(&w);
}

Test(trends, are_empty_while_nothing_is_released)
{
    struct world w;
    world_open(&w);
    cr_assert_str_eq(rows_of(&w, NULL, NULL), "");
    world_close(&w);
}

Test(trends, refuse_what_is_no_options_table_of_that_round)
{
    static const char *const bad[] = {
        "",
        "action,round\r\n",
        HEADER "r1,b,trust\r\n",
        HEADER "r1,b,trust,4,5,5,,,,ok,1\r\n",
        HEADER "r1,b,trust,x,5,5,,,,ok,1\r\n",
        HEADER "r1,b,trust,1,-5,5,,,,ok,1\r\n",
        HEADER "r1,b,trust,1,5,5,,,,ok,\r\n",
        HEADER "r1,b,other,1,5,5,,,,ok,1\r\n",
        HEADER "r1,b,\"trust,1,5,5,,,,ok,1\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct world w;
        struct error error = {0};
        world_open(&w);
        cr_assert_eq(trends_add_release(w.trends, 0, bad[i], strlen(bad[i]), &error), -1, "%zu", i);
        cr_assert_eq(error.kind, ERROR_DAMAGED, "%zu: %s", i, error.text);
        world_close(&w);
    }
}

/* A table from a release, or an error. */
static int make_table(const struct world *w, struct buf *out, struct error *error)
{
    uint64_t rows;
    struct trends *trends = trends_new(w->panel, w->actions);
    int result = trends ? trends_add_release(trends, 0, told_r1, strlen(told_r1), error) : error_no_memory(error);
    if (result == 0 &&
        (trends_put(trends, &(struct trends_wish){0}, &csv_rfc4180, out, &rows) < 0 || buf_check(out) < 0))
        result = error_no_memory(error);
    trends_free(trends);
    return result;
}

Test(trends, say_so_when_memory_lacks)
{
    struct world w;
    unsigned long n = 1;
    world_open(&w);
    for (;; n++) {
        struct error error = {0};
        struct buf out;
        buf_init(&out, SIZE_MAX);
        mem_fail_at(n);
        int result = make_table(&w, &out, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        buf_free(&out);
        if (!failed)
            break;
        cr_assert_eq(result, -1, "allocation %lu", n);
        cr_assert_eq(error.kind, ERROR_MEMORY, "allocation %lu: %s", n, error.text);
    }
    cr_assert_gt(n, 10);
    world_close(&w);
}
