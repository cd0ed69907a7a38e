/* Two releases held against each other: rows that are new, told anew, as before, gone or never told, by texts as a
 * release keeps them. */
#include "base/mem.h"
#include "collector/tables/changes.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

#define SUMMARY "round,action,title,track,lead,related,status,respondents,disclosure,release\r\n"
#define QUESTIONS "round,action,question,type,n,mean,sd,median,positive,negative,net,disclosure,release\r\n"
#define OPTIONS "round,action,question,option,count,n,share,ci_low,ci_high,disclosure,release\r\n"
#define HEADER "round,table,action,question,option,change,figure,from,to\r\n"

static struct catalogue *catalogue;
static struct store *store;
static struct error error;

static void prepare(void)
{
    kit_begin();
    store = kit_store_new(kit_dsn(NULL));
    catalogue = catalogue_load(store, &error);
    cr_assert_not_null(catalogue);
}

static void finish(void)
{
    catalogue_release(catalogue);
    store_close(store);
    kit_end();
}

TestSuite(table_changes, .init = prepare, .fini = finish);

static struct buf text_of(const char *text)
{
    struct buf buf;
    buf_init(&buf, SIZE_MAX);
    buf_put_text(&buf, text);
    return buf;
}

/* The table of two releases that differ in one of their tables alone. */
static int compare(enum table table, const char *from, const char *to, struct buf *out)
{
    static const char *const empty[CHANGES_TABLES] = {SUMMARY, QUESTIONS, OPTIONS};
    struct buf sides[2][CHANGES_TABLES];
    uint64_t rows;
    for (int i = 0; i < CHANGES_TABLES; i++) {
        sides[0][i] = text_of(i == (int)table ? from : empty[i]);
        sides[1][i] = text_of(i == (int)table ? to : empty[i]);
    }
    buf_init(out, SIZE_MAX);
    const struct changes_source source = {
        .questionnaire = &catalogue->panel->questionnaires[0], .from = sides[0], .to = sides[1]};
    int result = changes_put(&source, &csv_rfc4180, out, &rows, &error);
    for (int i = 0; i < 2 * CHANGES_TABLES; i++)
        buf_free(&sides[i / CHANGES_TABLES][i % CHANGES_TABLES]);
    return result;
}

static void expect_changes(enum table table, const char *from, const char *to, const char *rows)
{
    struct buf out, expected = text_of(HEADER);
    cr_assert_eq(compare(table, from, to, &out), 0, "%s", error.text);
    buf_put_text(&expected, rows);
    cr_expect_str_eq(buf_text(&out), buf_text(&expected));
    buf_free(&out);
    buf_free(&expected);
}

Test(table_changes, tell_rows_that_are_new_or_told_anew_from_those_that_stand)
{
    expect_changes(TABLE_QUESTIONS,
                   QUESTIONS "r,A,importance,scale,20,3.0000,1.0000,3.0000,0.4000,0.4000,0.0000,ok,1\r\n"
                             "r,B,importance,scale,,,,,,,,suppressed,\r\n"
                             "r,C,importance,scale,25,2.0000,1.0000,2.0000,0.2000,0.6000,-0.4000,ok,1\r\n",
                   QUESTIONS "r,A,importance,scale,25,3.0000,1.0000,3.0000,0.4000,0.4800,-0.0800,ok,2\r\n"
                             "r,B,importance,scale,15,,,,,,,ok,2\r\n"
                             "r,C,importance,scale,25,2.0000,1.0000,2.0000,0.2000,0.6000,-0.4000,ok,1\r\n",
                   "r,questions,A,importance,,renewed,release,1,2\r\n"
                   "r,questions,A,importance,,renewed,n,20,25\r\n"
                   "r,questions,A,importance,,renewed,negative,0.4000,0.4800\r\n"
                   "r,questions,A,importance,,renewed,net,0.0000,-0.0800\r\n"
                   "r,questions,B,importance,,new,release,,2\r\n"
                   "r,questions,B,importance,,new,n,,15\r\n"
                   "r,questions,B,importance,,new,disclosure,suppressed,ok\r\n"
                   "r,questions,C,importance,,stands,release,1,1\r\n");
}

