/* What a batch of responses does to the state: PROTOCOL 5, checks 8 to 10, the log, the counters, the receipts; and
 * what administrators change meanwhile. */
#include "collector/intake/ledger.h"
#include "collector/log/signer.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SLOTS 24 /* of the example's questionnaire */
#define MEMBERS 3
#define YES                                                                                                            \
    "{\"importance\":5,\"noticed\":\"yes\",\"satisfaction\":2,\"channels\":[\"app\",\"website\"],\"comment\":\"ok\"}"

static struct kit kit;
static struct kit_member members[MEMBERS];
static char dsn[300];

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
    kit_open(&kit, kit_store_new(dsn));
    kit_start(&kit);
    kit_join(&kit, members, MEMBERS, 1); /* entries 0 to 2 */
}

static void teardown(void)
{
    for (size_t i = 0; i < MEMBERS; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger, .init = setup, .fini = teardown);

static void apply(struct parcel *parcels, size_t count)
{
    cr_assert_eq(parcels_apply(&kit, parcels, count), 0);
}

static void assert_accepted(const struct parcel *parcel, int64_t index, int64_t replaced)
{
    const struct submission *s = parcel->submission;
    cr_assert_eq(s->verdict, VERDICT_ACCEPTED, "verdict %d, %s", s->verdict, s->detail);
    cr_assert_eq(s->index, index);
    cr_assert_eq(s->replaced, replaced);
}

static void assert_repeated(const struct parcel *parcel, int64_t index, int64_t replaced)
{
    const struct submission *s = parcel->submission;
    cr_assert_eq(s->verdict, VERDICT_REPEATED, "verdict %d, %s", s->verdict, s->detail);
    cr_assert_eq(s->index, index);
    cr_assert_eq(s->replaced, replaced);
}

static void assert_refused(const struct parcel *parcel, enum problem problem)
{
    const struct submission *s = parcel->submission;
    cr_assert_eq(s->verdict, VERDICT_REFUSED, "verdict %d", s->verdict);
    cr_assert_str_eq(problem_name(s->problem), problem_name(problem));
    cr_assert_neq(s->detail[0], '\0');
}

/* Sends one response and gives its parcel back for looking at. */
static void send(struct parcel *parcel, size_t member, const char *action, int64_t revision, const char *answers)
{
    parcel_respond(parcel, &kit, &members[member], action, revision, answers);
    apply(parcel, 1);
}

static void assert_counts(size_t action, const int64_t expected[static SLOTS])
{
    int64_t counts[SLOTS];
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(catalogue_layout(catalogue, 0)->slots, SLOTS);
    kit_counts(kit.store, catalogue, action, counts, SLOTS);
    for (size_t i = 0; i < SLOTS; i++)
        cr_assert_eq(counts[i], expected[i], "slot %zu holds %lld", i, (long long)counts[i]);
    catalogue_release(catalogue);
}

/* Accepting, repeating, replacing. */

Test(ledger, accepts_and_counts_a_response)
{
    struct parcel parcel;
    struct buf entry;
    send(&parcel, 0, "WA-1.01", 1, YES);
    assert_accepted(&parcel, 3, -1);
    buf_init(&entry, KIT_TEXT_MAX);
    cr_assert_eq(store_entry_read(kit.store, 3, &entry), STORE_OK);
    cr_assert_str_eq(buf_text(&entry), buf_text(&parcel.jws), "kept as received");
    cr_assert_eq(ledger_size(kit.ledger), 4);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1});
    assert_counts(1, (int64_t[SLOTS]){0});
    buf_free(&entry);
    parcel_free(&parcel);
}

