/* A batch's two files: what is read, what is refused, and in which order the rows go. */
#include "base/mem.h"
#include "client/batch/batch.h"
#include "client/batch/rows.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define CODE "0000000-0000000-0000000-00000"
#define HEADER "member,action,revision,importance,noticed,satisfaction,channels,comment\n"

static struct catalogue catalogue;
static struct batch_context context;
static struct batch_plan plan;
static struct faults faults, left_out;

static void prepare(void)
{
    kit_begin();
    catalogue = kit_catalogue();
    context = (struct batch_context){.catalogue = &catalogue, .round = &catalogue.panel->rounds[0]};
    faults_init(&faults);
    faults_init(&left_out);
}

static void finish(void)
{
    batch_plan_free(&plan);
    faults_free(&faults);
    faults_free(&left_out);
    catalogue_free(&catalogue);
    kit_end();
}

TestSuite(batch_plan, .init = prepare, .fini = finish);

static struct batch_file file_of(const char *name, const char *text)
{
    return (struct batch_file){.name = name, .text = text, .len = strlen(text)};
}

static int read_all(const char *members, const char *rows)
{
    struct batch_file first = file_of("m.csv", members), second = file_of("r.csv", rows);
    int a = batch_read_members(&plan, &first, &faults);
    int b = batch_read_rows(&plan, &second, &context, &faults, &left_out);
    return a < 0 || b < 0 ? -1 : batch_plan_finish(&plan, &second, &faults);
}

static bool has_fault(const char *where, const char *part)
{
    for (size_t i = 0; i < faults.count; i++)
        if (strcmp(faults.list[i].where, where) == 0 && strstr(faults.list[i].what, part))
            return true;
    return false;
}

static const char two_members[] = "member,code\n1," CODE "\n2," CODE "\n";

Test(batch_plan, reads_rows_as_json_answers)
{
    cr_assert_eq(read_all(two_members, HEADER "2,WA-1.03,1,2,no,,counter|letter,\"a, \"\"b\"\"\"\n"), 0);
    cr_assert_eq(plan.row_count, 1);
    cr_expect_eq(plan.rows[0].member, 1);
    cr_expect_eq(plan.rows[0].line, 2);
    cr_expect_str_eq(
        plan.rows[0].answers,
        "{\"importance\":2,\"noticed\":\"no\",\"channels\":[\"counter\",\"letter\"],\"comment\":\"a, \\\"b\\\"\"}");
}

/* A blank in a cell was an answer: none of a multi's options, or a text of that blank. */
Test(batch_plan, takes_a_cell_that_shows_nothing_for_no_answer_and_a_hyphen_for_none)
{
    static const struct {
        const char *cells, *answers;
    } samples[] = {
        {"no,, , ", "\"noticed\":\"no\""},
        {"no,\t,\u00a0,\u200b", "\"noticed\":\"no\""},
        {"no,,\"\n\",\" \u00a0\t\"", "\"noticed\":\"no\""},
        {"no,,-,-", "\"noticed\":\"no\",\"channels\":[]"},
        {"yes,3, - , -x", "\"noticed\":\"yes\",\"satisfaction\":3,\"channels\":[],\"comment\":\" -x\""},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char rows[512], expected[256];
        snprintf(rows, sizeof rows, HEADER "2,WA-1.03,1,2,%s\n", samples[i].cells);
        snprintf(expected, sizeof expected, "{\"importance\":2,%s}", samples[i].answers);
        cr_assert_eq(read_all(two_members, rows), 0, "%s", samples[i].cells);
        cr_expect_str_eq(plan.rows[0].answers, expected, "%s", samples[i].cells);
        batch_plan_free(&plan);
    }
}

Test(batch_plan, says_how_to_write_that_none_applies_where_an_answer_is_needed)
{
    struct question *channels = &catalogue.panel->questionnaires[0].questions[3];
    cr_assert_str_eq(channels->id, "channels");
    channels->required = true;
    cr_expect_eq(read_all(two_members, HEADER "1,WA-1.03,1,2,no,, ,\n2,WA-1.03,1,-,no,,-,\n"), -1);
    cr_expect(has_fault("r.csv:2", "channels: is required; write -"));
    cr_expect(has_fault("r.csv:3", "importance: must be an integer from 1 to 5"));
    cr_expect_eq(faults.total, 2);
}

