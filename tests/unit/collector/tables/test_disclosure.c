/* Disclosure control: against releases that another program worked out, against the example panel's first release, and
 * against its own promise, in every small world: no told table leaves a count only one value. */
#include "base/csv.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/tables/disclosure.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTORS "tests/vectors/protocol2/"

static const struct disclosure_rule usual = {.min_respondents = 10, .round_to = 5};

/* By hand. */

static struct question questions[] = {
    {.type = QUESTION_CHOICE, .option_count = 3, .required = true},
    {.type = QUESTION_SCALE,
     .min = 1,
     .max = 2,
     .required = true,
     .has_when = true,
     .when_question = 0,
     .when_option = 1},
    {.type = QUESTION_MULTI, .option_count = 2},
    {.type = QUESTION_TEXT, .max_length = 10},
};
static const struct questionnaire by_hand = {.questions = questions, .question_count = 4};
enum { NOTICED, SATISFIED, WAYS, NOTE };

static struct question_counts told[4];

/* Respondents; noticed: n and 3 options; satisfied: n and 2; ways: n and 2; note: n. */
static void tell(const int64_t counts[static 12])
{
    struct tally_layout *layout = tally_layout_new(&by_hand);
    cr_assert_not_null(layout);
    cr_assert_eq(layout->slots, 12);
    disclosure_questions(&usual, &by_hand, layout, counts, told);
    tally_layout_free(layout);
}

static void assert_told(size_t question, int64_t n, const int64_t *options)
{
    cr_assert_not(told[question].suppressed, "question %zu", question);
    cr_assert_eq(told[question].n, n, "n of %zu is %ld", question, (long)told[question].n);
    for (size_t o = 0; o < told[question].option_count; o++)
        cr_assert_eq(told[question].options[o], options[o], "option %zu of %zu is %ld", o, question,
                     (long)told[question].options[o]);
}

Test(disclosure, adds_up)
{
    tell((const int64_t[]){33, 33, 7, 18, 8, 18, 9, 9, 31, 12, 16, 22});
    assert_told(NOTICED, 35, (const int64_t[]){5, 20, 10}); /* sums 7, 25, 33 */
    assert_told(SATISFIED, 20, (const int64_t[]){10, 10}); /* sums from 7: 16, 25 */
    assert_told(WAYS, 30, (const int64_t[]){10, 15});
    assert_told(NOTE, 20, NULL);
}

Test(disclosure, tells_a_required_follow_up_as_often_as_its_option)
{
    for (int64_t before = 0; before < 12; before++)
        for (int64_t given = 15; given < 30; given++) {
            tell((const int64_t[]){before + given + 9, before + given + 9, before, given, 9, given, given / 2,
                                   given - given / 2, 0, 0, 0, 0});
            if (!told[NOTICED].suppressed && !told[SATISFIED].suppressed)
                cr_assert_eq(told[SATISFIED].n, told[NOTICED].options[1]);
        }
}

Test(disclosure, suppresses_what_is_not_enough_and_what_hangs_on_it)
{
    tell((const int64_t[]){12, 12, 4, 4, 4, 4, 2, 2, 12, 6, 6, 12});
    for (size_t q = 0; q < 4; q++)
        cr_assert(told[q].suppressed && told[q].n == 0 && told[q].options[0] == 0, "question %zu", q);
    cr_assert(disclosure_action(&usual, (const int64_t[]){12}).suppressed);
    cr_assert_eq(disclosure_action(&usual, (const int64_t[]){13}).respondents, 15);
    /* All alike: the question, and the one that is asked of those who said so. */
    tell((const int64_t[]){40, 40, 1, 38, 1, 38, 20, 18, 40, 20, 20, 9});
    cr_assert(told[NOTICED].suppressed && told[SATISFIED].suppressed && told[NOTE].suppressed);
    assert_told(WAYS, 40, (const int64_t[]){20, 20});
    /* A multi's option that everyone chose. */
    tell((const int64_t[]){40, 40, 10, 20, 10, 20, 10, 10, 30, 29, 3, 13});
    cr_assert(told[WAYS].suppressed);
    assert_told(NOTE, 15, NULL);
}

