/* The tables of the example panel, its responses counted here, against those that another program worked out. */
#include "base/file.h"
#include "base/mem.h"
#include "collector/tables/csv.h"
#include "collector/tables/rows.h"
#include "panel/response.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1024 * 1024)
#define MEMBERS_MAX 200

/* A member's current response to an action. */
struct current {
    int64_t revision; /* 0: none */
    uint16_t *slots;
    size_t slot_count;
};

struct book {
    struct panel *panel;
    struct action_list *actions;
    struct tally_layout *layout;
    int64_t *counts; /* a vector for each action */
    struct current *currents; /* by member and action */
};

static void read_file(struct buf *text, const char *path)
{
    buf_init(text, FILE_MAX);
    cr_assert_eq(file_read(path, text), 0, "%s", path);
}

static void book_open(struct book *book)
{
    struct buf text;
    struct faults faults;
    faults_init(&faults);
    read_file(&text, "fixtures/panel.json");
    book->panel = panel_parse(text.data, text.len, &faults);
    cr_assert_not_null(book->panel);
    buf_free(&text);
    read_file(&text, "fixtures/actions.csv");
    book->actions = actions_parse_csv(text.data, text.len, &faults);
    cr_assert_not_null(book->actions);
    buf_free(&text);
    faults_free(&faults);
    book->layout = tally_layout_new(round_questionnaire(book->panel, &book->panel->rounds[0]));
    cr_assert_not_null(book->layout);
    book->counts = mem_calloc(book->actions->count * book->layout->slots, sizeof *book->counts);
    book->currents = mem_calloc(MEMBERS_MAX * book->actions->count, sizeof *book->currents);
    cr_assert(book->counts != NULL && book->currents != NULL);
}

static void book_close(struct book *book)
{
    for (size_t i = 0; i < MEMBERS_MAX * book->actions->count; i++)
        mem_free(book->currents[i].slots);
    mem_free(book->currents);
    mem_free(book->counts);
    tally_layout_free(book->layout);
    action_list_free(book->actions);
    panel_free(book->panel);
}

static void read_ballot(const struct book *book, const struct csv_row *row, int64_t revision, struct ballot *ballot)
{
    const struct round *round = &book->panel->rounds[0];
    struct response_claims claims = {.aud = book->panel->id,
                                     .round = round->id,
                                     .action = row->fields[1].text,
                                     .jti = "AAAAAAAAAAAAAAAAAAAAAA",
                                     .revision = revision,
                                     .iat = round->opens_at};
    struct buf answers, payload;
    struct response response;
    struct faults faults;
    struct error why = {0};
    buf_init(&answers, FILE_MAX);
    buf_init(&payload, FILE_MAX);
    faults_init(&faults);
    kit_put_answers(&answers, round_questionnaire(book->panel, round), row);
    claims.answers = answers.data;
    claims.answers_len = answers.len;
    response_put_claims(&payload, &claims);
    cr_assert_eq(response_parse(payload.data, payload.len, &response, &why), 0, "line %zu: %s", row->line, why.text);
    cr_assert_eq(response_check(&response, book->panel, book->actions, round->opens_at, ballot, &faults), 0, "line %zu",
                 row->line);
    response_free(&response);
    faults_free(&faults);
    buf_free(&payload);
    buf_free(&answers);
}

static int64_t *book_counts(const struct book *book, size_t action)
{
    return book->counts + action * book->layout->slots;
}

static void take_back(struct book *book, size_t action, struct current *current)
{
    int64_t *counts = book_counts(book, action);
    if (current->revision != 0)
        cr_assert_eq(tally_add(book->layout, counts, current->slots, current->slot_count, -1), 0);
    mem_free(current->slots);
    *current = (struct current){0};
}

static void count_row(struct book *book, const struct csv_row *row)
{
    long member = strtol(row->fields[0].text, NULL, 10), revision = strtol(row->fields[2].text, NULL, 10);
    cr_assert(member >= 0 && member < MEMBERS_MAX && revision > 0, "line %zu", row->line);
    struct ballot ballot;
    read_ballot(book, row, revision, &ballot);
    struct current *current = &book->currents[(size_t)member * book->actions->count + ballot.action];
    if (revision > current->revision) {
        take_back(book, ballot.action, current);
        current->revision = revision;
        current->slot_count = tally_slot_count(&ballot);
        current->slots = mem_alloc(current->slot_count * sizeof *current->slots);
        cr_assert_not_null(current->slots);
        tally_slots(book->layout, &ballot, current->slots);
        cr_assert_eq(tally_add(book->layout, book_counts(book, ballot.action), current->slots, current->slot_count, 1),
                     0);
    }
    ballot_free(&ballot);
}

