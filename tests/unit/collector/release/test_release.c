/* Releases of the example panel, from the log to the bytes of their files: the first equals, byte for byte, what
 * another program worked out; later ones tell anew what enough members have said, and leave alone what stands. */
#include "base/mem.h"
#include "collector/log/tree.h"
#include "collector/release/release.h"
#include "collector/release/replay.h"
#include "collector/tables/csv.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define EXPECTED "fixtures/expected/release/"
#define MEMORY ((size_t)1 << 20)

static struct kit kit;
static struct kit_member members[KIT_EXAMPLE_MEMBERS];
static struct catalogue *catalogue;
static struct parallel *parallel;
static struct scratch scratch = {.folder = "/tmp"};
static size_t memory = MEMORY; /* that ballots and members may take, each */
static struct ballots *ballots;
static struct earlier *earlier;
static struct buf last_tables[RELEASE_TABLES];

static const struct questionnaire *questionnaire_now(void)
{
    return round_questionnaire(catalogue->panel, &catalogue->panel->rounds[0]);
}

static void setup(void)
{
    kit_begin();
    kit_open(&kit, store_faulty_new(kit_store_new(kit_dsn(NULL))));
    kit_start(&kit);
    kit_join(&kit, members, KIT_EXAMPLE_MEMBERS, 1);
    catalogue = catalogue_now(kit.shared.catalogues);
    parallel = parallel_new(2);
    earlier = earlier_new(questionnaire_now(), catalogue->actions);
    cr_assert(parallel && earlier);
    for (size_t t = 0; t < RELEASE_TABLES; t++)
        buf_init(&last_tables[t], KIT_TEXT_MAX);
}

static void teardown(void)
{
    for (size_t t = 0; t < RELEASE_TABLES; t++)
        buf_free(&last_tables[t]);
    for (size_t i = 0; i < KIT_EXAMPLE_MEMBERS; i++)
        kit_member_wipe(&members[i]);
    ballots_free(ballots);
    earlier_free(earlier);
    parallel_free(parallel);
    catalogue_release(catalogue);
    kit_close(&kit);
    kit_end();
}

TestSuite(release, .init = setup, .fini = teardown, .timeout = 120);

static struct replay_source replay_source_now(void)
{
    return (struct replay_source){.store = kit.store,
                                  .catalogue = catalogue,
                                  .size = kit_entries(kit.store),
                                  .parallel = parallel,
                                  .scratch = &scratch,
                                  .memory = memory};
}

static struct ballots *ballots_now(void)
{
    struct ballots *out =
        ballots_new(&scratch, memory, questionnaire_now(), catalogue_layout(catalogue, 0), catalogue->actions->count);
    cr_assert_not_null(out);
    return out;
}

static void read_ballots(void)
{
    const struct replay_source source = replay_source_now();
    struct error error = {0};
    ballots_free(ballots);
    ballots = ballots_now();
    cr_assert_eq(replay_ballots(&source, ballots, &error), 0, "%s", error.text);
}

static struct release_source release_source_of(int64_t number)
{
    struct release_source source = {.catalogue = catalogue,
                                    .number = number,
                                    .log_key = "burgerpanel/wau+00000000+key",
                                    .invited = 60,
                                    .enrolled = 60,
                                    .ballots = ballots_counts(ballots),
                                    .earlier = earlier};
    cr_assert_eq(tree_head(kit.store, &source.head, NULL), 0);
    return source;
}

/* Makes a release of the log as it is, which is then the last one. */
static struct release make_release(int64_t number)
{
    struct error error = {0};
    struct release release;
    read_ballots();
    const struct release_source source = release_source_of(number);
    cr_assert_eq(release_make(&source, &release, &error), 0, "%s", error.text);
    for (int t = 0; t < RELEASE_TABLES; t++) {
        char name[RELEASE_NAME_SIZE];
        snprintf(name, sizeof name, "%s.csv", table_name((enum table)t));
        const struct buf *text = &release_find_file(&release, name)->text;
        buf_free(&last_tables[t]);
        buf_put(&last_tables[t], text->data, text->len);
    }
    cr_assert_eq(earlier_add(earlier, (struct version){number, (int64_t)source.head.size}, last_tables, &error), 0,
                 "%s", error.text);
    return release;
}