Test(disclosure, rounds_a_tie_up)
{
    const struct disclosure_rule even = {.min_respondents = 4, .round_to = 4};
    cr_assert_eq(disclosure_action(&even, (const int64_t[]){10}).respondents, 12);
    cr_assert_eq(disclosure_action(&even, (const int64_t[]){9}).respondents, 8);
    cr_assert(disclosure_action(&even, (const int64_t[]){5}).suppressed);
}

/* releases.json: an importance from 1 to 5 and a noticed of three options. */

static struct question released_questions[] = {
    {.id = (char[]){"importance"}, .type = QUESTION_SCALE, .min = 1, .max = 5, .required = true},
    {.id = (char[]){"noticed"}, .type = QUESTION_CHOICE, .option_count = 3, .required = true},
};
static const struct questionnaire released = {.questions = released_questions, .question_count = 2};

#define MEMBERS_MAX 200
#define SLOTS 11 /* respondents; n and 5 options; n and 3 options */

struct answer {
    int64_t importance, noticed; /* 0: none */
    int64_t index;
};

static int64_t integer_at(const struct json *object, const char *name)
{
    int64_t value = 0;
    cr_assert_eq(json_integer(json_member(object, name), &value), 0, "%s", name);
    return value;
}

static struct answer read_answer(const struct json *document, const struct json *entry)
{
    const struct json *answers = json_member(entry, "answers");
    const char *noticed = json_text(json_member(answers, "noticed"));
    struct answer answer = {.importance = integer_at(answers, "importance"), .index = integer_at(entry, "index")};
    int64_t place = 1;
    for (const struct json *o = json_first(json_member(document, "options")); o; o = json_next(o), place++)
        if (strcmp(json_text(o), noticed) == 0)
            answer.noticed = place;
    cr_assert_gt(answer.noticed, 0);
    return answer;
}

/* The counters of the log's first `size` entries. */
static void count_entries(const struct json *document, int64_t size, int64_t counts[static SLOTS])
{
    static struct answer answers[MEMBERS_MAX];
    memset(answers, 0, sizeof answers);
    memset(counts, 0, SLOTS * sizeof *counts);
    for (const struct json *e = json_first(json_member(document, "entries")); e; e = json_next(e)) {
        int64_t member = integer_at(e, "member");
        if (integer_at(e, "index") >= size)
            break;
        if (strcmp(json_text(json_member(e, "kind")), "response") == 0)
            answers[member] = read_answer(document, e);
        else
            answers[member] = (struct answer){0}; /* erased: its only entry */
    }
    for (size_t m = 0; m < MEMBERS_MAX; m++) {
        if (answers[m].importance == 0)
            continue;
        counts[0]++;
        counts[1]++;
        counts[1 + answers[m].importance]++;
        counts[7]++;
        counts[7 + answers[m].noticed]++;
    }
}

static void assert_question_told(const struct json *expected, const struct question_counts *actual, const char *what)
{
    if (json_type(expected) == JSON_NULL) {
        cr_assert(actual->suppressed, "%s", what);
        return;
    }
    size_t o = 0;
    cr_assert_not(actual->suppressed, "%s", what);
    for (const struct json *count = json_first(expected); count; count = json_next(count), o++) {
        int64_t value = -1;
        cr_assert_eq(json_integer(count, &value), 0);
        cr_assert_eq(actual->options[o], value, "%s: option %zu is %ld", what, o, (long)actual->options[o]);
    }
    cr_assert_eq(o, actual->option_count);
}