Test(ledger, proves_what_it_has_accepted)
{
    struct parcel parcels[3];
    for (size_t i = 0; i < 3; i++)
        parcel_respond(&parcels[i], &kit, &members[i], "WA-1.01", 1, YES);
    apply(parcels, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct submission *s = parcels[i].submission;
        struct buf receipt;
        uint64_t index = 0;
        struct error error = {0};
        buf_init(&receipt, RECEIPT_MAX);
        cr_assert_not_null(s->proofs);
        cr_assert_eq(s->proofs, parcels[0].submission->proofs, "one checkpoint serves the batch");
        cr_assert_eq(proofs_put_receipt(&receipt, s->proofs, (uint64_t)s->index, RECEIPT_TEXT), 0);
        cr_assert_eq(
            receipt_check(receipt.data, receipt.len, &s->leaf, signer_public(kit.shared.signer), &index, &error), 0,
            "%s", error.text);
        cr_assert_eq(index, (uint64_t)s->index);
        buf_free(&receipt);
    }
    struct proofs *newest = proofs_now(kit.shared.proofs);
    cr_assert_eq(newest->head.size, 6);
    proofs_release(newest);
    parcels_free(parcels, 3);
}

Test(ledger, knows_the_very_same_response_again)
{
    struct parcel first, again, later;
    send(&first, 0, "WA-1.01", 1, YES);
    parcel_again(&again, &kit, &first);
    apply(&again, 1);
    assert_repeated(&again, 3, -1);
    cr_assert_eq(kit_entries(kit.store), 4);
    send(&later, 0, "WA-1.01", 2, KIT_ANSWERS);
    assert_accepted(&later, 4, 3);
    parcel_free(&again);
    parcel_again(&again, &kit, &later);
    apply(&again, 1);
    assert_repeated(&again, 4, 3);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    parcel_free(&again);
    parcel_free(&first);
    parcel_free(&later);
}

Test(ledger, replaces_by_a_higher_revision_alone)
{
    struct parcel parcels[6];
    send(&parcels[0], 0, "WA-1.01", 5, YES);
    assert_accepted(&parcels[0], 3, -1);
    send(&parcels[1], 0, "WA-1.01", 5, KIT_ANSWERS);
    assert_refused(&parcels[1], PROBLEM_STALE_REVISION);
    cr_assert_eq(parcels[1].submission->current_revision, 5);
    send(&parcels[2], 0, "WA-1.01", 4, KIT_ANSWERS);
    assert_refused(&parcels[2], PROBLEM_STALE_REVISION);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1});
    send(&parcels[3], 0, "WA-1.01", 6, KIT_ANSWERS);
    assert_accepted(&parcels[3], 4, 3);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    parcel_again(&parcels[4], &kit, &parcels[0]);
    apply(&parcels[4], 1);
    assert_refused(&parcels[4], PROBLEM_STALE_REVISION); /* no longer the current one */
    cr_assert_eq(parcels[4].submission->current_revision, 6);
    send(&parcels[5], 0, "WA-1.01", JSON_INTEGER_MAX, YES);
    assert_accepted(&parcels[5], 5, 4);
    parcels_free(parcels, 6);
}

