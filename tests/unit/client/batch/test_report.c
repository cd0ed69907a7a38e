/* What became of each row, as a file for whoever corrects: every row once and in order, what is wrong with it whole. */
#include "base/file.h"
#include "base/mem.h"
#include "client/batch/outcome.h"
#include "client/batch/report.h"
#include "client/batch/rows.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CODE "0000000-0000000-0000000-00000"
#define HEADER "member,action,importance,noticed,comment\n"

static struct catalogue catalogue;
static struct batch_plan plan;
static struct batch batch;
static struct batch_findings findings;
static struct faults faults, left_out;

static void prepare(void)
{
    kit_begin();
    catalogue = kit_catalogue();
    batch = (struct batch){.plan = &plan,
                           .context = {.catalogue = &catalogue, .round = &catalogue.panel->rounds[0]},
                           .homes = kit_folder()};
    faults_init(&faults);
    faults_init(&left_out);
}

static void finish(void)
{
    batch_plan_free(&plan);
    batch_findings_free(&findings);
    faults_free(&faults);
    faults_free(&left_out);
    catalogue_free(&catalogue);
    kit_end();
}

TestSuite(batch_report, .init = prepare, .fini = finish);

static void read_files(const char *members, const char *rows)
{
    struct batch_file first = {.name = "m.csv", .text = members, .len = strlen(members)};
    struct batch_file second = {.name = "r.csv", .text = rows, .len = strlen(rows), .findings = &findings};
    int found = batch_read_members(&plan, &first, &faults);
    found |= batch_read_rows(&plan, &second, &batch.context, &faults, &left_out);
    if (!plan.lacks_members)
        found |= batch_plan_finish(&plan, &second, &faults);
    cr_expect_eq(found < 0, faults_any(&faults));
}

/* The report as text; static. */
static const char *write_report(void)
{
    static struct buf text;
    struct batch_report report;
    cr_assert_eq(batch_report_begin(&report, kit_path("report.csv"), &csv_rfc4180), 0);
    cr_assert_eq(batch_report_finish(&report, &batch, &findings), 0);
    buf_init(&text, 8 * 1024 * 1024);
    cr_assert_eq(file_read(kit_path("report.csv"), &text), 0);
    return buf_text(&text);
}

static const char two_members[] = "member,code\n1," CODE "\n2," CODE "\n";

Test(batch_report, names_every_row_once_with_all_that_is_wrong_with_it)
{
    read_files(two_members, HEADER "1,WA-1.01,2,no,\n"
                                   "9,WA-1.02,2,no,\n"
                                   "2,WA-1.01,7,perhaps,\n"
                                   "2,WA-1.02\n"
                                   "1,WA-1.01,3,no,\n");
    cr_expect_str_eq(
        write_report(),
        "row,member,action,outcome,reason\r\n"
        "2,1,WA-1.01,valid,\r\n"
        "3,9,WA-1.02,invalid,member: not in the invitations\r\n"
        "4,2,WA-1.01,invalid,importance: must be an integer from 1 to 5; noticed: 'perhaps' is not one of: yes no "
        "unknown\r\n"
        "5,,,invalid,\"has 2 fields, the header has 5\"\r\n"
        "6,1,WA-1.01,invalid,\"the same member and action as line 2: take one of the two out, or say with a column "
        "'revision' (1, 2, ...) which replaces which\"\r\n");
}

/* A person is told the first hundred; whoever corrects gets them all, and the file is written piece by piece. */
Test(batch_report, names_all_of_very_many_rows)
{
    enum { ROWS = 4000 };
    struct buf rows;
    buf_init(&rows, SIZE_MAX);
    buf_put_text(&rows, HEADER);
    for (int i = 0; i < ROWS; i++)
        buf_printf(&rows, "nobody-%d,WA-1.01,%d,no,\n", i, i % 2 ? 2 : 9);
    read_files(two_members, buf_text(&rows));
    cr_expect_gt(faults.total, FAULTS_MAX);
    const char *report = write_report();
    char last[128];
    snprintf(last, sizeof last, "\r\n%d,nobody-%d,WA-1.01,invalid,member: not in the invitations\r\n", ROWS + 1,
             ROWS - 1);
    cr_expect_str_eq(report + strlen(report) - strlen(last), last);
    buf_free(&rows);
}

