/* The spool, one response at a time and many at once. */
#include "base/file.h"
#include "base/mem.h"
#include "client/home/history.h"
#include "client/home/spool_bulk.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static const struct slice jws = {"a.b.c", 5}, answer = {"{\"index\":7}", 11};

static void prepare(void)
{
    kit_begin();
    cr_assert_eq(spool_prepare(kit_folder()), 0);
}

TestSuite(spool, .init = prepare, .fini = kit_end);
TestSuite(bulk, .init = prepare, .fini = kit_end);
TestSuite(history, .init = prepare, .fini = kit_end);

Test(spool, keeps_a_response_until_it_is_settled)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct buf text;
    buf_init(&text, 1000);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_UNKNOWN);
    cr_assert_eq(spool_put(kit_folder(), &id, "a.b.c", 5), 0);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_WAITING);
    cr_assert_eq(spool_settle(kit_folder(), &id, SPOOL_SENT, &jws, &answer), 0);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_SENT);
    cr_expect_not(file_exists(kit_path("spool/round-1~WA-1.03~0000000000000001.jws")));
    cr_assert_eq(spool_read(kit_folder(), &id, &text), 0);
    cr_expect_str_eq(buf_text(&text), "a.b.c");
    buf_reset(&text);
    cr_assert_eq(spool_read_answer(kit_folder(), &id, SPOOL_SENT, &text), 0);
    cr_expect_str_eq(buf_text(&text), "{\"index\":7}");
    buf_free(&text);
}

Test(spool, never_writes_one_response_over_another)
{
    struct response_id id = kit_id("WA-1.03", 1);
    cr_assert_eq(spool_put(kit_folder(), &id, "a.b.c", 5), 0);
    cr_expect_eq(spool_put(kit_folder(), &id, "d.e.f", 5), -1);
    cr_expect_eq(errno, EEXIST);
}

Test(spool, takes_a_response_for_settled_when_the_power_went_in_between)
{
    struct response_id id = kit_id("WA-1.03", 1);
    size_t count;
    cr_assert_eq(spool_settle(kit_folder(), &id, SPOOL_REFUSED, &jws, &answer), 0);
    cr_assert_eq(spool_put(kit_folder(), &id, "a.b.c", 5), 0);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_REFUSED);
    cr_assert_eq(spool_count(kit_folder(), SPOOL_WAITING, &count), 0);
    cr_expect_eq(count, 0);
    cr_expect_not(file_exists(kit_path("spool/round-1~WA-1.03~0000000000000001.jws")));
}

struct seen {
    int64_t revisions[8];
    size_t count;
};

static int see(void *context, const struct response_id *id)
{
    struct seen *seen = context;
    seen->revisions[seen->count++] = id->revision;
    return 0;
}

Test(spool, gives_the_revisions_of_an_action_in_their_order)
{
    static const int64_t revisions[] = {10, 2, 100, 9};
    struct seen seen = {0};
    int64_t last;
    for (size_t i = 0; i < 4; i++) {
        struct response_id id = kit_id("WA-1.03", revisions[i]);
        cr_assert_eq(spool_put(kit_folder(), &id, "a.b.c", 5), 0);
    }
    kit_write("spool/notes.jws", "not ours");
    cr_assert_eq(spool_each(kit_folder(), SPOOL_WAITING, see, &seen), 0);
    cr_assert_eq(seen.count, 4);
    for (size_t i = 1; i < 4; i++)
        cr_expect_gt(seen.revisions[i], seen.revisions[i - 1]);
    cr_assert_eq(spool_last_revision(kit_folder(), "round-1", "WA-1.03", &last), 0);
    cr_expect_eq(last, 100);
    cr_assert_eq(spool_last_revision(kit_folder(), "round-1", "WA-1.0", &last), 0);
    cr_expect_eq(last, 0);
}