Test(disclosure, tells_each_release_as_another_program_does)
{
    struct buf text = kit_file(VECTORS "releases.json");
    struct json *document = json_parse(text.data, text.len, NULL);
    struct tally_layout *layout = tally_layout_new(&released);
    const struct disclosure_rule rule = {integer_at(document, "minRespondents"), integer_at(document, "roundTo")};
    int64_t counts[SLOTS] = {0};
    size_t checked = 0;
    cr_assert_eq(layout->slots, SLOTS);
    for (const struct json *r = json_first(json_member(document, "releases")); r; r = json_next(r)) {
        struct question_counts out[2];
        bool renewed = false, suppressed = false;
        const struct json *expected = json_member(r, "told");
        const char *what = json_text(json_member(r, "what"));
        cr_assert_eq(json_bool(json_member(r, "renewed"), &renewed), 0);
        (void)(json_bool(json_member(expected, "suppressed"), &suppressed) == 0);
        if (!renewed && !suppressed)
            continue; /* of an earlier version, which was looked at there */
        count_entries(document, integer_at(r, "size"), counts);
        disclosure_questions(&rule, &released, layout, counts, out);
        cr_assert_eq(disclosure_action(&rule, counts).suppressed, suppressed, "%s", what);
        checked++;
        if (suppressed)
            continue;
        cr_assert_eq(disclosure_action(&rule, counts).respondents, integer_at(expected, "respondents"), "%s", what);
        assert_question_told(json_member(expected, "importance"), &out[0], what);
        assert_question_told(json_member(expected, "noticed"), &out[1], what);
    }
    cr_assert_eq(checked, 6);
    tally_layout_free(layout);
    json_free(document);
    buf_free(&text);
}

/* The example panel: exact counts from its exact tables, told ones from its first release. */

struct cell_text {
    char action[65], question[65], option[65], n[24], count[24], disclosure[16];
};

struct cell_texts {
    struct cell_text *list;
    size_t count;
};

static void copy_field(char *out, size_t size, const struct csv_row *header, const struct csv_row *row,
                       const char *name)
{
    int place = csv_find(header, name);
    snprintf(out, size, "%s", place >= 0 ? row->fields[place].text : "");
}

/* Keeps the header's names while rows are read: the reader's fields last for one row only. */
static struct cell_texts read_rows(const char *path, const char *n_name)
{
    struct buf text = kit_file(path), names;
    struct cell_texts rows = {mem_calloc(2000, sizeof *rows.list), 0};
    struct csv_reader *reader = csv_reader_new(text.data, text.len, ',');
    struct csv_row row;
    struct csv_field fields[64];
    cr_assert(reader && rows.list);
    cr_assert_eq(csv_read(reader, &row, NULL), CSV_ROW);
    buf_init(&names, 10000);
    size_t at[64];
    for (size_t i = 0; i < row.count; i++) {
        at[i] = names.len;
        buf_put(&names, row.fields[i].text, row.fields[i].len + 1);
    }
    for (size_t i = 0; i < row.count; i++)
        fields[i] = (struct csv_field){names.data + at[i], strlen(names.data + at[i])};
    const struct csv_row header = {.fields = fields, .count = row.count};
    while (csv_read(reader, &row, NULL) == CSV_ROW) {
        struct cell_text *cell = &rows.list[rows.count++];
        copy_field(cell->action, sizeof cell->action, &header, &row, "action");
        copy_field(cell->question, sizeof cell->question, &header, &row, "question");
        copy_field(cell->option, sizeof cell->option, &header, &row, "option");
        copy_field(cell->n, sizeof cell->n, &header, &row, n_name);
        copy_field(cell->count, sizeof cell->count, &header, &row, "count");
        copy_field(cell->disclosure, sizeof cell->disclosure, &header, &row, "disclosure");
    }
    csv_reader_free(reader);
    buf_free(&names);
    buf_free(&text);
    return rows;
}

static const struct cell_text *find_row(const struct cell_texts *rows, const char *action, const char *question,
                                        size_t option)
{
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->list[i].action, action) == 0 && strcmp(rows->list[i].question, question) == 0)
            return &rows->list[i + option];
    cr_assert_fail("no row of %s, %s", action, question);
    return NULL;
}