static void assert_is_file(const struct release *release, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, EXPECTED "%s", name);
    struct buf expected = kit_file(path);
    const struct buf *actual = &release_find_file(release, name)->text;
    size_t same = 0, line = 1;
    for (; same < expected.len && same < actual->len && expected.data[same] == actual->data[same]; same++)
        line += expected.data[same] == '\n';
    cr_assert(same == expected.len && same == actual->len, "%s differs at line %zu, byte %zu", name, line, same);
    buf_free(&expected);
}

static void assert_is_as_expected(void)
{
    kit_respond_example(&kit, members);
    struct release release = make_release(1);
    assert_is_file(&release, "summary.csv");
    assert_is_file(&release, "questions.csv");
    assert_is_file(&release, "options.csv");
    cr_assert_null(release_find_file(&release, "comments.csv"));
    for (size_t i = 1; i < RELEASE_FILES; i++)
        cr_assert_lt(strcmp(release.files[i - 1].name, release.files[i].name), 0, "in order of name");
    release_wipe(&release);
}

Test(release, is_to_the_byte_what_another_program_makes)
{
    assert_is_as_expected();
}

Test(release, is_the_same_where_nothing_fits_in_memory)
{
    memory = 0;
    assert_is_as_expected();
}

Test(release, says_which_folder_has_no_room)
{
    kit_respond_example(&kit, members);
    scratch.folder = "/nonexistent/folder";
    memory = 0;
    const struct replay_source source = replay_source_now();
    struct error error = {0};
    ballots = ballots_now();
    cr_assert_eq(replay_ballots(&source, ballots, &error), -1);
    cr_assert_not_null(strstr(error.text, scratch.folder), "%s", error.text);
}

/* The line of a table that begins with a text. */
static void take_line(const struct release *release, const char *name, const char *begin, char out[static 1000])
{
    const struct buf *text = &release_find_file(release, name)->text;
    const char *line = strstr(buf_text(text), begin);
    cr_assert_not_null(line, "%s in %s", begin, name);
    size_t len = (size_t)(strchr(line, '\n') - line);
    cr_assert_lt(len, 1000);
    memcpy(out, line, len);
    out[len] = '\0';
}

#define TOLD "WA-1.03" /* 50 told respondents */
#define ANSWERS "{\"importance\":5,\"noticed\":\"yes\",\"satisfaction\":5}"

static size_t count_fresh(int64_t earlier_size)
{
    size_t action = (size_t)action_list_find(catalogue->actions, TOLD);
    read_ballots();
    return (size_t)ballots_fresh(ballots, action, kit_entries(kit.store), earlier_size);
}