Test(ledger, keeps_members_and_actions_apart)
{
    struct parcel parcels[3];
    send(&parcels[0], 0, "WA-1.01", 3, KIT_ANSWERS);
    send(&parcels[1], 1, "WA-1.01", 1, KIT_ANSWERS);
    send(&parcels[2], 0, "WA-1.02", 1, KIT_ANSWERS);
    for (size_t i = 0; i < 3; i++)
        assert_accepted(&parcels[i], 3 + (int64_t)i, -1);
    assert_counts(0, (int64_t[SLOTS]){2, 2, 0, 0, 0, 2, 0, 2, 0, 2});
    assert_counts(1, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    parcels_free(parcels, 3);
}

Test(ledger, takes_a_batch_in_its_order)
{
    struct parcel parcels[6];
    parcel_respond(&parcels[0], &kit, &members[0], "WA-1.01", 1, YES);
    parcel_again(&parcels[1], &kit, &parcels[0]);
    parcel_respond(&parcels[2], &kit, &members[0], "WA-1.01", 3, KIT_ANSWERS);
    parcel_respond(&parcels[3], &kit, &members[0], "WA-1.01", 2, YES);
    parcel_again(&parcels[4], &kit, &parcels[0]);
    parcel_again(&parcels[5], &kit, &parcels[2]);
    apply(parcels, 6);
    assert_accepted(&parcels[0], 3, -1);
    assert_repeated(&parcels[1], 3, -1);
    assert_accepted(&parcels[2], 4, 3);
    assert_refused(&parcels[3], PROBLEM_STALE_REVISION);
    assert_refused(&parcels[4], PROBLEM_STALE_REVISION);
    assert_repeated(&parcels[5], 4, 3);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    cr_assert_eq(kit_entries(kit.store), 5);
    parcels_free(parcels, 6);
}

Test(ledger, takes_a_batch_of_nothing)
{
    apply(NULL, 0);
    cr_assert_eq(ledger_size(kit.ledger), MEMBERS);
}

/* Check 8 comes before check 9, and that before check 10. */
Test(ledger, answers_for_a_closed_round_only_what_it_has)
{
    struct parcel parcels[4];
    send(&parcels[0], 0, "WA-1.01", 2, YES);
    parcel_again(&parcels[1], &kit, &parcels[0]);
    parcel_respond(&parcels[2], &kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    parcel_respond(&parcels[3], &kit, &members[1], "WA-1.01", 1, KIT_ANSWERS);
    for (size_t i = 1; i < 4; i++)
        parcels[i].submission->round_open = false;
    apply(parcels + 1, 3);
    assert_repeated(&parcels[1], 3, -1);
    assert_refused(&parcels[2], PROBLEM_ROUND_NOT_OPEN);
    assert_refused(&parcels[3], PROBLEM_ROUND_NOT_OPEN);
    cr_assert_eq(kit_entries(kit.store), 4);
    parcels_free(parcels, 4);
}

/* Counters that another hand has changed, which a ledger that holds them in memory writes over. */

Test(ledger, does_not_take_a_replacement_below_zero)
{
    struct parcel parcels[3];
    send(&parcels[0], 0, "WA-1.01", 1, YES);
    struct store *other = kit_store_open(dsn);
    cr_assert_eq(store_counts_write(other, 1, 1, (int64_t[SLOTS]){0}, SLOTS), STORE_OK);
    store_close(other);
    ledger_free(kit.ledger);
    kit_start(&kit);
    capture_begin(2);
    parcel_respond(&parcels[1], &kit, &members[0], "WA-1.01", 2, KIT_ANSWERS);
    parcel_respond(&parcels[2], &kit, &members[1], "WA-1.01", 1, KIT_ANSWERS);
    int result = parcels_apply(&kit, parcels + 1, 2);
    cr_assert_not_null(strstr(capture_end(2), "WA-1.01"));
    cr_assert_eq(result, 0);
    cr_assert_eq(parcels[1].submission->verdict, VERDICT_UNAVAILABLE);
    assert_accepted(&parcels[2], 4, -1); /* harms no other */
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    parcels_free(parcels, 3);
}

/* What administrators change. */

Test(ledger, takes_over_who_is_revoked)
{
    struct roster_member found;
    struct store *other = kit_store_open(dsn);
    cr_assert_eq(store_member_revoke(other, 2, KIT_NOW), STORE_OK);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    cr_assert(roster_find(kit.shared.roster, members[1].kid, &found));
    cr_assert(found.revoked);
    cr_assert(roster_find(kit.shared.roster, members[0].kid, &found));
    cr_assert_not(found.revoked);
    store_close(other);
}

/* The example with one more option, so that what counts an answer lies elsewhere. */
static void import_changed(void)
{
    static const char before[] = "\"value\": \"yes\",";
    struct store *other = kit_store_open(dsn);
    struct buf panel = kit_file("fixtures/panel.json"), changed;
    const char *place = strstr(buf_text(&panel), before);
    cr_assert_not_null(place);
    buf_init(&changed, KIT_TEXT_MAX);
    buf_put(&changed, panel.data, (size_t)(place - panel.data));
    buf_put_text(&changed, "\"value\": \"perhaps\", \"label\": {\"nl\": \"Misschien\"}}, {");
    buf_put_text(&changed, place);
    kit_import_panel(other, buf_text(&changed));
    buf_free(&changed);
    buf_free(&panel);
    store_close(other);
}

Test(ledger, takes_over_an_import_and_what_was_checked_before_is_sent_again)
{
    struct parcel before, after;
    parcel_respond(&before, &kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    import_changed();
    apply(&before, 1);
    cr_assert_eq(before.submission->verdict, VERDICT_UNAVAILABLE);
    cr_assert_eq(kit_entries(kit.store), MEMBERS);
    parcel_again(&after, &kit, &before);
    apply(&after, 1);
    assert_accepted(&after, 3, -1);
    cr_assert_eq(after.submission->slots[4], 10, "one further than it was");
    parcel_free(&before);
    parcel_free(&after);
}

/* As after a failure of the store: the writer opens it again and makes a new ledger. */
Test(ledger, turns_away_what_was_checked_before_an_import_that_a_new_ledger_found)
{
    struct parcel before;
    parcel_respond(&before, &kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    ledger_free(kit.ledger);
    import_changed();
    kit_start(&kit);
    apply(&before, 1);
    cr_assert_eq(before.submission->verdict, VERDICT_UNAVAILABLE);
    cr_assert_eq(kit_entries(kit.store), MEMBERS);
    parcel_free(&before);
}

Test(ledger, turns_nothing_away_for_an_import_that_changes_nothing)
{
    struct parcel before;
    struct store *other = kit_store_open(dsn);
    struct buf panel = kit_file("fixtures/panel.json"), actions = kit_file("fixtures/actions.csv");
    parcel_respond(&before, &kit, &members[0], "WA-1.01", 1, YES);
    kit_import_panel(other, buf_text(&panel));
    kit_import_actions(other, buf_text(&actions));
    apply(&before, 1);
    assert_accepted(&before, 3, -1);
    parcel_free(&before);
    buf_free(&panel);
    buf_free(&actions);
    store_close(other);
}

Test(ledger, counts_on_after_an_import)
{
    struct parcel first, second;
    struct store *other = kit_store_open(dsn);
    struct buf actions = kit_file("fixtures/actions.csv");
    send(&first, 0, "WA-1.01", 1, YES);
    kit_import_actions(other, buf_text(&actions));
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    send(&second, 0, "WA-1.01", 2, KIT_ANSWERS);
    assert_accepted(&second, 4, 3);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    parcel_free(&first);
    parcel_free(&second);
    buf_free(&actions);
    store_close(other);
}

Test(ledger, keeps_working_while_an_import_makes_no_sense)
{
    struct parcel parcel, again;
    struct store *other = kit_store_open(dsn);
    struct buf panel = kit_file("fixtures/panel.json");
    parcel_respond(&parcel, &kit, &members[0], "WA-1.01", 1, YES);
    cr_assert_eq(store_panel_write(other, "{}", 2, 0), STORE_OK);
    capture_begin(2);
    int result = parcels_apply(&kit, &parcel, 1);
    cr_assert_neq(capture_end(2)[0], '\0');
    cr_assert_eq(result, -1);
    cr_assert_eq(parcel.submission->verdict, VERDICT_UNAVAILABLE);
    kit_import_panel(other, buf_text(&panel));
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    parcel_again(&again, &kit, &parcel);
    apply(&again, 1);
    assert_accepted(&again, 3, -1);
    parcel_free(&parcel);
    parcel_free(&again);
    buf_free(&panel);
    store_close(other);
}

/* What one member may send. */

/* The parcel's submission as if it had arrived at that moment. */
static void apply_at(struct parcel *parcel, int64_t when)
{
    parcel->submission->received_at = when;
    apply(parcel, 1);
}

Test(ledger, turns_away_more_than_a_member_may_send_in_a_minute_and_harms_no_other)
{
    struct parcel parcels[5], again;
    static const char *const actions[] = {"WA-1.01", "WA-1.02", "WA-1.03", "WA-1.03", "WA-1.03"};
    ledger_free(kit.ledger);
    kit.shared.responses = quota_new(2, 60, 8);
    kit_start(&kit);
    for (size_t i = 0; i < 5; i++)
        parcel_respond(&parcels[i], &kit, &members[i == 3 ? 1 : 0], actions[i], 1, KIT_ANSWERS);
    for (size_t i = 0; i < 4; i++)
        apply_at(&parcels[i], KIT_NOW + (int64_t)i);
    assert_accepted(&parcels[0], 3, -1);
    assert_accepted(&parcels[1], 4, -1);
    assert_refused(&parcels[2], PROBLEM_TOO_MANY);
    cr_assert_eq(parcels[2].submission->retry_after, 58);
    assert_accepted(&parcels[3], 5, -1);
    parcel_again(&again, &kit, &parcels[0]);
    apply_at(&again, KIT_NOW + 5);
    assert_repeated(&again, 3, -1);
    apply_at(&parcels[4], KIT_NOW + 60);
    assert_accepted(&parcels[4], 6, -1);
    cr_assert_eq(kit_entries(kit.store), 7);
    parcel_free(&again);
    parcels_free(parcels, 5);
    quota_free(kit.shared.responses);
}

Test(ledger, turns_away_more_revisions_of_an_action_than_a_day_has)
{
    struct parcel parcels[5];
    ledger_free(kit.ledger);
    kit.shared.revisions = quota_new(2, 86400, 8);
    kit_start(&kit);
    for (int64_t i = 0; i < 4; i++) {
        parcel_respond(&parcels[i], &kit, &members[0], "WA-1.01", i + 1, KIT_ANSWERS);
        apply_at(&parcels[i], KIT_NOW + i * 3600);
    }
    assert_accepted(&parcels[2], 5, 4);
    assert_refused(&parcels[3], PROBLEM_TOO_MANY);
    cr_assert_eq(parcels[3].submission->retry_after, 86400 - 2 * 3600);
    parcel_respond(&parcels[4], &kit, &members[0], "WA-1.02", 1, KIT_ANSWERS);
    apply_at(&parcels[4], KIT_NOW + 3 * 3600);
    assert_accepted(&parcels[4], 6, -1);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    parcels_free(parcels, 5);
    quota_free(kit.shared.revisions);
}

/* An entry that was erased, the hash of which is kept. */
Test(ledger, knows_a_response_again_whose_entry_was_erased)
{
    struct parcel first, again, other;
    send(&first, 0, "WA-1.01", 1, YES);
    store_raw_run(dsn, "UPDATE entry SET jws = '' WHERE idx = 3");
    parcel_again(&again, &kit, &first);
    parcel_respond(&other, &kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    apply(&again, 1);
    apply(&other, 1);
    assert_repeated(&again, 3, -1);
    assert_refused(&other, PROBLEM_STALE_REVISION);
    parcel_free(&first);
    parcel_free(&again);
    parcel_free(&other);
}

/* Beginning anew. */

Test(ledger, goes_on_where_it_was_when_opened_again)
{
    struct parcel first, again, next;
    send(&first, 0, "WA-1.01", 1, YES);
    ledger_free(kit.ledger);
    kit_start(&kit);
    cr_assert_eq(ledger_size(kit.ledger), 4);
    parcel_again(&again, &kit, &first);
    apply(&again, 1);
    assert_repeated(&again, 3, -1);
    send(&next, 0, "WA-1.01", 2, KIT_ANSWERS);
    assert_accepted(&next, 4, 3);
    assert_counts(0, (int64_t[SLOTS]){1, 1, 0, 0, 0, 1, 0, 1, 0, 1});
    parcel_free(&first);
    parcel_free(&again);
    parcel_free(&next);
}

Test(ledger, can_not_begin_without_a_panel)
{
    struct kit empty;
    kit_open(&empty, kit_store_open(kit_dsn(NULL)));
    struct error error = {0};
    cr_assert_null(ledger_new(empty.store, &empty.shared, &error));
    cr_assert_not_null(strstr(error.text, "no panel"));
    kit_close(&empty);
}

/* An old copy of the store, put back under the newer checkpoint. */
Test(ledger, does_not_begin_on_a_log_that_is_shorter_than_was_signed)
{
    struct kit old;
    struct signer *own;
    kit_open(&old, kit_store_new(kit_dsn(NULL)));
    own = old.shared.signer;
    old.shared.signer = kit.shared.signer;
    struct error error = {0};
    cr_assert_null(ledger_new(old.store, &old.shared, &error));
    cr_assert_not_null(strstr(error.text, "old copy"));
    old.shared.signer = own;
    kit_close(&old);
}