Test(batch_report, tells_rows_of_a_faulty_invitation_from_those_that_may_go)
{
    read_files("member,code\n1,WRONG\n2," CODE "\n", HEADER "1,WA-1.01,2,no,\n2,WA-1.01,2,no,\n");
    cr_expect_str_eq(write_report(), "row,member,action,outcome,reason\r\n"
                                     "2,1,WA-1.01,invalid,member: there is a fault in the invitation\r\n"
                                     "3,2,WA-1.01,valid,\r\n");
    cr_expect_eq(faults.total, 1, "told where it is, and not at the row once more");
}

Test(batch_report, keeps_names_that_a_spreadsheet_would_run_from_being_run)
{
    read_files(two_members, HEADER "=cmd|x,WA-1.01,2,no,\n");
    cr_expect(strstr(write_report(), "\r\n2,'=cmd|x,WA-1.01,invalid,"));
}

Test(batch_report, says_of_each_row_what_became_of_it)
{
    static const struct {
        struct batch_row row;
        const char *word;
    } samples[] = {
        {{.state = SPOOL_UNKNOWN}, "valid"},
        {{.state = SPOOL_WAITING}, "waiting"},
        {{.state = SPOOL_WAITING, .held = true}, "held"},
        {{.state = SPOOL_WAITING, .unproven = true}, "unproven"},
        {{.state = SPOOL_WAITING, .exclusion = ROW_NOT_ENROLLED}, "not-enrolled"},
        {{.state = SPOOL_UNKNOWN, .exclusion = ROW_NOT_ENROLLED}, "not-enrolled"},
        {{.state = SPOOL_UNKNOWN, .exclusion = ROW_TOO_LONG}, "too-long"},
        {{.state = SPOOL_SENT}, "sent"},
        {{.state = SPOOL_SENT, .known = true}, "already-sent"},
        {{.state = SPOOL_REFUSED}, "refused"},
        {{.state = SPOOL_ERASED}, "erased"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        cr_expect_str_eq(batch_outcome_name(batch_row_outcome(&samples[i].row)), samples[i].word);
}

/* Refuses the response of the plan's first row with that many errors of so many two-byte characters each. */
static void refuse_first_row(size_t errors, size_t characters)
{
    struct buf home, text;
    struct response_id id;
    buf_init(&home, 4096);
    buf_init(&text, SPOOL_RECORD_MAX);
    buf_put_text(&text, "{\"type\":\"urn:burgerpanel:problem:invalid-response\",\"errors\":[");
    for (size_t i = 0; i < errors; i++) {
        buf_put_text(&text, i > 0 ? "," : "");
        buf_put_text(&text, "{\"pointer\":\"/answers/comment\",\"detail\":\"x");
        for (size_t n = 0; n < characters; n++)
            buf_put_text(&text, "\u00e9");
        buf_put_text(&text, "\"}");
    }
    buf_put_text(&text, "]}");
    cr_assert_eq(buf_check(&text), 0);
    cr_assert_eq(batch_row_id(&plan.rows[0], &batch.context, &id), 0);
    cr_assert_eq(batch_home(&batch, plan.rows[0].member, &home), 0);
    cr_assert_eq(file_make_folder(buf_text(&home)), 0);
    cr_assert_eq(spool_prepare(buf_text(&home)), 0);
    const struct slice answer = slice_of(&text);
    cr_assert_eq(spool_settle(buf_text(&home), &id, SPOOL_REFUSED, &(struct slice){"a.b.c", 5}, &answer), 0);
    plan.rows[0].state = SPOOL_REFUSED;
    buf_free(&home);
    buf_free(&text);
}

/* What a collector says must not be able to keep the report from being written. */
Test(batch_report, cuts_what_a_collector_says_at_great_length)
{
    read_files(two_members, HEADER "1,WA-1.01,2,no,\n2,WA-1.01,2,no,\n");
    refuse_first_row(20, 6000);
    const char *report = write_report();
    const char *detail = strstr(report, "; comment: x\u00e9");
    cr_assert_not_null(detail);
    cr_expect(strncmp(detail + strlen("; comment: ") + 499, "...; comment: x\u00e9", 17) == 0,
              "499 bytes: the next character ends at 501");
    cr_expect_not_null(strstr(report, "\r\n3,2,WA-1.01,valid,\r\n"), "the rows after it too");
}

Test(batch_report, says_that_there_is_more_where_one_row_has_too_many_faults)
{
    char what[1001];
    memset(what, 'x', sizeof what - 1);
    what[sizeof what - 1] = '\0';
    read_files(two_members, HEADER "1,WA-1.01,2,no,\n");
    for (int i = 0; i < 100; i++)
        cr_assert_eq(batch_findings_add(&findings, 7, what), 0);
    cr_assert_eq(batch_findings_add(&findings, 8, "the next"), 0);
    const char *report = write_report();
    cr_expect_not_null(strstr(report, "x; x"));
    cr_expect_not_null(strstr(report, "x; ...\r\n8,,,invalid,the next\r\n"), "once, and last");
}

Test(batch_report, cuts_a_name_that_is_none_and_very_long)
{
    struct buf rows;
    buf_init(&rows, (size_t)1024 * 1024);
    buf_put_text(&rows, HEADER);
    for (int i = 0; i < 100000; i++)
        buf_put_text(&rows, "\u20ac");
    buf_put_text(&rows, ",WA-1.01,2,no,\n1,WA-1.01,2,no,\n");
    read_files(two_members, buf_text(&rows));
    const char *report = write_report();
    const char *after = strstr(report, "\u20ac,WA-1.01,invalid,member: not in the invitations\r\n3,1,WA-1.01,valid,");
    cr_assert_not_null(after);
    cr_expect_eq(after - strstr(report, "\r\n2,\u20ac"), 4 + 1023 - 3, "341 characters");
    buf_free(&rows);
}

Test(batch_report, is_for_its_owner_and_keeps_what_was_there_until_it_is_whole)
{
    struct batch_report report;
    struct stat status;
    read_files(two_members, HEADER "1,WA-1.01,2,no,\n");
    kit_write("report.csv", "of the last time");
    cr_assert_eq(batch_report_begin(&report, kit_path("report.csv"), &csv_excel_nl), 0);
    batch_report_drop(&report);
    struct buf text;
    buf_init(&text, 1024);
    cr_assert_eq(file_read(kit_path("report.csv"), &text), 0);
    cr_expect_str_eq(buf_text(&text), "of the last time");
    buf_free(&text);
    (void)write_report();
    cr_assert_eq(stat(kit_path("report.csv"), &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
}

Test(batch_report, fails_whole_wherever_memory_lacks)
{
    unsigned long tried = 0;
    kit_write("report.csv", "of the last time");
    for (unsigned long n = 1;; n++, tried++) {
        struct batch_report report;
        read_files(two_members, HEADER "1,WA-1.01,2,no,\n9,WA-1.02,2,no,\n1,WA-1.01,3,no,\n");
        cr_assert_eq(batch_report_begin(&report, kit_path("report.csv"), &csv_rfc4180), 0);
        mem_fail_at(n);
        int result = batch_report_finish(&report, &batch, &findings);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_expect(failed ? result < 0 && errno == ENOMEM : result == 0, "allocation %lu", n);
        finish();
        prepare();
        if (!failed)
            break;
        kit_write("report.csv", "of the last time");
    }
    cr_expect_gt(tried, 1);
}