Test(table_changes, tell_what_has_gone_behind_what_is_there_and_nothing_of_what_was_never_told)
{
    expect_changes(TABLE_OPTIONS,
                   OPTIONS "r,A,noticed,yes,10,20,0.5000,0.3000,0.7000,ok,1\r\n"
                           "r,B,noticed,yes,,,,,,suppressed,\r\n",
                   OPTIONS "r,B,noticed,yes,,,,,,suppressed,\r\n"
                           "r,C,importance,3,5,20,0.2500,0.1000,0.4000,ok,2\r\n",
                   "r,options,C,importance,3,new,release,,2\r\n"
                   "r,options,C,importance,3,new,count,,5\r\n"
                   "r,options,C,importance,3,new,n,,20\r\n"
                   "r,options,C,importance,3,new,share,,0.2500\r\n"
                   "r,options,C,importance,3,new,ci_low,,0.1000\r\n"
                   "r,options,C,importance,3,new,ci_high,,0.4000\r\n"
                   "r,options,C,importance,3,new,disclosure,,ok\r\n"
                   "r,options,A,noticed,yes,gone,release,1,\r\n"
                   "r,options,A,noticed,yes,gone,count,10,\r\n"
                   "r,options,A,noticed,yes,gone,n,20,\r\n"
                   "r,options,A,noticed,yes,gone,share,0.5000,\r\n"
                   "r,options,A,noticed,yes,gone,ci_low,0.3000,\r\n"
                   "r,options,A,noticed,yes,gone,ci_high,0.7000,\r\n"
                   "r,options,A,noticed,yes,gone,disclosure,ok,\r\n");
}

/* What an action is called is of now, also where its figures stand or were never told; no spreadsheet runs it. */
Test(table_changes, tell_what_an_action_is_called_now)
{
    expect_changes(TABLE_SUMMARY,
                   SUMMARY "r,A,Old,,,,running,20,ok,1\r\n"
                           "r,B,Two,,,,planned,,suppressed,\r\n",
                   SUMMARY "r,A,'=New,,,,running,20,ok,1\r\n"
                           "r,B,Two,,,,started,,suppressed,\r\n",
                   "r,summary,A,,,stands,release,1,1\r\n"
                   "r,summary,A,,,stands,title,Old,'=New\r\n"
                   "r,summary,B,,,untold,status,planned,started\r\n");
}

Test(table_changes, refuse_what_is_no_table_of_a_release)
{
    struct buf out;
    cr_expect_eq(compare(TABLE_OPTIONS, OPTIONS "r,A,importance,x,1,1,1.0000,0.0000,1.0000,ok,1\r\n", OPTIONS, &out),
                 -1);
    cr_expect_eq(error.kind, ERROR_DAMAGED);
    buf_free(&out);
}

Test(table_changes, fail_whole_wherever_memory_lacks)
{
    unsigned long tried = 0;
    for (unsigned long n = 20;; n++, tried++) { /* the first are this test's own texts */
        struct buf out;
        mem_fail_at(n);
        int result = compare(
            TABLE_QUESTIONS, QUESTIONS "r,A,importance,scale,20,3.0000,1.0000,3.0000,0.4000,0.4000,0.0000,ok,1\r\n",
            QUESTIONS "r,A,importance,scale,25,3.0000,1.0000,3.0000,0.4000,0.4800,-0.0800,ok,2\r\n", &out);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        buf_free(&out);
        cr_expect(failed ? result < 0 && error.kind == ERROR_MEMORY : result == 0, "allocation %lu", n);
        if (!failed)
            break;
    }
    cr_expect_gt(tried, 10);
}