Test(batch_plan, sends_no_two_revisions_of_one_action_in_one_wave)
{
    cr_assert_eq(read_all(two_members, HEADER "1,WA-1.03,2,2,no,,,\n"
                                              "1,WA-1.03,1,2,no,,,\n"
                                              "2,WA-1.03,7,2,no,,,\n"
                                              "1,WA-1.02,1,2,no,,,\n"
                                              "1,WA-1.03,5,2,no,,,\n"),
                 0);
    static const size_t waves[] = {1, 0, 0, 0, 2}, order[] = {1, 2, 3, 0, 4};
    for (size_t i = 0; i < 5; i++) {
        cr_expect_eq(plan.rows[i].wave, waves[i], "row %zu", i);
        cr_expect_eq(plan.by_wave[i], order[i], "place %zu", i);
    }
}

Test(batch_plan, numbers_rows_1_where_there_are_no_revisions)
{
    cr_assert_eq(read_all(two_members, "action,importance,member,noticed\n"
                                       "WA-1.03,2,1,no\nWA-1.03,2,2,no\nWA-1.02,3,1,no\n"),
                 0);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(plan.rows[i].revision, 1, "row %zu", i);
}

Test(batch_plan, refuses_a_member_and_action_twice_without_revisions_and_names_both_lines)
{
    cr_expect_eq(read_all(two_members, "action,importance,member,noticed\n"
                                       "WA-1.03,2,1,no\nWA-1.03,2,2,no\nWA-1.03,3,1,no\nWA-1.03,4,1,no\n"),
                 -1);
    cr_expect(has_fault("r.csv:4", "line 2"));
    cr_expect(has_fault("r.csv:5", "line 4"));
    cr_expect(has_fault("r.csv:4", "revision"));
    cr_expect_eq(faults.total, 2);
}

Test(batch_plan, names_every_fault_with_its_file_and_line)
{
    cr_expect_eq(read_all("member,code\n../x," CODE "\n1,WRONGSECRET\n2," CODE "\n2," CODE "\n.a," CODE "\n",
                          HEADER "9,WA-1.03,1,2,no,,,\n"
                                 "2,WA-0,1,2,no,,,\n"
                                 "2,WA-1.03,0,2,no,,,\n"
                                 "2,WA-1.03,1,7,no,,,\n"
                                 "2,WA-1.03,1,2,,,,\n"
                                 "2,WA-1.03,1\n"),
                 -1);
    cr_expect(has_fault("m.csv:2", "member"));
    cr_expect(has_fault("m.csv:3", "code"));
    cr_expect(has_fault("m.csv:5", "twice"));
    cr_expect(has_fault("m.csv:6", "member"));
    cr_expect(has_fault("r.csv:2", "member"));
    cr_expect(has_fault("r.csv:3", "action"));
    cr_expect(has_fault("r.csv:4", "revision"));
    cr_expect(has_fault("r.csv:5", "importance"));
    cr_expect(has_fault("r.csv:6", "noticed"));
    cr_expect(has_fault("r.csv:7", "has 3 fields, the header has 8"));
    cr_expect_eq(faults.total, 10);
    for (size_t i = 0; i < faults.count; i++)
        cr_expect_null(strstr(faults.list[i].what, "SECRET"), "a code is never shown");
}

