/* What a log holds of what it acknowledged, shown by its tiles; and what is put back to be sent where it does not. */
#include "base/file.h"
#include "client/home/spool.h"
#include "client/log/again.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SENT 4 /* responses, as entries 5 to 8 */

/* Two logs of one key that agree on the first six entries. */
static struct fake_log ours, forked;
static struct http_answer answer;
static struct profile profile;

/* Files entry `index` as the response to action A<index>, accepted. */
static void file_sent(size_t index)
{
    char jws[16], action[16];
    struct buf text;
    buf_init(&text, 8192);
    snprintf(jws, sizeof jws, "entry%zu", index);
    snprintf(action, sizeof action, "A%zu", index);
    fake_log_put_answer(&text, &ours, index, NULL);
    struct response_id id = kit_id(action, 1);
    struct slice jws_text = {jws, strlen(jws)}, answer_text = slice_of(&text);
    cr_assert_eq(spool_settle(kit_folder(), &id, SPOOL_SENT, &jws_text, &answer_text), 0);
    buf_free(&text);
}

static void prepare(void)
{
    struct buf text;
    kit_begin();
    http_answer_init(&answer);
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_fill(&ours, "entry", 6);
    forked = ours;
    fake_log_fill(&ours, "entry", 9);
    fake_log_fill(&forked, "other", 12);
    cr_assert_eq(profile_open(&profile, kit_folder(), false), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(&profile), 0);
    buf_init(&text, 8192);
    fake_log_put_answer(&text, &ours, 3, profile.kid);
    cr_assert_eq(profile_set_enrolled(&profile, "https://a.example", "wau", "entry3", &text), 0);
    cr_assert_eq(profile_set_pin(&profile, fake_log_pin(&ours, 9)), 0);
    for (size_t i = 5; i < 5 + SENT; i++)
        file_sent(i);
    buf_free(&text);
}

static void finish(void)
{
    profile_close(&profile);
    http_answer_free(&answer);
    fake_log_wipe(&ours);
    kit_end();
}

TestSuite(again, .init = prepare, .fini = finish);

static struct again begin(struct fake_log *log)
{
    fake_log_serve(log);
    struct again again = {.monitor = {.http = http_open(fake_url(), &retry_never), .answer = &answer}};
    cr_assert_not_null(again.monitor.http);
    return again;
}

static void end(struct again *again)
{
    again_wipe(again);
    http_close(again->monitor.http);
    fake_stop();
}

static enum spool_state state_of(size_t index)
{
    char action[16];
    snprintf(action, sizeof action, "A%zu", index);
    struct response_id id = kit_id(action, 1);
    return spool_find(kit_folder(), &id);
}

static void expect_waiting_from(size_t first)
{
    for (size_t i = 5; i < 5 + SENT; i++)
        cr_expect_eq(state_of(i), i < first ? SPOOL_SENT : SPOOL_WAITING, "entry %zu", i);
}

Test(again, finds_all_in_the_log_that_acknowledged_it)
{
    struct again again = begin(&ours);
    cr_assert_eq(again_look(&again, &profile), AGAIN_DONE);
    cr_expect_eq(again.seen_as, MONITOR_CONTINUES);
    cr_expect(again.enrolment_held);
    cr_assert_eq(again_reopen(&again, &profile), AGAIN_DONE);
    cr_expect(again.held == SENT && again.lost == 0);
    expect_waiting_from(9);
    cr_expect_not(file_exists(kit_path("evidence")));
    end(&again);
}

Test(again, puts_back_what_an_older_copy_does_not_have)
{
    struct again again = begin(&ours);
    ours.shown = 7;
    cr_assert_eq(again_look(&again, &profile), AGAIN_DONE);
    cr_expect_eq(again.seen_as, MONITOR_SMALLER);
    cr_expect(again.enrolment_held);
    cr_assert_eq(again_reopen(&again, &profile), AGAIN_DONE);
    cr_expect(again.held == 2 && again.lost == 2);
    expect_waiting_from(7);
    end(&again);
}

Test(again, puts_back_what_another_history_has_something_else_in_place_of)
{
    struct again again = begin(&forked);
    forked.tiles = forked.key_of = forked.checkpoint_of = &forked;
    cr_assert_eq(again_look(&again, &profile), AGAIN_DONE);
    cr_expect_eq(again.seen_as, MONITOR_TWO_HISTORIES);
    cr_assert_eq(again_reopen(&again, &profile), AGAIN_DONE);
    cr_expect(again.held == 1 && again.lost == 3);
    expect_waiting_from(6);
    end(&again);
}

Test(again, keeps_the_very_text_and_the_receipt_of_what_was_lost)
{
    struct again again = begin(&ours);
    struct response_id id = kit_id("A8", 1);
    struct buf jws;
    buf_init(&jws, 100);
    ours.shown = 8;
    cr_assert_eq(again_look(&again, &profile), AGAIN_DONE);
    cr_assert_eq(again_reopen(&again, &profile), AGAIN_DONE);
    cr_assert_eq(spool_read(kit_folder(), &id, &jws), 0);
    cr_expect_str_eq(buf_text(&jws), "entry8");
    cr_expect(file_exists(kit_path("evidence")));
    buf_free(&jws);
    end(&again);
}

Test(again, misses_the_enrolment_where_it_is_lost_too)
{
    struct again again = begin(&ours);
    ours.shown = 2;
    cr_assert_eq(again_look(&again, &profile), AGAIN_DONE);
    cr_expect_not(again.enrolment_held);
    cr_expect_eq(state_of(5), SPOOL_SENT, "looking changes nothing");
    end(&again);
}

Test(again, leaves_all_as_it_is_when_another_key_is_shown)
{
    struct fake_log stranger;
    fake_log_init(&stranger, "burgerpanel/wau");
    struct again again = begin(&stranger);
    cr_expect_eq(again_look(&again, &profile), AGAIN_NO_LOG);
    cr_expect_eq(again.seen_as, MONITOR_OTHER_KEY);
    expect_waiting_from(9);
    end(&again);
    fake_log_wipe(&stranger);
}

Test(again, takes_nothing_for_lost_because_it_can_not_be_read)
{
    struct again again = begin(&ours);
    ours.shown = 7;
    ours.tiles = NULL;
    cr_expect_eq(again_look(&again, &profile), AGAIN_UNREAD);
    expect_waiting_from(9);
    ours.tiles = &forked; /* not the tiles of what was signed */
    ours.shown = 9;
    cr_expect_neq(again_look(&again, &profile), AGAIN_DONE);
    expect_waiting_from(9);
    end(&again);
}
