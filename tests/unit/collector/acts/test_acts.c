/* What each kind of act writes, names and refuses, through the ledger that carries it out. */
#include "collector/acts/actions.h"
#include "collector/acts/invitations.h"
#include "collector/acts/operator.h"
#include "collector/acts/panel.h"
#include "tests/unit/collector/kit_acts.h"
#include <criterion/criterion.h>
#include <string.h>

static struct kit kit;

static void start(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_give_operator(&kit);
    kit_start(&kit);
}

static void end(void)
{
    kit_close(&kit);
    kit_end();
}

TestSuite(acts, .init = start, .fini = end);

/* Has the wish carried out. Gives the entry, or -1 and why. */
static int64_t carry_out(struct act_wish *wish, struct buf *text)
{
    int64_t id = kit_ask(kit.store, wish);
    ledger_free(kit.ledger);
    kit_start(&kit);
    return kit_outcome(kit.store, id, text);
}

static void assert_refused(struct act_wish *wish, const char *why)
{
    struct buf text;
    int64_t entries = kit_entries(kit.store);
    cr_assert_eq(carry_out(wish, &text), -1);
    cr_assert_not_null(strstr(buf_text(&text), why), "%s", buf_text(&text));
    cr_assert_eq(kit_entries(kit.store), entries);
    buf_free(&text);
}

/* The event that the wish comes to; the caller calls event_free. */
static struct event done(struct act_wish *wish)
{
    struct buf text;
    int64_t entry = carry_out(wish, &text);
    cr_assert_eq(entry, kit_entries(kit.store) - 1, "%s", buf_text(&text));
    buf_free(&text);
    return kit_event(kit.store, entry);
}

static struct buf document_of(const uint8_t hash[static SHA256_BYTES])
{
    struct buf bytes;
    buf_init(&bytes, KIT_TEXT_MAX);
    cr_assert_eq(store_document_read(kit.store, hash, &bytes), STORE_OK);
    return bytes;
}

/* The first panel. */

Test(acts, a_first_import_opens_the_log)
{
    struct act_wish wish;
    struct buf json = kit_file("fixtures/panel.json");
    kit_close(&kit);
    kit_open(&kit, kit_store_open(kit_dsn(NULL)));
    kit_give_operator(&kit);
    cr_assert_eq(act_prepare_panel(&wish, &json), 0);
    (void)kit_ask(kit.store, &wish);
    kit_start(&kit);
    struct event opened = kit_event(kit.store, 0), imported = kit_event(kit.store, 1);
    cr_assert(opened.kind == EVENT_LOG_OPENED && opened.protocol == EVENT_PROTOCOL);
    cr_assert_str_eq(opened.aud, "wau");
    cr_assert_str_eq(opened.origin, "burgerpanel/wau");
    cr_assert(imported.kind == EVENT_PANEL_IMPORTED && imported.bytes == (int64_t)json.len);
    struct buf document = document_of(imported.panel);
    cr_assert_str_eq(buf_text(&document), buf_text(&json));
    struct catalogue *now = catalogue_now(kit.shared.catalogues);
    cr_assert_str_eq(now->panel->id, "wau", "and is in force");
    catalogue_release(now);
    event_free(&opened);
    event_free(&imported);
    buf_free(&document);
    buf_free(&json);
}

Test(acts, nothing_else_begins_a_log)
{
    struct act_wish wish;
    struct error error = {0};
    uint8_t hash[1][SHA256_BYTES] = {{1}};
    kit_close(&kit);
    kit_open(&kit, kit_store_open(kit_dsn(NULL)));
    kit_give_operator(&kit);
    (void)kit_prepare_invitations(kit.store, (const uint8_t(*)[SHA256_BYTES])hash, 1, 0, &wish);
    (void)kit_ask(kit.store, &wish);
    cr_assert_null(ledger_new(kit.store, &kit.shared, &error));
    cr_assert_not_null(strstr(error.text, "no panel has been imported"));
    cr_assert_eq(kit_entries(kit.store), 0);
}

/* Imports. */

Test(acts, a_definition_is_checked_anew)
{
    struct act_wish wish;
    struct buf json;
    buf_init(&json, KIT_TEXT_MAX);
    struct buf fixture = kit_file("fixtures/panel.json");
    const char *id = strstr(buf_text(&fixture), "\"wau\"");
    buf_put(&json, fixture.data, (size_t)(id - fixture.data));
    buf_put_text(&json, "\"other\"");
    buf_put_text(&json, id + strlen("\"wau\""));
    cr_assert_eq(act_prepare_panel(&wish, &json), 0);
    assert_refused(&wish, "its id can't change");
    buf_reset(&json);
    buf_put_text(&json, "{}");
    cr_assert_eq(act_prepare_panel(&wish, &json), 0);
    assert_refused(&wish, "/id");
    buf_free(&json);
    buf_free(&fixture);
}