Test(release, tells_a_block_anew_once_enough_are_fresh)
{
    char before[1000], after[1000];
    kit_respond_example(&kit, members);
    struct release first = make_release(1);
    int64_t size = kit_entries(kit.store);
    take_line(&first, "summary.csv", "round-1," TOLD, before);
    size_t responded = 0;
    while (count_fresh(size) < 9) {
        cr_assert_lt(responded, KIT_EXAMPLE_MEMBERS);
        kit_respond(&kit, &members[responded++], TOLD, 100, ANSWERS);
    }
    struct release second = make_release(2);
    take_line(&second, "summary.csv", "round-1," TOLD, after);
    cr_assert_str_eq(before, after, "nine are too few");
    cr_assert_not_null(strstr(after, ",1\r"));
    for (size_t i = 0; i < RELEASE_FILES; i++)
        if (strstr(second.files[i].name, ".csv") && !strstr(second.files[i].name, "metadata"))
            cr_assert_str_eq(buf_text(&first.files[i].text), buf_text(&second.files[i].text), "%s",
                             second.files[i].name);
    while (count_fresh(size) < 10)
        kit_respond(&kit, &members[responded++], TOLD, 100, ANSWERS);
    struct release third = make_release(3);
    take_line(&third, "summary.csv", "round-1," TOLD, after);
    cr_assert_str_neq(before, after);
    cr_assert_not_null(strstr(after, ",3\r"));
    take_line(&third, "options.csv", "round-1," TOLD ",importance,5", after);
    cr_assert_not_null(strstr(after, ",ok,3\r"));
    take_line(&third, "summary.csv", "round-1,WA-1.04", after);
    cr_assert_null(strstr(after, ",3\r"), "the others stand");
    release_wipe(&first);
    release_wipe(&second);
    release_wipe(&third);
}

Test(release, says_of_a_block_that_stands_what_the_action_list_says_now)
{
    char after[1000];
    kit_respond_example(&kit, members);
    struct release first = make_release(1);
    struct action *action = &catalogue->actions->list[action_list_find(catalogue->actions, TOLD)];
    const struct action was = *action;
    action->title = "=Anders";
    action->track = "";
    action->status = ACTION_STOPPED;
    struct release second = make_release(2);
    take_line(&second, "summary.csv", "round-1," TOLD, after);
    cr_assert_not_null(strstr(after, TOLD ",'=Anders,,"));
    cr_assert_not_null(strstr(after, ",stopped,50,ok,"));
    *action = was;
    release_wipe(&first);
    release_wipe(&second);
}

Test(release, describes_itself_in_all_that_stands_beside_its_tables)
{
    static const char *const wanted[] = {"\"release\":{\"number\":1,\"final\":false,\"size\":",
                                         ("\"disclosure\":{\"exact\":false,\"rule\":2,\"minRespondents\":10,"
                                          "\"roundTo\":5,\"minChanged\":10}"),
                                         "\"participation\":{\"invited\":60,\"enrolled\":60}", "\"release\""};
    kit_respond_example(&kit, members);
    struct release release = make_release(1);
    for (size_t i = 0; i < RELEASE_FILES; i++)
        for (size_t w = 0; strstr(release.files[i].name, "json") && w < sizeof wanted / sizeof *wanted; w++)
            cr_assert_not_null(strstr(buf_text(&release.files[i].text), wanted[w]), "%s: %s", release.files[i].name,
                               wanted[w]);
    cr_assert_not_null(
        strstr(buf_text(&release_find_file(&release, "datapackage.json")->text), "\"wau-round-1-release-1\""));
    release_wipe(&release);
}

/* Reads a table back and writes it again. */
static struct buf write_again(enum table table, const struct buf *text)
{
    const struct column_source columns = {.table = table, .questionnaire = questionnaire_now(), .released = true};
    struct stored_table *stored = stored_table_new(&columns, text->data, text->len, NULL);
    struct csv_writer writer;
    struct buf out;
    const struct cell *cells;
    size_t count, rows = 0;
    cr_assert_not_null(stored);
    buf_init(&out, KIT_TEXT_MAX);
    csv_begin(&writer, &out, &csv_rfc4180);
    cr_assert_eq(table_csv_header(&writer, &columns), 0);
    for (; stored_table_next(stored, &cells, &count, NULL) == STORED_ROW; rows++)
        cr_assert_eq(table_csv_row(&writer, cells, count), 0);
    cr_assert_gt(rows, 30);
    stored_table_free(stored);
    return out;
}

Test(release, is_read_back_to_the_byte)
{
    kit_respond_example(&kit, members);
    struct release release = make_release(1);
    for (int table = TABLE_SUMMARY; table <= TABLE_OPTIONS; table++) {
        struct buf again = write_again((enum table)table, &last_tables[table]);
        cr_assert_eq(again.len, last_tables[table].len, "%s", table_name((enum table)table));
        cr_assert_arr_eq(again.data, last_tables[table].data, again.len);
        buf_free(&again);
    }
    release_wipe(&release);
}

