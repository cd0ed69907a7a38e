/* The act of making a release in the ledger: stored whole with its event, or refused because something came between. */
#include "base/clock.h"
#include "collector/acts/release.h"
#include "collector/log/tree.h"
#include "collector/state/recorded.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400)
#define CLOSED INT64_C(2082758400) /* 2036-01-01T00:00:00Z: the example's round is over */

static struct catalogue *shown; /* held: each start of a ledger makes another */
static struct kit kit;
static struct kit_member members[2];
static struct release release;

static void start(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_give_operator(&kit);
    kit_start(&kit);
    kit_join(&kit, members, 2, 1);
    shown = catalogue_now(kit.shared.catalogues);
    for (size_t i = 0; i < RELEASE_FILES; i++) {
        snprintf(release.files[i].name, RELEASE_NAME_SIZE, "%s", release_file_name(i));
        buf_init(&release.files[i].text, KIT_TEXT_MAX);
        buf_printf(&release.files[i].text, "file %zu", i);
    }
}

static void end(void)
{
    release_wipe(&release);
    catalogue_release(shown);
    for (size_t i = 0; i < 2; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_releases, .init = start, .fini = end);

static struct act_release release_now(int64_t number)
{
    struct act_release asked = {.panel = shown->panel, .round = "round-1", .number = number, .release = &release};
    cr_assert_eq(tree_head(kit.store, &asked.head, NULL), 0);
    return asked;
}

/* Carries it out. The entry of its event; -1: refused, as *why says. */
static int64_t carry_out(struct act_wish *wish, struct buf *why)
{
    int64_t id, entry;
    const struct store_wish asked = {.kind = event_name(wish->kind),
                                     .claims = buf_text(&wish->claims),
                                     .claims_len = wish->claims.len,
                                     .document = wish->document.data,
                                     .document_len = wish->document.len,
                                     .asked_at = KIT_NOW};
    cr_assert_eq(store_wish_add(kit.store, &asked, &id), STORE_OK);
    act_wish_wipe(wish);
    ledger_free(kit.ledger);
    kit_start(&kit);
    buf_init(why, KIT_TEXT_MAX);
    cr_assert_eq(store_wish_outcome(kit.store, id, &entry, why), STORE_OK);
    return entry;
}

static int64_t create(const struct act_release *asked, struct buf *why)
{
    struct act_wish wish;
    struct error error = {0};
    cr_assert_eq(act_prepare_release(&wish, asked, &error), 0, "%s", error.text);
    return carry_out(&wish, why);
}

static void assert_made(const struct act_release *asked)
{
    struct buf why;
    cr_assert_geq(create(asked, &why), 0, "%s", buf_text(&why));
    buf_free(&why);
}

static void assert_refused(const struct act_release *asked, const char *sentence)
{
    struct buf why;
    int64_t before = kit_entries(kit.store);
    cr_assert_eq(create(asked, &why), -1, "%s", sentence);
    cr_assert_not_null(strstr(buf_text(&why), sentence), "%s", buf_text(&why));
    cr_assert_eq(kit_entries(kit.store), before);
    buf_free(&why);
}

Test(ledger_releases, are_stored_with_their_event)
{
    struct store_release stored;
    struct event event;
    struct buf file;
    struct error error;
    struct act_release asked = release_now(1);
    assert_made(&asked);
    cr_assert_eq(store_release_last(kit.store, 1, &stored), STORE_OK);
    cr_assert(stored.number == 1 && !stored.is_final && stored.created_at == KIT_NOW);
    cr_assert_eq(stored.size, (int64_t)asked.head.size);
    cr_assert_eq(stored.index, kit_entries(kit.store) - 1);
    cr_assert_eq(recorded_read(kit.store, stored.index, &event, &error), 0);
    cr_assert(event.kind == EVENT_RELEASE_CREATED && event.rule == 2 && event.file_count == RELEASE_FILES);
    cr_assert(event.min_respondents == 10 && event.round_to == 5 && event.min_changed == 10);
    cr_assert_arr_eq(event.root, asked.head.root.bytes, SHA256_BYTES);
    for (size_t i = 0; i < RELEASE_FILES; i++) {
        uint8_t hash[SHA256_BYTES];
        buf_init(&file, KIT_TEXT_MAX);
        cr_assert_eq(store_release_file_read(kit.store, 1, 1, release_file_name(i), &file), STORE_OK);
        cr_assert_str_eq(buf_text(&file), buf_text(&release.files[i].text));
        crypto_sha256(file.data, file.len, hash);
        cr_assert_arr_eq(hash, event.files[i].sha256, SHA256_BYTES);
        buf_free(&file);
    }
    event_free(&event);
}

Test(ledger_releases, follow_after_the_interval)
{
    struct act_release asked = release_now(1);
    assert_made(&asked);
    asked = release_now(2);
    clock_set(KIT_NOW + 28 * DAY - 1);
    assert_refused(&asked, "less than releaseInterval (28 days) ago");
    clock_set(KIT_NOW + 28 * DAY);
    assert_made(&asked);
}

Test(ledger_releases, are_refused_when_another_was_made_meanwhile)
{
    struct act_release asked = release_now(1);
    assert_made(&asked);
    assert_refused(&asked, "release 1 of this round was made meanwhile");
}

Test(ledger_releases, are_refused_with_bounds_of_before_that_protect_nobody)
{
    static const struct panel panels[] = {{.min_respondents = 2, .round_to = 5},
                                          {.min_respondents = 10, .round_to = 1}};
    for (size_t i = 0; i < 2; i++) {
        struct error error = {0};
        const struct act_release_place place = {.panel = &panels[i], .now = KIT_NOW};
        cr_assert_eq(act_release_may_follow(&place, false, &error), -1);
        cr_assert_not_null(strstr(error.text, "import it anew"), "%s", error.text);
    }
}

Test(ledger_releases, end_with_a_final_one_of_a_closed_round)
{
    struct act_release asked = release_now(1);
    asked.is_final = true;
    assert_refused(&asked, "the round is not closed");
    asked.is_final = false;
    assert_made(&asked);
    clock_set(CLOSED);
    asked = release_now(2);
    asked.is_final = true;
    assert_made(&asked);
    clock_set(CLOSED + 100 * DAY);
    asked = release_now(3);
    assert_refused(&asked, "release 2 was the final one");
}

Test(ledger_releases, are_refused_when_the_log_is_another)
{
    struct act_release asked = release_now(1);
    asked.head.root.bytes[0] ^= 1;
    assert_refused(&asked, "the log has moved on");
    asked = release_now(1);
    asked.head.size += 100;
    assert_refused(&asked, "the log has moved on");
    asked = release_now(1);
    asked.round = "round-9";
    assert_refused(&asked, "no round 'round-9'");
}

/* Without the ledger, which would look for the event itself. */
static void assert_refused_after(enum event_kind kind)
{
    struct act_release asked = release_now(1);
    struct act_wish wish;
    struct error error;
    struct closings closings;
    closings_init(&closings);
    cr_assert_eq(act_prepare_release(&wish, &asked, &error), 0);
    struct json *claims = json_parse(wish.claims.data, wish.claims.len, NULL);
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    for (int64_t since = 0; since < 2; since++) {
        struct act_work work = {.store = kit.store,
                                .catalogue = catalogue,
                                .closings = &closings,
                                .now = KIT_NOW,
                                .index = (int64_t)asked.head.size + 1,
                                .claims = claims,
                                .document = wish.document.data,
                                .document_len = wish.document.len};
        cr_assert_eq(store_begin(kit.store), STORE_OK);
        cr_assert_eq(store_event_add(kit.store, (int64_t)asked.head.size - 1 + since, event_name(kind)), STORE_OK);
        cr_assert_eq(act_carry_out(&work, EVENT_RELEASE_CREATED), since == 0 ? ACT_DONE : ACT_REFUSED);
        if (since == 1)
            cr_assert_not_null(strstr(work.error.text, "the log has moved on"), "%s", work.error.text);
        store_rollback(kit.store);
        act_work_wipe(&work);
    }
    catalogue_release(catalogue);
    json_free(claims);
    act_wish_wipe(&wish);
}

Test(ledger_releases, are_refused_when_something_was_erased_since)
{
    assert_refused_after(EVENT_ENTRIES_ERASED);
}

Test(ledger_releases, are_refused_when_another_panel_came_since)
{
    assert_refused_after(EVENT_PANEL_IMPORTED);
}

Test(ledger_releases, hold_what_was_made_and_nothing_else)
{
    static const char *const changes[][2] = {{"\"options.csv\"", "\"optionz.csv\""},
                                             {"\"bytes\":6", "\"bytes\":7"},
                                             {"\"bytes\":6", "\"bytes\":600"},
                                             {"\"number\":1", "\"number\":\"1\""},
                                             {"\"final\":false", "\"final\":0"}};
    for (size_t i = 0; i <= sizeof changes / sizeof *changes; i++) {
        struct act_release asked = release_now(1);
        struct act_wish wish;
        struct buf why;
        struct error error;
        cr_assert_eq(act_prepare_release(&wish, &asked, &error), 0);
        if (i == sizeof changes / sizeof *changes) {
            wish.document.data[3] ^= 1;
        } else {
            struct buf claims;
            char *at = strstr(wish.claims.data, changes[i][0]);
            cr_assert_not_null(at, "%s", changes[i][0]);
            buf_init(&claims, ACT_CLAIMS_MAX);
            buf_put(&claims, wish.claims.data, (size_t)(at - wish.claims.data));
            buf_put_text(&claims, changes[i][1]);
            buf_put_text(&claims, at + strlen(changes[i][0]));
            buf_free(&wish.claims);
            wish.claims = claims;
        }
        cr_assert_eq(carry_out(&wish, &why), -1, "change %zu", i);
        cr_assert_not_null(strstr(buf_text(&why), "can't be read"), "%s", buf_text(&why));
        buf_free(&why);
    }
}

Test(ledger_releases, say_so_when_they_are_too_large)
{
    struct act_release asked = release_now(1);
    struct act_wish wish;
    struct error error = {0};
    struct buf *text = &release.files[0].text;
    buf_free(text);
    buf_init(text, SIZE_MAX);
    char *room = buf_reserve(text, ACT_DOCUMENT_MAX + 1);
    cr_assert_not_null(room);
    memset(room, 'a', ACT_DOCUMENT_MAX + 1);
    text->len = ACT_DOCUMENT_MAX + 1;
    cr_assert_eq(act_prepare_release(&wish, &asked, &error), -1);
    cr_assert_not_null(strstr(error.text, "64 MiB"), "%s", error.text);
}
