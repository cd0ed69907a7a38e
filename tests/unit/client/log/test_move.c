/* A home that follows its collector to another URL, or stays; and what is on disk when there is no memory half-way. */
#include "base/mem.h"
#include "client/log/move.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/client/kit.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <string.h>

#define OLD_URL "https://old.example"

static struct fake_log ours, theirs;
static struct http_answer answer;
static struct profile profile;

/* A member whose enrolment is entry 3 of a log of 9 entries, and who has pinned it when it had 5. */
static void prepare(void)
{
    struct buf text;
    kit_begin();
    http_answer_init(&answer);
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_init(&theirs, "burgerpanel/wau");
    fake_log_fill(&ours, "entry", 9);
    fake_log_fill(&theirs, "entry", 9);
    cr_assert_eq(profile_open(&profile, kit_folder(), false), PROFILE_OPEN);
    cr_assert_eq(profile_make_key(&profile), 0);
    buf_init(&text, 8192);
    fake_log_put_answer(&text, &ours, 3, profile.kid);
    cr_assert_eq(profile_set_enrolled(&profile, OLD_URL, "wau", "entry3", &text), 0);
    cr_assert_eq(profile_set_pin(&profile, fake_log_pin(&ours, 5)), 0);
    buf_free(&text);
}

static void finish(void)
{
    profile_close(&profile);
    http_answer_free(&answer);
    fake_log_wipe(&ours);
    fake_log_wipe(&theirs);
    kit_end();
}

TestSuite(move, .init = prepare, .fini = finish);

static struct move move_to_fake(const char *panel)
{
    fake_log_serve(&ours);
    struct move move = {
        .url = fake_url(), .panel = panel, .monitor = {.http = http_open(fake_url(), &retry_never), .answer = &answer}};
    cr_assert_not_null(move.monitor.http);
    return move;
}

static void end_move(struct move *move)
{
    move_wipe(move);
    http_close(move->monitor.http);
    fake_stop();
}

/* Opens the home anew: what another run would find. */
static void reopen(void)
{
    profile_close(&profile);
    cr_assert_eq(profile_open(&profile, kit_folder(), false), PROFILE_OPEN);
}

static void expect_stayed(void)
{
    cr_expect_str_eq(profile.url, OLD_URL);
    reopen();
    cr_expect_str_eq(profile.url, OLD_URL);
    cr_expect_str_eq(profile.panel, "wau");
    cr_expect_eq(profile.pin->head.size, 5);
}

Test(move, keeps_the_new_url_and_the_newest_checkpoint)
{
    struct move move = move_to_fake("wau");
    cr_assert_eq(move_home(&move, &profile), MOVE_DONE);
    cr_expect_str_eq(profile.url, fake_url());
    reopen();
    cr_expect_str_eq(profile.url, fake_url());
    cr_expect_str_eq(profile.panel, "wau");
    cr_expect_eq(profile.index, 3);
    cr_expect_eq(profile.pin->head.size, 9);
    end_move(&move);
}

Test(move, keeps_the_enrolment_as_it_was)
{
    struct buf jws, text;
    struct move move = move_to_fake("wau");
    buf_init(&jws, 100);
    buf_init(&text, 8192);
    cr_assert_eq(move_home(&move, &profile), MOVE_DONE);
    cr_assert_eq(profile_read_enrolment(&profile, &jws, &text), 0);
    cr_expect_str_eq(buf_text(&jws), "entry3");
    cr_expect_not_null(strstr(buf_text(&text), "\"index\":3"));
    cr_expect_not_null(strstr(buf_text(&text), "c2sp.org/tlog-proof@v1"));
    end_move(&move);
    buf_free(&jws);
    buf_free(&text);
}

Test(move, stays_where_another_panel_is)
{
    struct move move = move_to_fake("elsewhere");
    cr_expect_eq(move_home(&move, &profile), MOVE_OTHER_PANEL);
    cr_expect_eq(fake_requests(), 0);
    expect_stayed();
    end_move(&move);
}

Test(move, stays_where_another_key_is_shown)
{
    struct move move = move_to_fake("wau");
    ours.key_of = ours.checkpoint_of = &theirs;
    cr_expect_eq(move_home(&move, &profile), MOVE_OTHER_LOG);
    cr_expect_eq(move.seen_as, MONITOR_OTHER_KEY);
    expect_stayed();
    end_move(&move);
}

/* The receipt speaks of all nine entries, though no more than five were pinned. */
Test(move, stays_where_the_log_has_less_than_a_receipt_says)
{
    struct move move = move_to_fake("wau");
    ours.shown = 8;
    cr_expect_eq(move_home(&move, &profile), MOVE_OTHER_LOG);
    cr_expect_eq(move.seen_as, MONITOR_SMALLER);
    cr_assert_not_null(move.monitor.older);
    cr_expect_eq(move.monitor.older->head.size, 9, "still there to be told of");
    expect_stayed();
    end_move(&move);
}

Test(move, stays_where_nobody_answers)
{
    struct move move = move_to_fake("wau");
    ours.answer = "";
    cr_expect_eq(move_home(&move, &profile), MOVE_OTHER_LOG);
    cr_expect_eq(move.seen_as, MONITOR_AWAY);
    expect_stayed();
    ours.answer = NULL;
    cr_expect_eq(move_home(&move, &profile), MOVE_DONE, "and goes when asked again");
    end_move(&move);
}

Test(move, looks_at_the_log_once_for_many_homes)
{
    struct move move = move_to_fake("wau");
    cr_assert_eq(move_home(&move, &profile), MOVE_DONE);
    size_t requests = fake_requests();
    cr_assert_eq(profile_set_url(&profile, OLD_URL), 0);
    cr_expect_eq(move_home(&move, &profile), MOVE_DONE);
    cr_expect_eq(fake_requests(), requests);
    end_move(&move);
}

/* The log has been looked at before, so that the service, which allocates too, is asked nothing meanwhile. */
Test(move, leaves_the_old_url_or_the_new_when_there_is_no_memory)
{
    bool done = false;
    struct move move = move_to_fake("wau");
    cr_assert_eq(move_home(&move, &profile), MOVE_DONE);
    for (unsigned long n = 1; !done; n++) {
        cr_assert_eq(profile_set_url(&profile, OLD_URL), 0);
        mem_fail_at(n);
        enum move_result result = move_home(&move, &profile);
        done = !mem_has_failed();
        mem_fail_at(0);
        cr_assert(done == (result == MOVE_DONE), "allocation %lu", n);
        reopen();
        cr_assert_str_eq(profile.url, result == MOVE_DONE ? fake_url() : OLD_URL, "allocation %lu", n);
        cr_assert(pin_has_key(profile.pin, &ours.key));
    }
    end_move(&move);
}