Test(release, refuses_a_table_that_is_none)
{
    static const char *const texts[] = {"",
                                        "a,b\r\n1,2\r\n",
                                        "round,action,question,option,count\r\nr,a,q,o,x\r\n",
                                        "round,action,question,option,share\r\nr,a,q,o,0.5\r\n",
                                        "round,action,question,option,share\r\nr,a,q,o,0.50000\r\n",
                                        "round,action,question,option,count\r\nr,a,importance,x,5\r\n",
                                        "round,action\r\nr,\"a\r\n"};
    const struct column_source columns = {
        .table = TABLE_OPTIONS, .questionnaire = questionnaire_now(), .released = true};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error = {0};
        const struct cell *cells;
        size_t count;
        struct stored_table *table = stored_table_new(&columns, texts[i], strlen(texts[i]), &error);
        if (table)
            cr_assert_eq(stored_table_next(table, &cells, &count, &error), STORED_FAILED, "%s", texts[i]);
        cr_assert_eq(error.kind, ERROR_DAMAGED, "%s", texts[i]);
        stored_table_free(table);
    }
}

Test(release, fails_when_the_log_can_not_be_read)
{
    kit_respond_example(&kit, members);
    read_ballots();
    unsigned n = 1;
    for (;; n++) {
        const struct replay_source source = replay_source_now();
        struct error error = {0};
        struct ballots *out = ballots_now();
        store_faulty_fail_at(kit.store, n);
        int result = replay_ballots(&source, out, &error);
        ballots_free(out);
        if (!store_faulty_verb(kit.store))
            break;
        cr_assert_eq(result, -1);
        cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
    }
    cr_assert_gt(n, 1);
}

Test(release, refuses_a_log_with_an_entry_that_nobody_accepted)
{
    struct error error = {0};
    int64_t at = kit_entries(kit.store);
    cr_assert_eq(store_entry_append(kit.store, at, "a.b.c", 5), STORE_OK);
    const struct replay_source source = replay_source_now();
    ballots = ballots_now();
    cr_assert_eq(replay_ballots(&source, ballots, &error), -1);
    cr_assert_eq(error.kind, ERROR_DAMAGED);
    cr_assert_not_null(strstr(error.text, "entry 60"), "%s", error.text);
}

Test(release, says_so_when_memory_lacks)
{
    kit_respond_example(&kit, members);
    struct release first = make_release(1);
    struct release_source source = release_source_of(2);
    unsigned long told = 0;
    for (unsigned long n = 1;; n += 1 + n / 50) {
        struct error error = {0};
        struct release release;
        mem_fail_at(n);
        int result = release_make(&source, &release, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result < 0, failed, "allocation %lu", n);
        if (result == 0)
            release_wipe(&release);
        if (!failed)
            break;
        cr_assert_eq(error.kind, ERROR_MEMORY, "allocation %lu: %s", n, error.text);
        told++;
    }
    cr_assert_gt(told, 50);
    release_wipe(&first);
}

Test(release, knows_earlier_ones_only_as_far_as_memory_reaches)
{
    kit_respond_example(&kit, members);
    struct release first = make_release(1);
    unsigned long told = 0;
    for (unsigned long n = 1;; n++) {
        struct error error = {0};
        mem_fail_at(n);
        struct earlier *other = earlier_new(questionnaire_now(), catalogue->actions);
        int result = other ? earlier_add(other, (struct version){1, 900}, last_tables, &error) : -1;
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result < 0, failed, "allocation %lu", n);
        earlier_free(other);
        if (!failed)
            break;
        told++;
    }
    cr_assert_gt(told, 20);
    release_wipe(&first);
}