Test(spool, says_so_when_a_record_is_damaged)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct buf text;
    buf_init(&text, 1000);
    kit_write("sent/round-1~WA-1.03~0000000000000001.json", "{\"jws\":\"a.b");
    cr_expect_eq(spool_read(kit_folder(), &id, &text), -1);
    cr_expect_eq(errno, EILSEQ);
    id.revision = 2;
    cr_expect_eq(spool_read(kit_folder(), &id, &text), -1);
    cr_expect_eq(errno, ENOENT);
    buf_free(&text);
}

/* Wherever memory runs out, the response is either still waiting or settled, never gone. */
Test(spool, loses_nothing_when_memory_runs_out)
{
    for (unsigned long n = 1;; n++) {
        struct response_id id = kit_id("WA-1.03", (int64_t)n);
        cr_assert_eq(spool_put(kit_folder(), &id, "a.b.c", 5), 0);
        mem_fail_at(n);
        int result = spool_settle(kit_folder(), &id, SPOOL_SENT, &jws, &answer);
        int failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(spool_find(kit_folder(), &id), result == 0 ? SPOOL_SENT : SPOOL_WAITING);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
}

Test(bulk, has_a_response_in_place_only_when_it_is_committed)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct spool_bulk *bulk = spool_bulk_open(kit_folder());
    cr_assert_not_null(bulk);
    cr_assert_eq(spool_bulk_put(bulk, kit_folder(), &id, &jws), 0);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_UNKNOWN);
    cr_assert_eq(spool_bulk_commit(bulk), 0);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_WAITING);
    cr_assert_eq(spool_bulk_settle(bulk, kit_folder(), &id, SPOOL_SENT, &jws, &answer), 0);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_WAITING);
    cr_assert_eq(spool_bulk_commit(bulk), 0);
    cr_expect_eq(spool_find(kit_folder(), &id), SPOOL_SENT);
    cr_expect(file_exists(kit_path("spool/round-1~WA-1.03~0000000000000001.jws")), "gone before sent/ is synced");
    cr_assert_eq(spool_bulk_finish(bulk), 0);
    cr_expect_not(file_exists(kit_path("spool/round-1~WA-1.03~0000000000000001.jws")));
    spool_bulk_close(bulk);
}

Test(bulk, never_writes_one_response_over_another)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct buf text;
    struct spool_bulk *bulk = spool_bulk_open(kit_folder());
    buf_init(&text, 100);
    cr_assert_eq(spool_bulk_put(bulk, kit_folder(), &id, &jws), 0);
    cr_assert_eq(spool_put(kit_folder(), &id, "d.e.f", 5), 0);
    cr_expect_eq(spool_bulk_commit(bulk), -1);
    cr_expect_eq(errno, EEXIST);
    cr_assert_eq(spool_read(kit_folder(), &id, &text), 0);
    cr_expect_str_eq(buf_text(&text), "d.e.f");
    buf_free(&text);
    spool_bulk_close(bulk);
}

Test(history, finds_the_latest_that_was_not_refused)
{
    struct history history;
    struct response_id one = kit_id("WA-1.03", 1), two = kit_id("WA-1.03", 2), three = kit_id("WA-1.03", 3),
                       other = kit_id("WA-1.030", 9);
    cr_assert_eq(spool_settle(kit_folder(), &one, SPOOL_SENT, &jws, &answer), 0);
    cr_assert_eq(spool_put(kit_folder(), &two, "a.b.c", 5), 0);
    cr_assert_eq(spool_settle(kit_folder(), &three, SPOOL_REFUSED, &jws, &answer), 0);
    cr_assert_eq(spool_put(kit_folder(), &other, "a.b.c", 5), 0);
    cr_assert_eq(history_load(&history, kit_folder()), 0);
    const struct history_line *line = history_find(&history, "round-1", "WA-1.03");
    cr_assert_not_null(line);
    cr_expect_eq(line->id.revision, 2);
    cr_expect_eq(line->state, SPOOL_WAITING);
    cr_expect_null(history_find(&history, "round-1", "WA-1.0"));
    cr_expect_null(history_find(&history, "round-2", "WA-1.03"));
    history_free(&history);
}
