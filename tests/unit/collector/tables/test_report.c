/* From signed responses to tables: the example's responses go through submit and ledger, and the tables that come out
 * of the store's counters are, byte for byte, those that another program worked out. */
#include "base/file.h"
#include "base/json.h"
#include "collector/tables/report.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/store_faulty.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS 60

static struct kit kit;
static struct kit_member members[MEMBERS];

static void setup(void)
{
    kit_begin();
    kit_open(&kit, store_faulty_new(kit_store_new("sqlite::memory:")));
    kit_start(&kit);
    kit_join(&kit, members, MEMBERS, 1);
}

static void teardown(void)
{
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(report, .init = setup, .fini = teardown, .timeout = 120);

/* The answers of a row of responses.csv as a JSON object; a blank is no answer. */
static void put_answers(struct buf *out, const struct questionnaire *questionnaire, const struct csv_row *row)
{
    struct faults faults;
    faults_init(&faults);
    buf_put_char(out, '{');
    for (size_t q = 0; q < questionnaire->question_count; q++) {
        const struct csv_field *field = &row->fields[3 + q];
        if (field->len == 0)
            continue;
        if (out->len > 1)
            buf_put_char(out, ',');
        json_put_text(out, questionnaire->questions[q].id);
        buf_put_char(out, ':');
        cr_assert_eq(answer_put(out, &questionnaire->questions[q], field->text, '|', &faults), 0, "line %zu",
                     row->line);
    }
    buf_put_char(out, '}');
    faults_free(&faults);
}

/* A later revision may stand before an earlier one, which then comes too late. */
static void send_row(const struct questionnaire *questionnaire, const struct csv_row *row)
{
    struct parcel parcel;
    struct buf answers;
    long member = strtol(row->fields[0].text, NULL, 10), revision = strtol(row->fields[2].text, NULL, 10);
    cr_assert(member >= 1 && member <= MEMBERS && revision >= 1, "line %zu", row->line);
    buf_init(&answers, KIT_TEXT_MAX);
    put_answers(&answers, questionnaire, row);
    parcel_respond(&parcel, &kit, &members[member - 1], row->fields[1].text, revision, buf_text(&answers));
    cr_assert_eq(parcels_apply(&kit, &parcel, 1), 0);
    const struct submission *s = parcel.submission;
    cr_assert(s->verdict == VERDICT_ACCEPTED ||
              (s->verdict == VERDICT_REFUSED && s->problem == PROBLEM_STALE_REVISION));
    parcel_free(&parcel);
    buf_free(&answers);
}

static void send_all(const struct catalogue *catalogue)
{
    struct buf text = kit_file("fixtures/responses.csv");
    struct csv_reader *reader = csv_reader_new(text.data, text.len, ',');
    struct csv_row row;
    const char *why;
    enum csv_result result;
    cr_assert_not_null(reader);
    cr_assert_eq(csv_read(reader, &row, &why), CSV_ROW);
    while ((result = csv_read(reader, &row, &why)) == CSV_ROW)
        send_row(round_questionnaire(catalogue->panel, &catalogue->panel->rounds[0]), &row);
    cr_assert_eq(result, CSV_END);
    csv_reader_free(reader);
    buf_free(&text);
}

static void assert_equals_file(const struct buf *actual, const char *path)
{
    struct buf expected = kit_file(path);
    size_t same = 0, line = 1;
    for (; same < expected.len && same < actual->len && expected.data[same] == actual->data[same]; same++)
        line += expected.data[same] == '\n';
    cr_assert(same == expected.len && same == actual->len, "%s differs at line %zu, byte %zu", path, line, same);
    buf_free(&expected);
}

static struct report report_on(const struct catalogue *catalogue, bool exact)
{
    return (struct report){
        .catalogue = catalogue, .round = 0, .exact = exact, .counts = report_store_counts, .context = kit.store};
}

static void assert_tables(const struct catalogue *catalogue, bool exact)
{
    struct report report = report_on(catalogue, exact);
    for (int table = 0; table < TABLE_COUNT; table++) {
        struct csv_writer writer;
        struct buf out, path;
        buf_init(&out, KIT_TEXT_MAX);
        buf_init(&path, 200);
        buf_printf(&path, "fixtures/expected/%s/%s.csv", exact ? "exact" : "release", table_name((enum table)table));
        csv_begin(&writer, &out, &csv_rfc4180);
        cr_assert_eq(report_put_table(&writer, &report, (enum table)table), STORE_OK, "%s", store_error(kit.store));
        assert_equals_file(&out, buf_text(&path));
        buf_free(&out);
        buf_free(&path);
    }
}

Test(report, gives_the_expected_tables)
{
    struct catalogue *catalogue = catalogue_now(kit.around.catalogues);
    send_all(catalogue);
    assert_tables(catalogue, true);
    assert_tables(catalogue, false);
    catalogue_release(catalogue);
}

Test(report, tells_zeros_where_nobody_has_answered)
{
    struct catalogue *catalogue = catalogue_now(kit.around.catalogues);
    struct report report = report_on(catalogue, true);
    struct csv_writer writer;
    struct buf out;
    buf_init(&out, KIT_TEXT_MAX);
    csv_begin(&writer, &out, &csv_rfc4180);
    cr_assert_eq(report_put_table(&writer, &report, TABLE_OPTIONS), STORE_OK);
    cr_assert_not_null(strstr(buf_text(&out), "\r\nround-1,WA-1.01,importance,1,0,0,,,,ok\r\n"));
    buf_free(&out);
    catalogue_release(catalogue);
}

Test(report, fails_when_any_verb_fails)
{
    struct catalogue *catalogue = catalogue_now(kit.around.catalogues);
    struct report report = report_on(catalogue, true);
    unsigned n = 1;
    for (;; n++) {
        struct csv_writer writer;
        struct buf out;
        buf_init(&out, KIT_TEXT_MAX);
        csv_begin(&writer, &out, &csv_rfc4180);
        store_faulty_fail_at(kit.store, n);
        enum store_result result = report_put_table(&writer, &report, TABLE_SUMMARY);
        buf_free(&out);
        if (!store_faulty_verb(kit.store))
            break;
        cr_assert_eq(result, STORE_FAILED);
        cr_assert_str_eq(store_error(kit.store), STORE_FAULTY_ERROR);
    }
    cr_assert_eq(n - 1, 36, "the counters of each action are read");
    catalogue_release(catalogue);
}
