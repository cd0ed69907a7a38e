/* Acts in the ledger: with their events, in one commit, before all that comes after them. */
#include "base/clock.h"
#include "base/mem.h"
#include "collector/acts/actions.h"
#include "collector/acts/member.h"
#include "collector/acts/panel.h"
#include "tests/unit/collector/kit_acts.h"
#include "tests/unit/collector/store/lying.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct kit kit;
static struct kit_member members[3];

static void start(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_give_operator(&kit);
    kit_start(&kit);
    kit_join(&kit, members, 3, 1);
}

static void end(void)
{
    for (size_t i = 0; i < 3; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_acts, .init = start, .fini = end);

static struct store_member stored(int64_t number)
{
    struct store_member member;
    cr_assert_eq(store_member_read(kit.store, number, &member), STORE_OK);
    return member;
}

static int64_t ask_revocation(int64_t number)
{
    struct act_wish wish;
    struct error error;
    struct store_member member = stored(number);
    member.revoked_at = 0; /* as when it was asked, whatever has happened meanwhile */
    cr_assert_eq(act_prepare_revocation(&wish, &member, "abuse", &error), 0);
    return kit_ask(kit.store, &wish);
}

/* The kit does on one handle what is asked on another: the ledger looks anew. */
static void notice(void)
{
    ledger_free(kit.ledger);
    kit_start(&kit);
}

Test(ledger_acts, begin_an_older_log_with_what_was_in_force)
{
    struct event event = kit_event(kit.store, 0);
    struct buf document;
    buf_init(&document, KIT_TEXT_MAX);
    cr_assert_eq(event.kind, EVENT_LOG_UPGRADED);
    cr_assert(event.size == 0 && event.unused == 0 && event.used == 0 && event.revoked.count == 0);
    cr_assert_str_eq(event.aud, "wau");
    cr_assert_str_eq(event.origin, "burgerpanel/wau");
    cr_assert_eq(store_document_read(kit.store, event.panel, &document), STORE_OK);
    struct buf fixture = kit_file("fixtures/panel.json");
    cr_assert_str_eq(buf_text(&document), buf_text(&fixture));
    buf_free(&fixture);
    buf_free(&document);
    event_free(&event);
    notice();
    cr_assert_eq(kit_entries(kit.store), 4, "once");
}

/* Entries of one commit may be made over the turn of a second; none is older than the one before it. */
Test(ledger_acts, never_go_back_in_time_however_long_they_take)
{
    struct kit empty;
    struct act_wish wish[2];
    struct buf panel = kit_file("fixtures/panel.json"), csv = kit_file("fixtures/actions.csv");
    kit_open(&empty, kit_store_open(kit_dsn("empty")));
    kit_give_operator(&empty);
    cr_assert_eq(act_prepare_panel(&wish[0], &panel), 0);
    cr_assert_eq(act_prepare_actions(&wish[1], &csv), 0);
    for (size_t i = 0; i < 2; i++)
        kit_ask(empty.store, &wish[i]);
    clock_step(1);
    kit_start(&empty);
    clock_step(0);
    cr_assert_eq(kit_entries(empty.store), 3);
    int64_t last = 0;
    for (int64_t i = 0; i < 3; i++) {
        struct event event = kit_event(empty.store, i);
        cr_assert_geq(event.iat, last, "%s", event_name(event.kind));
        last = event.iat;
        event_free(&event);
    }
    buf_free(&panel);
    buf_free(&csv);
    kit_close(&empty);
}

Test(ledger_acts, refuse_a_revoked_member_from_their_event_on)
{
    struct parcel parcels[2];
    parcel_respond(&parcels[0], &kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    parcel_respond(&parcels[1], &kit, &members[1], "WA-1.01", 1, KIT_ANSWERS);
    int64_t id = ask_revocation(1);
    notice();
    for (size_t i = 0; i < 2; i++) /* another's asking would have been noticed by the same ledger */
        parcels[i].submission->roster_edition = roster_edition(kit.shared.roster);
    cr_assert_eq(parcels_apply(&kit, parcels, 2), 0);
    cr_assert_eq(parcels[0].submission->verdict, VERDICT_REFUSED, "checked before, judged after");
    cr_assert_eq(parcels[0].submission->problem, PROBLEM_NOT_VERIFIED);
    cr_assert_eq(parcels[1].submission->verdict, VERDICT_ACCEPTED);
    cr_assert_eq(parcels[1].submission->index, 5);
    struct buf text;
    cr_assert_eq(kit_outcome(kit.store, id, &text), 4);
    struct event event = kit_event(kit.store, 4);
    cr_assert(event.kind == EVENT_MEMBER_REVOKED && event.enrolment == 1 && event.iat == KIT_NOW);
    cr_assert_str_eq(event.reason, "abuse");
    cr_assert_eq(stored(1).revoked_at, KIT_NOW);
    event_free(&event);
    parcels_free(parcels, 2);
    buf_free(&text);
}

Test(ledger_acts, tell_why_one_was_refused_and_leave_nothing_of_it)
{
    struct buf text;
    int64_t first = ask_revocation(2), second = ask_revocation(2);
    notice();
    cr_assert_eq(kit_outcome(kit.store, first, &text), 4);
    buf_free(&text);
    cr_assert_eq(kit_outcome(kit.store, second, &text), -1);
    cr_assert_not_null(strstr(buf_text(&text), "revoked already"));
    buf_free(&text);
    cr_assert_eq(kit_entries(kit.store), 5);
}

static int count_access(void *context, const struct store_access *access)
{
    cr_assert_str_eq(access->token, "desk");
    cr_assert_str_eq(access->what, "a revocation");
    cr_assert(access->at == KIT_NOW && access->rows == 1);
    ++*(size_t *)context;
    return 0;
}

/* Of two that ask for the same, one is refused. */
Test(ledger_acts, note_whose_request_was_carried_out_and_of_no_other)
{
    struct error error;
    struct store_member member = stored(3);
    struct submission *list[2];
    size_t lines = 0;
    for (size_t i = 0; i < 2; i++) {
        struct act_wish wish;
        cr_assert_eq(act_prepare_revocation(&wish, &member, "order", &error), 0);
        list[i] = submit_act(&wish, KIT_NOW);
        cr_assert_not_null(list[i]);
        snprintf(list[i]->act->token, sizeof list[i]->act->token, "desk");
        snprintf(list[i]->act->what, sizeof list[i]->act->what, "a revocation");
    }
    cr_assert_eq(ledger_apply(kit.ledger, list, 2), 0);
    cr_assert(list[0]->verdict == VERDICT_ACCEPTED && list[1]->verdict == VERDICT_REFUSED);
    cr_assert_eq(store_access_each(kit.store, count_access, &lines), STORE_OK);
    cr_assert_eq(lines, 1);
    submission_free(list[0]);
    submission_free(list[1]);
}

Test(ledger_acts, come_with_a_request_too)
{
    struct act_wish wish;
    struct error error;
    struct store_member member = stored(3);
    cr_assert_eq(act_prepare_revocation(&wish, &member, "order", &error), 0);
    struct submission *list[3] = {submit_act(&wish, KIT_NOW)};
    struct parcel parcel;
    parcel_respond(&parcel, &kit, &members[2], "WA-1.01", 1, KIT_ANSWERS);
    cr_assert_not_null(list[0]);
    cr_assert_eq(act_prepare_revocation(&wish, &member, "order", &error), 0);
    list[1] = submit_act(&wish, KIT_NOW);
    list[2] = parcel.submission;
    cr_assert_eq(ledger_apply(kit.ledger, list, 3), 0);
    cr_assert(list[0]->verdict == VERDICT_ACCEPTED && list[0]->index == 4 && list[0]->proofs != NULL);
    cr_assert_eq(list[1]->verdict, VERDICT_REFUSED);
    cr_assert_not_null(strstr(list[1]->detail, "revoked already"));
    cr_assert_eq(list[2]->verdict, VERDICT_REFUSED);
    submission_free(list[0]);
    submission_free(list[1]);
    parcel_free(&parcel);
}

/* Who asked has been told that nothing comes of it. */
Test(ledger_acts, are_rolled_back_where_they_were_withdrawn_meanwhile)
{
    struct error error = {0};
    struct buf text;
    int64_t entries = kit_entries(kit.store), id = ask_revocation(1);
    store_find_withdrawn(kit.store, true);
    ledger_free(kit.ledger);
    kit.ledger = ledger_new(kit.store, &kit.shared, &error);
    store_find_withdrawn(kit.store, false);
    cr_assert_null(kit.ledger);
    cr_assert_not_null(strstr(error.text, "withdrawn while it was carried out"), "%s", error.text);
    cr_assert_eq(kit_entries(kit.store), entries);
    cr_assert_eq(stored(1).revoked_at, 0);
    kit_start(&kit);
    cr_assert_eq(kit_outcome(kit.store, id, &text), entries, "where nobody withdraws it");
    buf_free(&text);
}