/* Counts the rows of one revision, or with NULL all of them in the order of the file. */
static void count_responses(struct book *book, const char *revision)
{
    struct buf text;
    struct csv_row row;
    enum csv_result result;
    read_file(&text, "fixtures/responses.csv");
    struct csv_reader *reader = csv_reader_new(text.data, text.len, ',');
    cr_assert_not_null(reader);
    cr_assert_eq(csv_read(reader, &row, NULL), CSV_ROW);
    while ((result = csv_read(reader, &row, NULL)) == CSV_ROW)
        if (!revision || strcmp(row.fields[2].text, revision) == 0)
            count_row(book, &row);
    cr_assert_eq(result, CSV_END);
    csv_reader_free(reader);
    buf_free(&text);
}

static const struct disclosure_rule usual_rule = {.min_respondents = 10, .round_to = 5};

static struct table_source book_source(const struct book *book, bool exact)
{
    return (struct table_source){
        .panel = book->panel,
        .layout = book->layout,
        .actions = book->actions,
        .rule = exact ? NULL : &usual_rule,
        .release = 1,
    };
}

static void write_table(struct buf *out, enum table table, const struct table_source *source, const int64_t *counts,
                        const struct csv_format *format)
{
    const struct column_source columns = {.table = table,
                                          .questionnaire =
                                              round_questionnaire(source->panel, &source->panel->rounds[source->round]),
                                          .released = source->rule != NULL};
    struct csv_writer writer;
    buf_init(out, FILE_MAX);
    csv_begin(&writer, out, format);
    cr_assert_eq(table_csv_header(&writer, &columns), 0);
    for (size_t a = 0; a < source->actions->count; a++)
        cr_assert_eq(table_action(table, source, a, counts + a * source->layout->slots, table_csv_row, &writer), 0);
    cr_assert_eq(buf_check(out), 0);
}

static void assert_file_holds(const char *path, const struct buf *actual)
{
    struct buf expected;
    read_file(&expected, path);
    size_t same = 0, line = 1;
    for (; same < expected.len && same < actual->len && expected.data[same] == actual->data[same]; same++)
        line += expected.data[same] == '\n';
    cr_assert(same == expected.len && same == actual->len, "%s differs at line %zu, byte %zu", path, line, same);
    buf_free(&expected);
}

static void assert_tables_equal_fixtures(const struct book *book, bool exact)
{
    struct table_source source = book_source(book, exact);
    for (size_t t = 0; t < TABLE_COMMENTS; t++) {
        struct buf path, out;
        buf_init(&path, 200);
        buf_printf(&path, "fixtures/expected/%s/%s.csv", exact ? "exact" : "release", table_name((enum table)t));
        write_table(&out, (enum table)t, &source, book->counts, &csv_rfc4180);
        assert_file_holds(buf_text(&path), &out);
        buf_free(&out);
        buf_free(&path);
    }
}

static struct book book;

static void setup(void)
{
    book_open(&book);
}

static void teardown(void)
{
    book_close(&book);
}

TestSuite(tables_of_example, .init = setup, .fini = teardown);

Test(tables_of_example, equal_fixtures_when_exact)
{
    count_responses(&book, NULL);
    assert_tables_equal_fixtures(&book, true);
}

Test(tables_of_example, equal_fixtures_when_guarded)
{
    count_responses(&book, NULL);
    assert_tables_equal_fixtures(&book, false);
}

Test(tables_of_example, are_the_same_when_revisions_come_in_any_order)
{
    static const char *const revisions[] = {"2", "1", "3"};
    for (size_t i = 0; i < 3; i++)
        count_responses(&book, revisions[i]);
    assert_tables_equal_fixtures(&book, true);
    assert_tables_equal_fixtures(&book, false);
}

Test(tables_of_example, count_nothing_when_all_is_taken_back)
{
    count_responses(&book, NULL);
    for (size_t i = 0; i < MEMBERS_MAX * book.actions->count; i++)
        take_back(&book, i % book.actions->count, &book.currents[i]);
    for (size_t i = 0; i < book.actions->count * book.layout->slots; i++)
        cr_assert_eq(book.counts[i], 0);
}

