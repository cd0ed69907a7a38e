/* Rounds that the ledger closes in the log, before what comes too late, and whatever the clock says. */
#include "base/clock.h"
#include "collector/acts/panel.h"
#include "tests/unit/collector/kit_acts.h"
#include <criterion/criterion.h>
#include <string.h>

#define CLOSES (KIT_NOW + 3600)
#define CLOSES_TEXT "2026-06-01T01:00:00Z"
#define PATIENCE 5 /* seconds */
#define FIRST 3 /* entries: log-upgraded and two members */

static struct kit kit;
static _Atomic int64_t log_time; /* as others see it */
static struct kit_member members[2];

static void start(void)
{
    kit_begin();
    struct buf panel = kit_panel_until(CLOSES_TEXT), actions = kit_file("fixtures/actions.csv");
    struct store *store = kit_store_open(kit_dsn(NULL));
    kit_import_panel(store, buf_text(&panel));
    kit_import_actions(store, buf_text(&actions));
    buf_free(&panel);
    buf_free(&actions);
    kit_open(&kit, store);
    kit_give_operator(&kit);
    kit.shared.log_time = &log_time;
    kit_start(&kit);
    kit_join(&kit, members, 2, 1);
}

static void end(void)
{
    kit_member_wipe(&members[0]);
    kit_member_wipe(&members[1]);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_rounds, .init = start, .fini = end);

/* A response that came at that moment, when its round was open by the clock. */
static struct submission *came_at(struct parcel *parcel, size_t member, const char *action, int64_t moment)
{
    parcel_respond(parcel, &kit, &members[member], action, 1, KIT_ANSWERS);
    parcel->submission->received_at = moment;
    return parcel->submission;
}

static void assert_closed_at(int64_t index, int64_t iat)
{
    struct event event = kit_event(kit.store, index);
    cr_assert_eq(event.kind, EVENT_ROUND_CLOSED);
    cr_assert_str_eq(event.round, "round-1");
    cr_assert_eq(event.iat, iat);
    event_free(&event);
}

static void import_until(const char *closes_at)
{
    struct act_wish wish;
    struct buf panel = kit_panel_until(closes_at), text;
    cr_assert_eq(act_prepare_panel(&wish, &panel), 0);
    int64_t id = kit_ask(kit.store, &wish);
    ledger_free(kit.ledger);
    kit_start(&kit);
    cr_assert_geq(kit_outcome(kit.store, id, &text), 0, "%s", buf_text(&text));
    buf_free(&text);
    buf_free(&panel);
}

Test(ledger_rounds, are_closed_before_the_first_that_comes_too_late_and_after_the_last_in_time)
{
    struct parcel parcels[3];
    struct submission *list[] = {came_at(&parcels[0], 0, "WA-1.01", CLOSES - 1),
                                 came_at(&parcels[1], 0, "WA-1.02", CLOSES),
                                 came_at(&parcels[2], 1, "WA-1.01", CLOSES - 1)};
    clock_set(CLOSES + 1);
    cr_assert_eq(ledger_apply(kit.ledger, list, 3), 0);
    cr_assert(list[0]->verdict == VERDICT_ACCEPTED && list[0]->index == FIRST);
    assert_closed_at(FIRST + 1, CLOSES + 1);
    for (size_t i = 1; i < 3; i++) {
        cr_assert_eq(list[i]->verdict, VERDICT_REFUSED);
        cr_assert_eq(list[i]->problem, PROBLEM_ROUND_NOT_OPEN);
    }
    parcels_free(parcels, 3);
}

Test(ledger_rounds, are_closed_when_nothing_comes_once_what_was_in_time_has_had_its_time)
{
    clock_set(CLOSES + PATIENCE - 1);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    cr_assert_eq(kit_entries(kit.store), FIRST);
    clock_set(CLOSES + PATIENCE);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    assert_closed_at(FIRST, CLOSES + PATIENCE);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    cr_assert_eq(kit_entries(kit.store), FIRST + 1, "once");
}

Test(ledger_rounds, stay_closed_when_the_clock_is_set_back_and_for_who_opens_the_log_anew)
{
    clock_set(CLOSES + PATIENCE);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    clock_set(KIT_NOW);
    cr_assert_eq(log_time, CLOSES + PATIENCE, "which who shows rounds goes by");
    for (int anew = 0; anew < 2; anew++) {
        struct parcel parcel;
        struct submission *late = came_at(&parcel, 0, "WA-1.01", KIT_NOW);
        cr_assert(late->round_open, "by the clock");
        cr_assert_eq(ledger_apply(kit.ledger, &late, 1), 0);
        cr_assert_eq(late->problem, PROBLEM_ROUND_NOT_OPEN);
        parcel_free(&parcel);
        ledger_free(kit.ledger);
        kit_start(&kit);
    }
}

Test(ledger_rounds, open_again_by_an_import_that_moves_their_end_and_never_lower_an_iat)
{
    clock_set(CLOSES + PATIENCE);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    clock_set(KIT_NOW);
    import_until("2026-06-01T02:00:00Z");
    struct event imported = kit_event(kit.store, FIRST + 1);
    cr_assert_eq(imported.iat, CLOSES + PATIENCE, "that of the event before, while the clock is behind it");
    event_free(&imported);
    struct parcel parcel;
    struct submission *again = came_at(&parcel, 0, "WA-1.01", CLOSES + 60);
    cr_assert_eq(ledger_apply(kit.ledger, &again, 1), 0);
    cr_assert(again->verdict == VERDICT_ACCEPTED && again->index == FIRST + 2, "%s", again->detail);
    parcel_free(&parcel);
    clock_set(CLOSES + 3600 + PATIENCE);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    assert_closed_at(FIRST + 3, CLOSES + 3600 + PATIENCE);
}

Test(ledger_rounds, are_closed_before_any_other_event_at_or_after_their_end)
{
    clock_set(CLOSES);
    import_until("2026-06-01T02:00:00Z");
    assert_closed_at(FIRST, CLOSES);
    struct event event = kit_event(kit.store, FIRST + 1);
    cr_assert(event.kind == EVENT_PANEL_IMPORTED && event.iat == CLOSES);
    event_free(&event);
}

Test(ledger_rounds, are_closed_at_once_by_an_import_that_ends_them_in_the_past)
{
    clock_set(KIT_NOW + 60);
    import_until("2026-06-01T00:00:30Z");
    assert_closed_at(FIRST + 1, KIT_NOW + 60);
}
