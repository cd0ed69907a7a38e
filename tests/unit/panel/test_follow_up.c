/* Follow-ups: the document of an independent program is read and written again to the byte; what is asked for is
 * refused by its place. */
#include "base/mem.h"
#include "panel/follow_up.h"
#include <criterion/criterion.h>
#include <string.h>

#define MAX ((size_t)256 * 1024)

/* That of log2.json, whose hash its event names. */
static const char document[] = "{\"action\":\"A-1\",\"round\":\"round-1\",\"status\":\"doing\",\"text\":{"
                               "\"en\":\"The counter opens in May.\",\"nl\":\"Het loket gaat in mei open.\"}}";

static struct follow_up follow_up_of(const char *body)
{
    struct follow_up read;
    struct faults faults;
    faults_init(&faults);
    cr_assert_eq(follow_up_read_request(body, strlen(body), "A-1", &read, &faults), 0, "%s: %s",
                 faults.count > 0 ? faults.list[0].where : "", faults.count > 0 ? faults.list[0].what : "");
    faults_free(&faults);
    return read;
}

Test(follow_up, request_becomes_the_document_whatever_the_order_of_its_languages)
{
    struct follow_up f = follow_up_of("{\"text\":{\"nl\":\"Het loket gaat in mei open.\",\"en\":\"The counter opens in "
                                      "May.\"},\"status\":\"doing\",\"replaces\":7,\"round\":\"round-1\"}");
    struct buf text;
    buf_init(&text, MAX);
    follow_up_put_document(&text, &f);
    cr_assert_str_eq(buf_text(&text), document);
    cr_assert_eq(text.len, 128);
    cr_assert_eq(f.replaces, 7);
    follow_up_free(&f);
    buf_free(&text);
}

Test(follow_up, document_is_read_as_it_was_written)
{
    struct follow_up f;
    cr_assert_eq(follow_up_read_document(document, strlen(document), &f, NULL), 0);
    cr_assert_str_eq(f.action, "A-1");
    cr_assert_str_eq(f.round, "round-1");
    cr_assert_eq(f.status, FOLLOW_UP_DOING);
    cr_assert_str_eq(labels_text(&f.text, "en"), "The counter opens in May.");
    cr_assert_eq(f.replaces, -1);
    follow_up_free(&f);
}

/* Published before such were refused: which text is meant is the same for every reader. */
Test(follow_up, text_is_that_of_the_language_as_it_is_written)
{
    static const char both[] = "{\"action\":\"A-1\",\"round\":null,\"status\":\"done\",\"text\":{\"NL\":\"b\",\"nl\":"
                               "\"a\"}}";
    struct follow_up f;
    cr_assert_eq(follow_up_read_document(both, strlen(both), &f, NULL), 0);
    cr_assert_str_eq(labels_text(&f.text, "nl"), "a");
    follow_up_free(&f);
}

/* Published before such were refused, and in the log to stay. */
Test(follow_up, document_with_a_text_that_shows_nothing_stays_readable)
{
    static const char unseen[] = "{\"action\":\"A-1\",\"round\":null,\"status\":\"done\",\"text\":{\"nl\":\"\u200b\"}}";
    struct follow_up f;
    cr_assert_eq(follow_up_read_document(unseen, strlen(unseen), &f, NULL), 0);
    cr_expect_str_eq(labels_text(&f.text, "nl"), "\u200b");
    follow_up_free(&f);
}

Test(follow_up, round_and_replaces_may_be_left_out)
{
    struct follow_up f = follow_up_of("{\"status\":\"notDone\",\"text\":{\"nl\":\"Nee.\"},\"round\":null}");
    struct buf text;
    buf_init(&text, MAX);
    follow_up_put_document(&text, &f);
    cr_assert_str_eq(buf_text(&text),
                     "{\"action\":\"A-1\",\"round\":null,\"status\":\"notDone\",\"text\":{\"nl\":\"Nee.\"}}");
    cr_assert_eq(f.replaces, -1);
    follow_up_free(&f);
    buf_free(&text);
}

static void assert_fault(const char *body, const char *where)
{
    struct follow_up f;
    struct faults faults;
    bool found = false;
    faults_init(&faults);
    faults.cross_wire = true;
    cr_assert_eq(follow_up_read_request(body, strlen(body), "A-1", &f, &faults), -1, "%s", body);
    for (size_t i = 0; i < faults.count; i++)
        found |= strcmp(faults.list[i].where, where) == 0;
    cr_assert(found, "no fault at %s of %.200s", where, body);
    faults_free(&faults);
}