/* Cell for cell what the other profile says, but for the comma in decimals. */
static void assert_same_cells(const struct csv_row *plain, const struct csv_row *excel)
{
    cr_assert_eq(plain->count, excel->count);
    for (size_t i = 0; i < plain->count; i++) {
        const struct csv_field *a = &plain->fields[i], *b = &excel->fields[i];
        cr_assert_eq(a->len, b->len, "line %zu, cell %zu", plain->line, i);
        bool is_decimal = a->len >= 6 && a->text[a->len - 5] == '.' && strspn(a->text, "-.0123456789") == a->len;
        for (size_t k = 0; k < a->len; k++)
            cr_assert_eq(b->text[k], is_decimal && a->text[k] == '.' ? ',' : a->text[k], "line %zu, cell %zu",
                         plain->line, i);
    }
}

static void assert_same_rows(const struct buf *plain, const struct buf *excel)
{
    struct csv_reader *first = csv_reader_new(plain->data, plain->len, ',');
    struct csv_reader *second = csv_reader_new(excel->data, excel->len, ';');
    struct csv_row a, b;
    cr_assert(first != NULL && second != NULL);
    while (csv_read(first, &a, NULL) == CSV_ROW) {
        cr_assert_eq(csv_read(second, &b, NULL), CSV_ROW);
        assert_same_cells(&a, &b);
    }
    cr_assert_eq(csv_read(second, &b, NULL), CSV_END);
    csv_reader_free(first);
    csv_reader_free(second);
}

Test(tables_of_example, say_the_same_as_excel_nl)
{
    count_responses(&book, NULL);
    for (size_t i = 0; i < 2 * TABLE_COMMENTS; i++) {
        enum table table = (enum table)(i / 2);
        struct table_source source = book_source(&book, i % 2 == 0);
        struct buf plain, excel;
        write_table(&plain, table, &source, book.counts, &csv_rfc4180);
        write_table(&excel, table, &source, book.counts, &csv_excel_nl);
        cr_assert_eq(memcmp(excel.data, "\xef\xbb\xbfround;action;", 16), 0);
        cr_assert_not_null(strstr(excel.data, ";0,2"));
        assert_same_rows(&plain, &excel);
        buf_free(&plain);
        buf_free(&excel);
    }
}

/* A small panel whose every cell is written out here. */

static struct option seen_options[] = {{.value = (char[]){"-yes"}}, {.value = (char[]){"no"}}};
static struct option way_options[] = {{.value = (char[]){"post"}}, {.value = (char[]){"web"}}};
static struct question small_questions[] = {
    {.id = (char[]){"mood"}, .type = QUESTION_SCALE, .min = -1, .max = 1},
    {.id = (char[]){"seen"}, .type = QUESTION_CHOICE, .options = seen_options, .option_count = 2},
    {.id = (char[]){"ways"}, .type = QUESTION_MULTI, .options = way_options, .option_count = 2},
    {.id = (char[]){"note"}, .type = QUESTION_TEXT, .max_length = 10},
};
static struct questionnaire small_questionnaire = {.questions = small_questions, .question_count = 4};
static struct round small_round = {.id = (char[]){"r1"}, .all_actions = true};
static struct panel small_panel = {
    .questionnaires = &small_questionnaire, .questionnaire_count = 1, .rounds = &small_round, .round_count = 1};
static struct action small_action = {.id = (char[]){"-A.1"},
                                     .title = (char[]){"=1+1"},
                                     .track = (char[]){"a, b"},
                                     .lead = (char[]){""},
                                     .related = (char[]){"x \"y\""},
                                     .status = ACTION_RUNNING};
static struct action_list small_actions = {.list = &small_action, .count = 1};

#define SUMMARY_NAMES                                                                                                  \
    "round,action,title,track,lead,related,status,respondents,disclosure,mood_n,mood_mean,mood_sd,mood_median,"        \
    "mood_positive,mood_negative,mood_net,seen_n,seen_-yes,seen_no,ways_n,ways_post,ways_web,note_n"
#define SUMMARY_HEADER SUMMARY_NAMES "\r\n"
#define QUESTIONS_NAMES "round,action,question,type,n,mean,sd,median,positive,negative,net,disclosure"
#define QUESTIONS_HEADER QUESTIONS_NAMES "\r\n"
#define OPTIONS_HEADER "round,action,question,option,count,n,share,ci_low,ci_high,disclosure\r\n"

/* respondents | mood: n -1 0 1 | seen: n -yes no | ways: n post web | note: n */
static const int64_t small_counts[] = {4, 4, 2, 1, 1, 0, 0, 0, 4, 4, 1, 2};

