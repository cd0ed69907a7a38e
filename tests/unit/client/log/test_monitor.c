/* A collector that shows its log over a real socket, honestly or not. */
#include "client/log/monitor.h"
#include "client/log/tile_reader.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <string.h>

static struct fake_log ours, theirs, stranger;
static struct seen_list seen;
static struct http_answer answer;
static struct monitor monitor;
static struct pin *pin;

/* Two logs of one key that agree on the first 300 entries, and one of another key. */
static void prepare(void)
{
    kit_begin();
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_init(&stranger, "burgerpanel/wau");
    fake_log_fill(&stranger, "entry", 600);
    fake_log_fork(&ours, &theirs, 300, 600);
    http_answer_init(&answer);
}

static void finish(void)
{
    monitor_wipe(&monitor);
    http_close(monitor.http);
    seen_free(&seen);
    pin_free(pin);
    http_answer_free(&answer);
    fake_log_wipe(&ours);
    fake_log_wipe(&stranger);
    kit_end();
}

TestSuite(monitor, .init = prepare, .fini = finish);
TestSuite(tiles, .init = prepare, .fini = finish);

static void see(const struct fake_log *log, size_t size)
{
    struct buf text;
    struct merkle_head head = fake_log_head(log, size);
    buf_init(&text, NOTE_MAX);
    fake_log_put_checkpoint(&text, log, size);
    struct slice checkpoint = slice_of(&text);
    cr_assert_eq(seen_add(&seen, &head, &checkpoint), 0);
    buf_free(&text);
}

/* What the log that is being served comes to for who has pinned ours at `pinned` and seen what `see` was given. */
static enum monitor_result look(size_t pinned)
{
    pin = fake_log_pin(&ours, pinned);
    see(&ours, pinned);
    seen_sort(&seen);
    monitor =
        (struct monitor){.pin = pin, .seen = &seen, .http = http_open(fake_url(), &retry_never), .answer = &answer};
    cr_assert_not_null(monitor.http);
    return monitor_log(&monitor);
}

Test(monitor, finds_that_an_honest_log_continues_all_that_was_seen)
{
    static const size_t sizes[] = {1, 2, 255, 256, 257, 300, 511, 512, 513, 599, 600};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        see(&ours, sizes[i]);
    fake_log_serve(&ours);
    cr_expect_eq(look(0), MONITOR_CONTINUES);
    cr_assert_not_null(monitor.newest);
    cr_expect_eq(monitor.newest->head.size, 600);
    cr_expect_leq(fake_requests(), 2 + 4, "each tile is fetched once");
}

Test(monitor, names_partial_tiles_that_are_gone_before_the_full_ones_are_there)
{
    fake_log_fill(&ours, "entry", 768); /* three full tiles, the level above partial */
    ours.shown = 700;
    see(&ours, 400);
    see(&ours, 690);
    ours.only_full_tiles = true;
    fake_log_serve(&ours);
    /* Level 0 has full tiles to fall back on, the level above has not. */
    cr_expect_eq(look(10), MONITOR_UNREAD);
}

Test(monitor, names_two_histories)
{
    see(&ours, 100);
    fake_log_serve(&theirs);
    cr_expect_eq(look(400), MONITOR_TWO_HISTORIES);
    cr_expect_eq(monitor.older->head.size, 400);
    cr_expect_eq(monitor.newest->head.size, 600);
}

Test(monitor, names_two_histories_of_the_same_size)
{
    fake_log_serve(&theirs);
    cr_expect_eq(look(600), MONITOR_TWO_HISTORIES);
    cr_expect_eq(fake_requests(), 2, "that takes no proof");
}

Test(monitor, names_a_smaller_log)
{
    ours.shown = 350;
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_SMALLER);
    cr_expect_eq(fake_requests(), 2);
}

Test(monitor, names_a_log_that_was_emptied)
{
    ours.shown = 0;
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_SMALLER);
}

Test(monitor, takes_a_log_that_is_still_empty)
{
    ours.shown = 0;
    fake_log_serve(&ours);
    cr_expect_eq(look(0), MONITOR_CONTINUES);
}