Test(acts, a_list_keeps_what_it_lacks_and_is_told_whole)
{
    struct act_wish wish;
    struct buf csv, expected;
    struct actions_change change;
    struct faults faults;
    struct error error = {0};
    buf_init(&csv, KIT_TEXT_MAX);
    buf_init(&expected, KIT_TEXT_MAX);
    buf_put_text(&csv, "id,title,track,lead,related,status\nNEW-1,Nieuw,,,,planned\nWA-1.02,Anders,,,,done\n");
    faults_init(&faults);
    struct action_list *list = actions_parse_csv(buf_text(&csv), csv.len, &faults);
    cr_assert_eq(act_compare_actions(kit.store, list, &change, &error), 0);
    cr_assert_eq(change.added, 1);
    cr_assert_eq(change.changed, 1);
    cr_assert_eq(act_prepare_actions(&wish, &csv), 0);
    struct event event = done(&wish);
    struct buf document = document_of(event.actions);
    struct catalogue *now = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(now->actions->count, 37);
    cr_assert_str_eq(now->actions->list[0].id, "NEW-1");
    action_list_put_json(&expected, now->actions);
    cr_assert_str_eq(buf_text(&document), buf_text(&expected), "the list as it is served");
    cr_assert_eq(event.bytes, (int64_t)expected.len);
    catalogue_release(now);
    event_free(&event);
    buf_free(&document);
    buf_free(&expected);
    action_list_free(list);
    faults_free(&faults);
    buf_reset(&csv);
    buf_put_text(&csv, "no list at all");
    cr_assert_eq(act_prepare_actions(&wish, &csv), 0);
    assert_refused(&wish, "line 1");
    buf_free(&csv);
}

/* Invitations. */

#define MANY 300

static void prepare_many(struct act_wish *wish, int64_t first, uint8_t hashes[static MANY][SHA256_BYTES])
{
    for (size_t i = 0; i < MANY; i++) {
        size_t seed = i + (size_t)first * MANY;
        crypto_sha256(&seed, sizeof seed, hashes[i]);
    }
    cr_assert_eq(kit_prepare_invitations(kit.store, (const uint8_t(*)[SHA256_BYTES])hashes, MANY, 7, wish), first);
}

Test(acts, invitations_are_numbered_as_asked_and_told_in_the_order_of_their_hashes)
{
    static uint8_t hashes[MANY][SHA256_BYTES];
    struct act_wish wish;
    struct store_invitation found;
    prepare_many(&wish, 1, hashes);
    struct event event = done(&wish);
    cr_assert(event.count == MANY && event.replaces == 7 && !event.stratum);
    struct buf codes = document_of(event.codes);
    cr_assert_eq(codes.len, MANY * SHA256_BYTES);
    for (size_t i = 1; i < MANY; i++)
        cr_assert_lt(memcmp(codes.data + (i - 1) * SHA256_BYTES, codes.data + i * SHA256_BYTES, SHA256_BYTES), 0);
    for (size_t i = 0; i < MANY; i++) {
        cr_assert_eq(store_invitation_find(kit.store, hashes[i], &found), STORE_OK);
        cr_assert_eq(found.state, INVITATION_UNUSED);
    }
    event_free(&event);
    buf_free(&codes);
}

static void assert_unused(int64_t unused, int64_t last)
{
    int64_t highest = 0;
    struct invitation_counts counts;
    cr_assert_eq(store_invitation_count(kit.store, &counts), STORE_OK);
    cr_assert_eq(store_handout_last(kit.store, &highest), STORE_OK);
    cr_assert(counts.unused == unused && highest == last, "%lld, %lld", (long long)counts.unused, (long long)highest);
}

Test(acts, numbers_are_asked_for_once)
{
    static uint8_t hashes[MANY][SHA256_BYTES], others[MANY][SHA256_BYTES];
    struct act_wish first, second, same;
    struct buf text;
    prepare_many(&first, 1, hashes);
    assert_unused(0, MANY);
    prepare_many(&second, MANY + 1, others);
    act_wish_init(&same, EVENT_INVITATIONS_CREATED);
    buf_put(&same.claims, first.claims.data, first.claims.len);
    struct event event = done(&first);
    assert_unused(MANY, 2 * MANY);
    assert_refused(&same, "create them again");
    int64_t id = kit_ask(kit.store, &second);
    ledger_free(kit.ledger);
    kit_start(&kit);
    cr_assert_geq(kit_outcome(kit.store, id, &text), 0);
    assert_unused(2 * MANY, 2 * MANY);
    event_free(&event);
    buf_free(&text);
}

