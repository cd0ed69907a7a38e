/* What the administrators' verbs share, without a verb: what is told of faults and warnings, and what becomes of files
 * and cells. The verbs themselves are seen end to end. */
#include "base/mem.h"
#include "collector/cmd/cmd.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(cmd, .init = kit_begin, .fini = kit_end);

static struct faults faults_of(size_t count)
{
    struct faults faults;
    faults_init(&faults);
    for (size_t i = 0; i < count; i++)
        faults_add(&faults, "/id", "is wrong in way %zu", i + 1);
    return faults;
}

Test(cmd, tells_each_fault_with_its_place_and_how_many_there_are)
{
    struct faults one = faults_of(1), three = faults_of(3);
    capture_begin(2);
    cr_expect_eq(cmd_tell_faults("p.json", &one), CLI_FAILED);
    const char *told = capture_end(2);
    cr_expect_eq(strncmp(told, "p.json: /id: is wrong in way 1\n", 31), 0, "%s", told);
    cr_expect_not_null(strstr(told, ": p.json: 1 fault; nothing was imported\n"), "%s", told);
    capture_begin(2);
    cr_expect_eq(cmd_tell_faults("p.json", &three), CLI_FAILED);
    told = capture_end(2);
    cr_expect_not_null(strstr(told, "p.json: /id: is wrong in way 3\n"), "%s", told);
    cr_expect_not_null(strstr(told, ": p.json: 3 faults; nothing was imported\n"), "%s", told);
    faults_free(&one);
    faults_free(&three);
}

Test(cmd, says_when_memory_lacked_for_a_fault)
{
    struct faults faults = faults_of(1);
    faults.no_memory = true;
    capture_begin(2);
    cr_expect_eq(cmd_tell_faults("p.json", &faults), CLI_FAILED);
    cr_expect_not_null(strstr(capture_end(2), "p.json: out of memory\n"));
    faults_free(&faults);
}

Test(cmd, tells_warnings_as_such_and_how_many_more_there_are)
{
    struct faults few = faults_of(2), many = faults_of(FAULTS_MAX + 5);
    capture_begin(2);
    cmd_tell_warnings("a.csv", &few);
    cr_expect_str_eq(capture_end(2),
                     "a.csv: warning: /id: is wrong in way 1\na.csv: warning: /id: is wrong in way 2\n");
    capture_begin(2);
    cmd_tell_warnings("a.csv", &many);
    cr_expect_not_null(strstr(capture_end(2), "a.csv: 105 warnings in all\n"));
    faults_free(&few);
    faults_free(&many);
}

Test(cmd, warns_in_dutch)
{
    struct faults one = faults_of(1);
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    capture_begin(2);
    cmd_tell_warnings("a.csv", &one);
    cr_expect_str_eq(capture_end(2), "a.csv: waarschuwing: /id: is wrong in way 1\n");
    faults_free(&one);
}

Test(cmd, writes_a_moment_as_text_and_none_as_an_empty_cell)
{
    struct csv_writer writer;
    struct buf out;
    buf_init(&out, 100);
    csv_begin(&writer, &out, &csv_rfc4180);
    cmd_put_time(&writer, KIT_NOW);
    cmd_put_time(&writer, 0);
    csv_end_row(&writer);
    cr_expect_str_eq(buf_text(&out), "2026-06-01T00:00:00Z,\r\n");
    buf_free(&out);
}

Test(cmd, writes_a_file_whole_and_says_where)
{
    struct buf text, back;
    char expected[300];
    const char *folder = kit_path("tables");
    buf_init(&text, 100);
    buf_init(&back, 100);
    buf_put_text(&text, "a,b\r\n");
    capture_begin(2);
    cr_expect_eq(cmd_make_folder(folder), CLI_DONE);
    cr_expect_eq(cmd_write_file(folder, "summary.csv", &text), CLI_DONE);
    snprintf(expected, sizeof expected, "%s/summary.csv\n", folder);
    cr_expect_str_eq(capture_end(2), expected);
    expected[strlen(expected) - 1] = '\0';
    cr_expect_eq(cmd_read_file(expected, &back), CLI_DONE);
    cr_expect_str_eq(buf_text(&back), "a,b\r\n");
    buf_free(&text);
    buf_free(&back);
}

Test(cmd, says_why_a_file_can_not_be_had)
{
    struct buf text;
    char folder[5000];
    memset(folder, 'x', sizeof folder - 1);
    folder[sizeof folder - 1] = '\0';
    buf_init(&text, 100);
    buf_put_text(&text, "x");
    capture_begin(2);
    cr_expect_eq(cmd_read_file(kit_path("none"), &text), CLI_FAILED);
    cr_expect_not_null(strstr(capture_end(2), "none can't be read: No such file or directory\n"));
    capture_begin(2);
    cr_expect_eq(cmd_write_file(kit_path("none"), "x", &text), CLI_FAILED);
    cr_expect_not_null(strstr(capture_end(2), "none/x can't be written: No such file or directory\n"));
    capture_begin(2);
    cr_expect_eq(cmd_write_file(folder, "x", &text), CLI_FAILED);
    cr_expect_not_null(strstr(capture_end(2), "the name of folder "));
    capture_begin(2);
    buf_free(&text);
    buf_init(&text, 1);
    buf_put_text(&text, "more than fits");
    cr_expect_eq(cmd_write_file(kit_path("none"), "x", &text), CLI_FAILED);
    cr_expect_not_null(strstr(capture_end(2), "out of memory\n"));
    buf_free(&text);
}