Test(monitor, names_another_key)
{
    fake_log_serve(&stranger);
    cr_expect_eq(look(400), MONITOR_OTHER_KEY);
    cr_expect_gt(monitor.view.key.len, 0);
}

Test(monitor, names_a_checkpoint_that_another_key_signed)
{
    ours.checkpoint_of = &stranger;
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_OTHER_KEY);
}

Test(monitor, names_another_key_also_beside_the_right_checkpoint)
{
    ours.key_of = &stranger;
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_OTHER_KEY);
}

Test(monitor, names_tiles_that_are_not_of_the_log)
{
    ours.tiles = &theirs;
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_FALSE_TILES);
}

Test(monitor, names_tiles_that_can_not_be_had)
{
    ours.tiles = NULL;
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_UNREAD);
}

Test(monitor, tells_a_portal_from_a_collector)
{
    ours.answer = "HTTP/1.1 200 X\r\nContent-Length: 19\r\n\r\n<html>log in</html>";
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_NO_LOG);
}

Test(monitor, knows_nothing_when_the_collector_is_away)
{
    ours.answer = "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n";
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_AWAY);
}

Test(monitor, reads_no_answer_without_end)
{
    static char text[300 * 1024] = "HTTP/1.1 200 X\r\nContent-Length: 300000\r\n\r\n";
    memset(text + strlen(text), 'a', sizeof text - strlen(text) - 1);
    ours.answer = text;
    fake_log_serve(&ours);
    cr_expect_eq(look(400), MONITOR_REFUSED);
    cr_expect_eq(answer.transfer, FETCH_TOO_LONG);
}

Test(tiles, gives_each_stored_hash_and_fetches_a_tile_once)
{
    struct http *http;
    struct merkle_hash got, want;
    fake_log_serve(&ours);
    http = http_open(fake_url(), &retry_never);
    struct tile_reader *tiles = tile_reader_new(http, 600, &answer);
    cr_assert_not_null(tiles);
    for (unsigned level = 0; level < 10; level++)
        for (uint64_t i = 0; (i + 1) << level <= 600; i++) {
            cr_assert_eq(tile_reader_hash(tiles, level, i, &got), 0, "%u %d", level, (int)i);
            cr_assert_eq(fake_log_read(&ours, level, i, &want), 0);
            cr_assert(merkle_equal(&got, &want), "%u %d", level, (int)i);
        }
    cr_expect_eq(fake_requests(), 4);
    cr_expect_eq(tile_reader_hash(tiles, 0, 600, &got), -1, "beyond the tree");
    cr_expect_eq(tile_reader_hash(tiles, 9, 1, &got), -1);
    cr_expect_eq(tile_reader_hash(tiles, 64, 0, &got), -1);
    cr_expect_eq(fake_requests(), 4, "for which nobody is asked");
    tile_reader_free(tiles);
    http_close(http);
}

Test(tiles, takes_the_first_hashes_of_a_full_tile_where_the_partial_one_is_gone)
{
    struct merkle_hash got, want;
    fake_log_fill(&ours, "entry", 768);
    ours.only_full_tiles = true;
    fake_log_serve(&ours);
    struct http *http = http_open(fake_url(), &retry_never);
    struct tile_reader *tiles = tile_reader_new(http, 600, &answer);
    cr_assert_eq(tile_reader_hash(tiles, 0, 599, &got), 0);
    cr_assert_eq(fake_log_read(&ours, 0, 599, &want), 0);
    cr_expect(merkle_equal(&got, &want));
    tile_reader_free(tiles);
    http_close(http);
}

Test(tiles, refuses_one_of_another_length)
{
    struct merkle_hash got;
    ours.answer = "HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\nabc";
    fake_log_serve(&ours);
    struct http *http = http_open(fake_url(), &retry_never);
    struct tile_reader *tiles = tile_reader_new(http, 600, &answer);
    cr_expect_eq(tile_reader_hash(tiles, 0, 0, &got), -1);
    tile_reader_free(tiles);
    http_close(http);
}