static int64_t number_in(const char *text)
{
    int64_t number = -1;
    cr_assert_eq(number_read(text, 0, INT64_MAX, &number), 0, "'%s'", text);
    return number;
}

/* A told number beside the text of a cell: empty when suppressed. */
static void assert_cell(const char *text, bool suppressed, int64_t value, const char *action, const char *question)
{
    if (suppressed)
        cr_assert_str_eq(text, "", "%s, %s", action, question);
    else
        cr_assert_eq(number_in(text), value, "%s, %s: %s, not %ld", action, question, text, (long)value);
}

struct example {
    struct cell_texts summary, questions, options;
};

static struct example read_example(const char *folder)
{
    char path[100];
    struct example tables;
    snprintf(path, sizeof path, "%s/summary.csv", folder);
    tables.summary = read_rows(path, "respondents");
    snprintf(path, sizeof path, "%s/questions.csv", folder);
    tables.questions = read_rows(path, "n");
    snprintf(path, sizeof path, "%s/options.csv", folder);
    tables.options = read_rows(path, "n");
    return tables;
}

static void free_example(struct example *tables)
{
    mem_free(tables->summary.list);
    mem_free(tables->questions.list);
    mem_free(tables->options.list);
}

static void take_exact_counts(const struct example *exact, const char *action,
                              const struct questionnaire *questionnaire, const struct tally_layout *layout,
                              int64_t *counts)
{
    counts[TALLY_RESPONDENTS] = number_in(find_row(&exact->summary, action, "", 0)->n);
    for (size_t q = 0; q < questionnaire->question_count; q++) {
        const struct question *question = &questionnaire->questions[q];
        counts[layout->first[q]] = number_in(find_row(&exact->questions, action, question->id, 0)->n);
        for (size_t o = 0; o < question_option_count(question); o++)
            counts[layout->first[q] + 1 + o] = number_in(find_row(&exact->options, action, question->id, o)->count);
    }
}

static void assert_action_told(const struct example *release, const char *action,
                               const struct questionnaire *questionnaire, const struct tally_layout *layout,
                               const int64_t *counts)
{
    static struct question_counts out[16];
    struct action_counts whole = disclosure_action(&usual, counts);
    const struct cell_text *summary = find_row(&release->summary, action, "", 0);
    disclosure_questions(&usual, questionnaire, layout, counts, out);
    assert_cell(summary->n, whole.suppressed, whole.respondents, action, "");
    cr_assert_str_eq(summary->disclosure, whole.suppressed ? "suppressed" : "ok");
    for (size_t q = 0; q < questionnaire->question_count; q++) {
        const char *id = questionnaire->questions[q].id;
        const struct cell_text *row = find_row(&release->questions, action, id, 0);
        assert_cell(row->n, out[q].suppressed, out[q].n, action, id);
        cr_assert_str_eq(row->disclosure, out[q].suppressed ? "suppressed" : "ok", "%s, %s", action, id);
        for (size_t o = 0; o < out[q].option_count; o++)
            assert_cell(find_row(&release->options, action, id, o)->count, out[q].suppressed, out[q].options[o], action,
                        id);
    }
}

TestSuite(disclosure_example, .init = kit_begin, .fini = kit_end, .timeout = 60);

Test(disclosure_example, is_told_as_another_program_does)
{
    struct store *store = kit_store_new(kit_dsn(NULL));
    struct catalogue *catalogue = catalogue_load(store, NULL);
    struct example exact = read_example("fixtures/expected/exact"), release = read_example("fixtures/expected/release");
    const struct tally_layout *layout = catalogue_layout(catalogue, 0);
    const struct questionnaire *questionnaire = &catalogue->panel->questionnaires[0];
    int64_t *counts = mem_calloc(layout->slots, sizeof *counts);
    for (size_t a = 0; a < catalogue->actions->count; a++) {
        const char *action = catalogue->actions->list[a].id;
        take_exact_counts(&exact, action, questionnaire, layout, counts);
        assert_action_told(&release, action, questionnaire, layout, counts);
    }
    mem_free(counts);
    free_example(&exact);
    free_example(&release);
    catalogue_release(catalogue);
    store_close(store);
}