static void assert_small(enum table table, const struct disclosure_rule *rule, const int64_t *counts,
                         const char *expected)
{
    struct table_source source = {.panel = &small_panel, .actions = &small_actions, .rule = rule, .release = 7};
    struct tally_layout *layout = tally_layout_new(&small_questionnaire);
    struct buf out;
    source.layout = layout;
    write_table(&out, table, &source, counts, &csv_rfc4180);
    cr_assert_str_eq(buf_text(&out), expected);
    buf_free(&out);
    tally_layout_free(layout);
}

static const struct disclosure_rule strict_rule = {.min_respondents = 5, .round_to = 5};
static const struct disclosure_rule fine_rule = {.min_respondents = 3, .round_to = 3};

Test(tables, summary_tells_each_question_in_its_own_columns)
{
    assert_small(TABLE_SUMMARY, NULL, small_counts,
                 SUMMARY_HEADER "r1,'-A.1,'=1+1,\"a, b\",,\"x \"\"y\"\"\",running,4,ok,"
                                "4,-0.2500,0.9574,-0.5000,0.2500,0.5000,-0.2500,0,,,4,1.0000,0.2500,2\r\n");
}

Test(tables, questions_leave_empty_what_does_not_exist)
{
    assert_small(TABLE_QUESTIONS, NULL, small_counts,
                 QUESTIONS_HEADER "r1,'-A.1,mood,scale,4,-0.2500,0.9574,-0.5000,0.2500,0.5000,-0.2500,ok\r\n"
                                  "r1,'-A.1,seen,choice,0,,,,,,,ok\r\n"
                                  "r1,'-A.1,ways,multi,4,,,,,,,ok\r\n"
                                  "r1,'-A.1,note,text,2,,,,,,,ok\r\n");
}

Test(tables, options_write_a_scale_as_number_and_guard_a_text)
{
    assert_small(TABLE_OPTIONS, NULL, small_counts,
                 OPTIONS_HEADER "r1,'-A.1,mood,-1,2,4,0.5000,0.1500,0.8500,ok\r\n"
                                "r1,'-A.1,mood,0,1,4,0.2500,0.0456,0.6994,ok\r\n"
                                "r1,'-A.1,mood,1,1,4,0.2500,0.0456,0.6994,ok\r\n"
                                "r1,'-A.1,seen,'-yes,0,0,,,,ok\r\n"
                                "r1,'-A.1,seen,no,0,0,,,,ok\r\n"
                                "r1,'-A.1,ways,post,4,4,1.0000,0.5101,1.0000,ok\r\n"
                                "r1,'-A.1,ways,web,1,4,0.2500,0.0456,0.6994,ok\r\n");
}

#define RELEASED(header) header ",release\r\n"

Test(tables, keep_rows_and_columns_when_suppressed)
{
    assert_small(
        TABLE_SUMMARY, &strict_rule, small_counts,
        RELEASED(SUMMARY_NAMES) "r1,'-A.1,'=1+1,\"a, b\",,\"x \"\"y\"\"\",running,,suppressed,,,,,,,,,,,,,,,\r\n");
    assert_small(TABLE_QUESTIONS, &strict_rule, small_counts,
                 RELEASED(QUESTIONS_NAMES) "r1,'-A.1,mood,scale,,,,,,,,suppressed,\r\n"
                                           "r1,'-A.1,seen,choice,,,,,,,,suppressed,\r\n"
                                           "r1,'-A.1,ways,multi,,,,,,,,suppressed,\r\n"
                                           "r1,'-A.1,note,text,,,,,,,,suppressed,\r\n");
}

/* mood: sums 8, 14, 20 are told as 9, 15, 21; nobody answered seen. */
Test(tables, name_the_release_of_each_row_that_is_told)
{
    static const int64_t counts[] = {20, 20, 8, 6, 6, 0, 0, 0, 20, 12, 9, 15};
    assert_small(
        TABLE_SUMMARY, &fine_rule, counts,
        RELEASED(SUMMARY_NAMES) "r1,'-A.1,'=1+1,\"a, b\",,\"x \"\"y\"\"\",running,21,ok,21,-0.1429,0.8536,0.0000,"
                                "0.2857,0.4286,-0.1429,,,,21,0.5714,0.4286,15,7\r\n");
    assert_small(TABLE_QUESTIONS, &fine_rule, counts,
                 RELEASED(QUESTIONS_NAMES) "r1,'-A.1,mood,scale,21,-0.1429,0.8536,0.0000,0.2857,0.4286,-0.1429,ok,7\r\n"
                                           "r1,'-A.1,seen,choice,,,,,,,,suppressed,\r\n"
                                           "r1,'-A.1,ways,multi,21,,,,,,,ok,7\r\n"
                                           "r1,'-A.1,note,text,15,,,,,,,ok,7\r\n");
}

