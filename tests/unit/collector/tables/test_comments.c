/* Text answers: read from the log, for current responses alone, in an order that shows no member. */
#include "collector/tables/comments.h"
#include "collector/tables/csv.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <string.h>

#define WITH(comment) "{\"importance\":4,\"noticed\":\"no\",\"comment\":\"" comment "\"}"
#define HEADER "round,action,question,index,text,told\r\n"

static struct kit kit;
static struct kit_member members[3];

static void setup(void)
{
    kit_begin();
    kit_open(&kit, store_faulty_new(kit_store_new(kit_dsn(NULL))));
    kit_start(&kit);
    kit_join(&kit, members, 3, 1);
}

static void teardown(void)
{
    for (size_t i = 0; i < 3; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(comments, .init = setup, .fini = teardown);

static struct error error;

static enum store_result put_rows(struct csv_writer *writer, const struct catalogue *catalogue)
{
    enum store_result result = STORE_OK;
    struct comments *comments = comments_new(kit.store, catalogue, 0, NULL, &error);
    if (!comments)
        return STORE_FAILED;
    cr_assert_eq(table_csv_header(writer, &(struct column_source){.table = TABLE_COMMENTS}), 0);
    while (result == STORE_OK)
        result = comments_next(comments, table_csv_row, writer, &error);
    comments_free(comments);
    return result == STORE_NONE ? STORE_OK : result;
}

static enum store_result put(struct buf *out)
{
    struct csv_writer writer;
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    buf_init(out, KIT_TEXT_MAX);
    csv_begin(&writer, out, &csv_rfc4180);
    enum store_result result = put_rows(&writer, catalogue);
    catalogue_release(catalogue);
    return result;
}

static void assert_comments(const char *expected)
{
    struct buf out;
    cr_assert_eq(put(&out), STORE_OK, "%s", error.text);
    cr_assert_str_eq(buf_text(&out), expected);
    buf_free(&out);
}

Test(comments, are_none_at_first)
{
    assert_comments(HEADER);
    kit_respond(&kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    assert_comments(HEADER);
}

/* Entries 0 to 2 are the enrolments. */
Test(comments, stand_in_the_order_of_actions_then_of_the_log)
{
    kit_respond(&kit, &members[2], "WA-1.02", 1, WITH("third"));
    kit_respond(&kit, &members[1], "WA-1.01", 1, WITH("first"));
    kit_respond(&kit, &members[0], "WA-1.02", 1, WITH("fourth"));
    kit_respond(&kit, &members[0], "WA-1.01", 1, WITH("second"));
    assert_comments(HEADER "round-1,WA-1.01,comment,4,first,no\r\nround-1,WA-1.01,comment,6,second,no\r\n"
                           "round-1,WA-1.02,comment,3,third,no\r\nround-1,WA-1.02,comment,5,fourth,no\r\n");
}

Test(comments, are_those_of_the_current_response)
{
    kit_respond(&kit, &members[0], "WA-1.01", 1, WITH("old"));
    kit_respond(&kit, &members[1], "WA-1.01", 1, WITH("kept"));
    kit_respond(&kit, &members[0], "WA-1.01", 2, WITH("new"));
    assert_comments(HEADER "round-1,WA-1.01,comment,4,kept,no\r\nround-1,WA-1.01,comment,5,new,no\r\n");
    kit_respond(&kit, &members[0], "WA-1.01", 3, KIT_ANSWERS);
    assert_comments(HEADER "round-1,WA-1.01,comment,4,kept,no\r\n");
}

Test(comments, are_quoted_and_guarded)
{
    kit_respond(&kit, &members[0], "WA-1.01", 1, WITH("=1+1, \\\"so\\\"\\nit goes \\u20ac"));
    assert_comments(HEADER "round-1,WA-1.01,comment,3,\"'=1+1, \"\"so\"\"\nit goes \xe2\x82\xac\",no\r\n");
}

Test(comments, fail_when_an_entry_does_not_hold_what_was_counted)
{
    struct buf out;
    struct store_current current;
    kit_respond(&kit, &members[0], "WA-1.01", 1, WITH("here"));
    kit_respond(&kit, &members[1], "WA-1.01", 1, KIT_ANSWERS);
    cr_assert_eq(store_current_read(kit.store, 1, 1, 1, &current), STORE_OK);
    current.index = 4; /* the other's, without a comment */
    cr_assert_eq(store_current_write(kit.store, 1, 1, 1, &current), STORE_OK);
    cr_assert_eq(put(&out), STORE_FAILED);
    cr_assert_str_eq(error.text, "entry 4 does not hold the text it was counted for; run `audit`");
    cr_assert_eq(error.kind, ERROR_DAMAGED);
    buf_free(&out);
}

Test(comments, fail_when_an_entry_is_missing)
{
    struct buf out;
    struct store_current current;
    kit_respond(&kit, &members[0], "WA-1.01", 1, WITH("here"));
    cr_assert_eq(store_current_read(kit.store, 1, 1, 1, &current), STORE_OK);
    current.index = 99;
    cr_assert_eq(store_current_write(kit.store, 1, 1, 1, &current), STORE_OK);
    cr_assert_eq(put(&out), STORE_FAILED);
    cr_assert_str_eq(error.text, "entry 99 is missing from the log; run `audit`");
    cr_assert_eq(error.kind, ERROR_DAMAGED);
    buf_free(&out);
}

Test(comments, fail_when_any_verb_fails)
{
    unsigned n = 1;
    kit_respond(&kit, &members[0], "WA-1.01", 1, WITH("here"));
    kit_respond(&kit, &members[1], "WA-1.01", 1, WITH("there"));
    for (;; n++) {
        struct buf out;
        store_faulty_fail_at(kit.store, n);
        enum store_result result = put(&out);
        buf_free(&out);
        if (!store_faulty_verb(kit.store))
            break;
        cr_assert_eq(result, STORE_FAILED);
        cr_assert_str_eq(error.text, STORE_FAULTY_ERROR);
    }
    cr_assert_eq(n, 5);
}

Test(comments, say_whether_the_newest_release_tells_something_of_their_action)
{
    static const char first[] = "round,action,respondents\r\nround-1,WA-1.01,\r\nround-1,WA-1.02,15\r\n";
    static const char newest[] = "round,action,respondents\r\nround-1,WA-1.01,20\r\nround-1,WA-1.02,\r\n";
    kit_respond(&kit, &members[0], "WA-1.01", 1, WITH("one"));
    kit_respond(&kit, &members[1], "WA-1.02", 1, WITH("two"));
    for (int64_t number = 1; number <= 2; number++) {
        const char *summary = number == 1 ? first : newest;
        cr_assert_eq(store_release_add(kit.store, &(struct store_release){.round = 1, .number = number}), STORE_OK);
        cr_assert_eq(store_release_file_add(kit.store, 1, number, "summary.csv", summary, strlen(summary)), STORE_OK);
    }
    assert_comments(HEADER "round-1,WA-1.01,comment,3,one,yes\r\nround-1,WA-1.02,comment,4,two,no\r\n");
}