Test(follow_up, request_is_refused_by_the_place_of_each_fault)
{
    assert_fault("", "");
    assert_fault("[]", "");
    assert_fault("{\"text\":{\"nl\":\"x\"}}", "/status");
    assert_fault("{\"status\":\"ready\",\"text\":{\"nl\":\"x\"}}", "/status");
    assert_fault("{\"status\":\"done\"}", "/text");
    assert_fault("{\"status\":\"done\",\"text\":\"x\"}", "/text");
    assert_fault("{\"status\":\"done\",\"text\":{\"en\":\"x\"}}", "/text/nl");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\" \\n\"}}", "/text/nl");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\",\"en\":\"\\u200b\\u00a0\\ufeff\"}}", "/text/en");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\",\"e\":\"x\"}}", "/text/e");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\",\"NL\":\"y\"}}", "/text/NL");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"round\":\"Round 1\"}", "/round");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"round\":1}", "/round");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"replaces\":-1}", "/replaces");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"replaces\":\"7\"}", "/replaces");
    assert_fault("{\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"action\":\"A-2\"}", "/action");
}

/* A body with a text of `count` times a character in each of `languages` languages. */
static struct buf long_body(const char *character, int count, int languages)
{
    static const char *const names[] = {"nl", "en", "de"};
    struct buf body;
    buf_init(&body, MAX);
    buf_put_text(&body, "{\"status\":\"done\",\"text\":{");
    for (int i = 0; i < languages; i++) {
        buf_printf(&body, "%s\"%s\":\"", i > 0 ? "," : "", names[i]);
        for (int c = 0; c < count; c++)
            buf_put_text(&body, character);
        buf_put_char(&body, '"');
    }
    buf_put_text(&body, "}}");
    cr_assert_eq(buf_check(&body), 0);
    return body;
}

Test(follow_up, text_is_counted_in_code_points_and_the_document_in_bytes)
{
    struct buf body = long_body("😀", FOLLOW_UP_TEXT_MAX, 2);
    struct follow_up f = follow_up_of(buf_text(&body));
    follow_up_free(&f);
    buf_free(&body);
    body = long_body("a", FOLLOW_UP_TEXT_MAX + 1, 1);
    assert_fault(buf_text(&body), "/text/nl");
    buf_free(&body);
    body = long_body("😀", FOLLOW_UP_TEXT_MAX, 3);
    assert_fault(buf_text(&body), "/text");
    buf_free(&body);
}

Test(follow_up, document_of_any_other_bytes_is_none)
{
    static const char *const others[] = {
        "",
        "{}",
        "null",
        "{\"action\":\"A-1\",\"round\":null,\"status\":\"done\",\"text\":{\"nl\":\"x\",\"en\":\"x\"}}", /* order */
        "{\"action\":\"A-1\",\"round\":null,\"status\":\"done\", \"text\":{\"nl\":\"x\"}}", /* a blank */
        "{\"round\":null,\"action\":\"A-1\",\"status\":\"done\",\"text\":{\"nl\":\"x\"}}",
        "{\"action\":\"A-1\",\"status\":\"done\",\"text\":{\"nl\":\"x\"}}", /* no round */
        "{\"action\":\"A-1\",\"round\":null,\"status\":\"done\",\"text\":{\"nl\":\"x\"},\"replaces\":1}",
        "{\"action\":\"A 1\",\"round\":null,\"status\":\"done\",\"text\":{\"nl\":\"x\"}}",
        "{\"action\":\"A-1\",\"round\":null,\"status\":\"gone\",\"text\":{\"nl\":\"x\"}}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct follow_up f;
        struct error error = {0};
        cr_assert_eq(follow_up_read_document(others[i], strlen(others[i]), &f, &error), -1, "%s", others[i]);
        cr_assert_eq(error.kind, ERROR_REFUSED, "%s", others[i]);
    }
}

Test(follow_up, says_so_when_memory_lacks)
{
    static const char body[] = "{\"status\":\"done\",\"text\":{\"nl\":\"x\",\"en\":\"y\"},\"round\":\"round-1\"}";
    unsigned long n = 1;
    for (;; n++) {
        struct follow_up f;
        struct faults faults;
        faults_init(&faults);
        mem_fail_at(n);
        int result = follow_up_read_request(body, strlen(body), "A-1", &f, &faults);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (failed)
            cr_assert(result == -1 && faults.no_memory, "allocation %lu", n);
        else
            follow_up_free(&f);
        faults_free(&faults);
        if (!failed)
            break;
    }
    cr_assert_gt(n, 8);
}

Test(follow_up, document_is_not_taken_for_another_when_memory_lacks)
{
    unsigned long n = 1;
    for (;; n++) {
        struct follow_up f;
        struct error error = {0};
        mem_fail_at(n);
        int result = follow_up_read_document(document, strlen(document), &f, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? -1 : 0, "allocation %lu", n);
        cr_assert_eq(error.kind, failed ? ERROR_MEMORY : ERROR_NONE, "allocation %lu", n);
        if (failed)
            continue;
        follow_up_free(&f);
        break;
    }
    cr_assert_gt(n, 8);
}