Test(tables, tell_no_sd_when_one_answered)
{
    static const int64_t one[] = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    assert_small(TABLE_QUESTIONS, NULL, one,
                 QUESTIONS_HEADER "r1,'-A.1,mood,scale,1,1.0000,,1.0000,1.0000,0.0000,1.0000,ok\r\n"
                                  "r1,'-A.1,seen,choice,0,,,,,,,ok\r\nr1,'-A.1,ways,multi,0,,,,,,,ok\r\n"
                                  "r1,'-A.1,note,text,0,,,,,,,ok\r\n");
}

static int stop_at_second(void *context, const struct cell *cells, size_t count)
{
    size_t *calls = context;
    (void)cells;
    (void)count;
    return ++*calls == 2 ? 7 : 0;
}

Test(tables, stop_when_the_taker_says_so)
{
    struct tally_layout *layout = tally_layout_new(&small_questionnaire);
    struct table_source source = {.panel = &small_panel, .layout = layout, .actions = &small_actions};
    size_t calls = 0;
    cr_assert_eq(table_action(TABLE_OPTIONS, &source, 0, small_counts, stop_at_second, &calls), 7);
    cr_assert_eq(calls, 2);
    calls = 0;
    cr_assert_eq(table_action(TABLE_QUESTIONS, &source, 0, small_counts, stop_at_second, &calls), 7);
    cr_assert_eq(calls, 2);
    calls = 1;
    cr_assert_eq(table_action(TABLE_SUMMARY, &source, 0, small_counts, stop_at_second, &calls), 7);
    tally_layout_free(layout);
}

Test(tables, give_no_row_when_memory_lacks)
{
    struct tally_layout *layout = tally_layout_new(&small_questionnaire);
    struct table_source source = {.panel = &small_panel, .layout = layout, .actions = &small_actions};
    size_t calls = 0;
    mem_fail_at(1);
    cr_assert_eq(table_action(TABLE_SUMMARY, &source, 0, small_counts, stop_at_second, &calls), -1);
    cr_assert_eq(calls, 0);
    mem_fail_at(0);
    tally_layout_free(layout);
}

/* What a row is held against: the columns that there should be. */
struct expectation {
    enum column_type types[64];
    bool required[64];
    size_t count;
};

static int note_column(void *context, const struct column *column)
{
    struct expectation *expected = context;
    expected->types[expected->count] = column->type;
    expected->required[expected->count++] = column->required;
    return 0;
}

static bool fits(const struct cell *cell, enum column_type type, bool required)
{
    switch (cell->type) {
    case CELL_EMPTY:
        return !required;
    case CELL_TEXT:
        return type == COLUMN_TEXT;
    case CELL_INTEGER:
        return type == COLUMN_COUNT || type == COLUMN_TEXT; /* an option on a scale is a number */
    case CELL_DECIMAL:
        return type == COLUMN_SHARE || type == COLUMN_BALANCE || type == COLUMN_FIGURE;
    }
    return false;
}

static int hold_against_columns(void *context, const struct cell *cells, size_t count)
{
    const struct expectation *expected = context;
    cr_assert_eq(count, expected->count);
    for (size_t i = 0; i < count; i++)
        cr_assert(fits(&cells[i], expected->types[i], expected->required[i]), "column %zu", i);
    return 0;
}

Test(tables, give_rows_with_a_cell_of_the_right_kind_for_each_column)
{
    static const struct disclosure_rule *const rules[] = {NULL, &strict_rule, &fine_rule};
    struct tally_layout *layout = tally_layout_new(&small_questionnaire);
    for (size_t i = 0; i < 3 * TABLE_COMMENTS; i++) {
        enum table table = (enum table)(i / 3);
        struct table_source source = {
            .panel = &small_panel, .layout = layout, .actions = &small_actions, .rule = rules[i % 3]};
        const struct column_source columns = {
            .table = table, .questionnaire = &small_questionnaire, .released = rules[i % 3] != NULL};
        struct expectation expected = {.count = 0};
        cr_assert_eq(columns_each(&columns, note_column, &expected), 0);
        cr_assert_eq(table_action(table, &source, 0, small_counts, hold_against_columns, &expected), 0);
    }
    tally_layout_free(layout);
}