/* Each row of theirs used to be told as not in the invitations too. */
Test(batch_plan, tells_a_fault_in_the_invitations_there_alone)
{
    static const struct {
        const char *members, *where, *what;
    } samples[] = {
        {"member,code\n1,WRONG\n2," CODE "\n", "m.csv:2", "the code is none"},
        {"member,code\n.1," CODE "\n2," CODE "\n", "m.csv:2", "not begin with ."},
        {"member,code\n1," CODE ",more\n2," CODE "\n", "m.csv:2", "has 3 fields"},
        {"member,secret\n1," CODE "\n2," CODE "\n", "m.csv:1", "'code' is missing"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const char *first = samples[i].members[12] == '.' ? HEADER ".1,WA-1.03,1,2,no,,,\n2,WA-1.03,1,2,no,,,\n"
                                                          : HEADER "1,WA-1.03,1,2,no,,,\n2,WA-1.03,1,2,no,,,\n";
        cr_expect_eq(read_all(samples[i].members, first), -1);
        cr_expect(has_fault(samples[i].where, samples[i].what), "%s", samples[i].what);
        cr_expect_eq(faults.total, 1, "%s: %zu", samples[i].what, faults.total);
        batch_plan_free(&plan);
        faults_free(&faults);
        faults_init(&faults);
    }
}

Test(batch_plan, refuses_a_revision_given_twice)
{
    cr_expect_eq(read_all(two_members, HEADER "1,WA-1.03,1,2,no,,,\n1,WA-1.03,1,3,no,,,\n"), -1);
    cr_expect(has_fault("r.csv:3", "revision as line 2"));
}

Test(batch_plan, leaves_out_a_row_that_is_too_long_and_keeps_the_others)
{
    char rows[64 * 1024] = HEADER "1,WA-1.03,1,2,no,,,\"";
    size_t len = strlen(rows);
    memset(rows + len, '\n', 32000);
    rows[len] = 'x';
    struct question *comment = &catalogue.panel->questionnaires[0].questions[4];
    cr_assert_str_eq(comment->id, "comment");
    comment->max_length = 32000;
    snprintf(rows + len + 32000, sizeof rows - len - 32000, "\"\n2,WA-1.03,1,2,no,,,short\n");
    cr_expect_eq(read_all(two_members, rows), 0);
    cr_assert_eq(plan.row_count, 2);
    cr_expect_eq(plan.rows[0].exclusion, ROW_TOO_LONG);
    cr_expect_eq(plan.rows[1].exclusion, ROW_INCLUDED);
    cr_assert_eq(left_out.count, 1);
    cr_expect_str_eq(left_out.list[0].where, "r.csv:2");
    cr_expect_not_null(strstr(left_out.list[0].what, "comment (32000)"), "%s", left_out.list[0].what);
    cr_expect_not_null(strstr(left_out.list[0].what, "too long"), "%s", left_out.list[0].what);
}

Test(batch_plan, refuses_a_header_that_it_does_not_know)
{
    cr_expect_eq(read_all("name,code\n1," CODE "\n", "member,action,colour,importance,importance\n"), -1);
    cr_expect(has_fault("m.csv:1", "'member' is missing"));
    cr_expect(has_fault("r.csv:1", "'importance' is there 2 times"));
    faults_free(&faults);
    faults_init(&faults);
    cr_expect_eq(read_all(two_members, "member,action,colour,importance\n"), -1);
    cr_expect(has_fault("r.csv:1", "colour"));
    faults_free(&faults);
    faults_init(&faults);
    cr_expect_eq(read_all("", ""), -1);
    cr_expect(has_fault("m.csv:1", "no header"));
    cr_expect(has_fault("r.csv:1", "no header"));
}

Test(batch_plan, fails_cleanly_when_memory_runs_out)
{
    for (unsigned long n = 1;; n++) {
        mem_fail_at(n);
        int result = read_all(two_members, HEADER "1,WA-1.03,1,2,no,,app,x\n2,WA-1.03,1,2,no,,app,x\n");
        int failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? -1 : 0, "allocation %lu", n);
        batch_plan_free(&plan);
        faults_free(&faults);
        faults_init(&faults);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
}

static enum delivery sort(const char *line)
{
    bool known;
    return batch_sort_line(line, strlen(line), &known);
}

Test(batch_send, believes_only_what_a_collector_says)
{
    cr_expect_eq(sort("{\"status\":201,\"index\":3,\"receipt\":\"r\"}"), DELIVERY_SENT);
    cr_expect_eq(sort("{\"status\":200,\"index\":3}"), DELIVERY_SENT);
    cr_expect_eq(sort("{\"status\":409,\"type\":\"urn:burgerpanel:problem:stale-revision\"}"), DELIVERY_REFUSED);
    cr_expect_eq(sort("{\"status\":503,\"type\":\"urn:burgerpanel:problem:unavailable\"}"), DELIVERY_KEPT);
    cr_expect_eq(sort("{\"status\":201}"), DELIVERY_BLOCKED);
    cr_expect_eq(sort("{\"status\":201,\"index\":-1}"), DELIVERY_BLOCKED);
    cr_expect_eq(sort("{\"status\":403,\"type\":\"about:blank\"}"), DELIVERY_BLOCKED);
    cr_expect_eq(sort("{\"index\":3}"), DELIVERY_BLOCKED);
    cr_expect_eq(sort("<html>"), DELIVERY_BLOCKED);
    cr_expect_eq(sort(""), DELIVERY_BLOCKED);
}

Test(batch_plan, tells_what_the_collector_had_already_from_what_it_takes_now)
{
    static const char first[] = "{\"status\":201,\"index\":7}", again[] = "{\"status\":200,\"index\":7}";
    bool known;
    cr_expect_eq(batch_sort_line(first, sizeof first - 1, &known), DELIVERY_SENT);
    cr_expect_not(known);
    cr_expect_eq(batch_sort_line(again, sizeof again - 1, &known), DELIVERY_SENT);
    cr_expect(known);
}