Test(acts, what_is_given_up_is_refused_and_leaves_nothing)
{
    static uint8_t hashes[MANY][SHA256_BYTES];
    struct act_invitations wanted = {.first = 1, .count = MANY};
    struct act_wish wish;
    struct error error = {0};
    struct buf codes;
    buf_init(&codes, 0);
    prepare_many(&wish, 1, hashes);
    cr_assert_eq(act_give_up_invitations(kit.store, &wanted, &codes, &error), 0);
    assert_refused(&wish, "create them again");
    assert_unused(0, 0);
    prepare_many(&wish, 1, hashes);
    struct event event = done(&wish);
    cr_assert_eq(act_give_up_invitations(kit.store, &wanted, &codes, &error), 0);
    assert_unused(MANY, MANY);
    event_free(&event);
}

Test(acts, what_was_cut_off_goes_an_hour_later_unless_it_is_asked_for)
{
    static uint8_t hashes[MANY][SHA256_BYTES], others[MANY][SHA256_BYTES];
    struct act_wish asked, lost;
    struct error error = {0};
    prepare_many(&asked, 1, hashes);
    prepare_many(&lost, MANY + 1, others);
    int64_t id = kit_ask(kit.store, &asked);
    cr_assert_eq(act_tidy_invitations(kit.store, KIT_NOW + 3600, &error), 0);
    assert_unused(0, 2 * MANY);
    cr_assert_eq(act_tidy_invitations(kit.store, KIT_NOW + 3601, &error), 0);
    assert_unused(0, MANY);
    struct buf text;
    cr_assert_eq(carry_out(&lost, &text), -1);
    cr_assert_not_null(strstr(buf_text(&text), "create them again"));
    buf_free(&text);
    cr_assert_geq(kit_outcome(kit.store, id, &text), 0);
    buf_free(&text);
    assert_unused(MANY, MANY);
}

Test(acts, an_invitation_is_withdrawn_once)
{
    static uint8_t hashes[MANY][SHA256_BYTES];
    static const uint8_t unknown[SHA256_BYTES] = {9};
    struct act_wish wish, again;
    struct error error = {0};
    prepare_many(&wish, 1, hashes);
    struct event created = done(&wish);
    cr_assert_eq(act_prepare_withdrawal(&wish, kit.store, hashes[3], &error), 0);
    cr_assert_eq(act_prepare_withdrawal(&again, kit.store, hashes[3], &error), 0);
    struct event event = done(&wish);
    cr_assert_arr_eq(event.code, hashes[3], SHA256_BYTES);
    assert_refused(&again, "withdrawn already");
    cr_assert_eq(act_prepare_withdrawal(&wish, kit.store, unknown, &error), -1);
    cr_assert_not_null(strstr(error.text, "no invitation with this code"));
    event_free(&created);
    event_free(&event);
}

/* The operator key. */

Test(acts, an_operator_key_that_is_not_at_hand_is_not_taken)
{
    static const uint8_t nowhere[KEY_BYTES] = {5};
    struct act_wish wish;
    cr_assert_eq(act_prepare_operator(&wish, nowhere), 0);
    assert_refused(&wish, "the key that is to follow, is not there");
}

/* What another version wrote. */

Test(acts, what_can_not_be_read_is_refused)
{
    static const struct {
        enum event_kind kind;
        const char *claims;
    } odd[] = {{EVENT_MEMBER_REVOKED, "{\"member\":1}"},
               {EVENT_MEMBER_REVOKED, "{\"member\":1,\"enrolment\":0,\"reason\":\"whim\"}"},
               {EVENT_MEMBER_RESTORED, "no json"},
               {EVENT_INVITATIONS_CREATED, "{\"first\":1,\"count\":2,\"replaces\":3}"},
               {EVENT_INVITATIONS_CREATED, "{\"first\":1,\"count\":1000001,\"replaces\":0}"},
               {EVENT_INVITATION_WITHDRAWN, "{\"code\":\"x\"}"},
               {EVENT_OPERATOR_CHANGED, "{}"},
               {EVENT_PANEL_IMPORTED, "{}"},
               {EVENT_ACTIONS_IMPORTED, "{}"},
               {EVENT_LOG_OPENED, "{}"},
               {EVENT_ROUND_CLOSED, "{\"round\":\"round-1\"}"}};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct act_wish wish;
        act_wish_init(&wish, odd[i].kind);
        buf_put_text(&wish.claims, odd[i].claims);
        assert_refused(&wish, "another version of the program");
    }
}