/* Every world of up to WORLD members who answered a required choice of three options and its follow-up of two: worlds
 * that are told alike must leave each count more than one value. */

#define WORLD 15
#define KEYS (1 << 20)

static const struct disclosure_rule small = {.min_respondents = 3, .round_to = 3};

/* Lowest and highest of what a count is in the worlds of one key. */
struct span {
    uint8_t low, high;
};
static struct span spans[KEYS][5]; /* three options, two of the follow-up */
static bool seen[KEYS], cut[KEYS];

static unsigned world_key(const int64_t *counts, struct question_counts out[2])
{
    unsigned key = (unsigned)(disclosure_action(&small, counts).respondents / 3);
    for (size_t o = 0; o < 3; o++)
        key = key * 6 + (unsigned)(out[0].options[o] / 3);
    for (size_t o = 0; o < 2; o++)
        key = key * 6 + (unsigned)(out[1].options[o] / 3);
    key = (key * 2 + out[0].suppressed) * 2 + out[1].suppressed;
    cr_assert_lt(key, KEYS);
    return key;
}

static void note_world(const struct tally_layout *layout, const int64_t values[5])
{
    int64_t members = values[0] + values[1] + values[2];
    const int64_t counts[] = {members,   members,   values[0], values[1], values[2], values[1],
                              values[3], values[4], 0,         0,         0,         0};
    struct question_counts out[4];
    disclosure_questions(&small, &by_hand, layout, counts, out);
    unsigned key = world_key(counts, out);
    for (size_t i = 0; i < 5; i++) {
        struct span *span = &spans[key][i];
        if (!seen[key] || values[i] < span->low)
            span->low = (uint8_t)values[i];
        if (!seen[key] || values[i] > span->high)
            span->high = (uint8_t)values[i];
    }
    seen[key] = true;
    cut[key] = cut[key] || members == WORLD; /* there would be more of this key */
}

Test(disclosure, leaves_no_count_only_one_value)
{
    struct tally_layout *layout = tally_layout_new(&by_hand);
    size_t keys = 0;
    for (int64_t a = 0; a <= WORLD; a++)
        for (int64_t b = 0; a + b <= WORLD; b++)
            for (int64_t c = 0; a + b + c <= WORLD; c++)
                for (int64_t first = 0; first <= b; first++)
                    note_world(layout, (const int64_t[]){a, b, c, first, b - first});
    for (size_t key = 0; key < KEYS; key++) {
        if (!seen[key] || cut[key])
            continue;
        keys++;
        for (size_t i = 0; i < 5; i++)
            cr_assert_lt(spans[key][i].low, spans[key][i].high, "key %zu: count %zu is %d", key, i, spans[key][i].low);
    }
    cr_assert_gt(keys, 30, "only %zu keys", keys);
    tally_layout_free(layout);
}

/* Exact. */

Test(disclosure, leaves_all_as_it_is_without_a_rule)
{
    const int64_t counts[] = {3, 3, 0, 3, 0, 3, 1, 2, 0, 0, 0, 1};
    struct tally_layout *layout = tally_layout_new(&by_hand);
    disclosure_questions(NULL, &by_hand, layout, counts, told);
    assert_told(NOTICED, 3, (const int64_t[]){0, 3, 0});
    assert_told(SATISFIED, 3, (const int64_t[]){1, 2});
    assert_told(WAYS, 0, (const int64_t[]){0, 0});
    cr_assert_eq(disclosure_action(NULL, counts).respondents, 3);
    cr_assert_not(disclosure_action(NULL, (const int64_t[]){0}).suppressed);
    tally_layout_free(layout);
}
