/* What others change beside a ledger is read anew, and nothing else is. */
#include "collector/log/proofs.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct kit kit;
static struct kit_member members[2];
static struct store *other; /* another hand on the same store */

static void start(void)
{
    char dsn[300];
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
    kit_open(&kit, store_faulty_new(kit_store_new(dsn)));
    kit_start(&kit);
    kit_join(&kit, members, 2, 1);
    other = kit_store_open(dsn);
}

static void end(void)
{
    for (size_t i = 0; i < 2; i++)
        kit_member_wipe(&members[i]);
    store_close(other);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_changes, .init = start, .fini = end);

/* The verbs that a look at what others have changed takes. */
static unsigned calls_of_a_look(void)
{
    store_faulty_fail_at(kit.store, 0);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    return store_faulty_calls(kit.store);
}

Test(ledger_changes, read_nothing_anew_for_a_line_of_who_read_what)
{
    struct store_access access = {.at = KIT_NOW, .token = "desk", .what = "comments", .rows = 3};
    unsigned idle = calls_of_a_look();
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(store_access_add(other, &access), STORE_OK);
        cr_assert_eq(calls_of_a_look(), idle);
    }
    kit_respond(&kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    cr_assert_eq(store_access_add(other, &access), STORE_OK);
    cr_assert_eq(calls_of_a_look(), idle, "nor after a commit of its own");
}

Test(ledger_changes, take_over_who_is_revoked_and_read_the_catalogue_no_more)
{
    struct roster_member found;
    struct catalogue *before = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(store_member_revoke(other, 1, KIT_NOW), STORE_OK);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    cr_assert(roster_find(kit.shared.roster, members[0].kid, &found));
    cr_assert(found.revoked);
    struct catalogue *after = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(before, after);
    catalogue_release(before);
    catalogue_release(after);
}

Test(ledger_changes, take_over_a_token)
{
    struct store_token token = {.name = "desk", .role = "team", .hash = {7}};
    cr_assert_eq(store_token_add(other, &token), STORE_OK);
    cr_assert_eq(ledger_refresh(kit.ledger), 0);
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(catalogue->tokens.count, 1);
    catalogue_release(catalogue);
}

/* Where two collectors write one log, each goes on where the other has come to. */
Test(ledger_changes, go_on_with_the_log_where_another_has_come_to)
{
    struct kit second = {.store = other, .shared = kit.shared};
    second.shared.roster = roster_new();
    second.shared.catalogues = latest_new();
    second.shared.proofs = latest_new();
    kit_start(&second);
    for (int64_t revision = 1; revision <= 6; revision++) {
        const struct kit *writer = revision % 2 == 0 ? &kit : &second;
        cr_assert_eq(ledger_refresh(writer->ledger), 0);
        kit_respond(writer, &members[0], "WA-1.01", revision, KIT_ANSWERS);
        cr_assert_eq(ledger_size(writer->ledger), 2 + revision);
    }
    cr_assert_eq(ledger_refresh(second.ledger), 0);
    struct proofs *one = proofs_now(kit.shared.proofs), *two = proofs_now(second.shared.proofs);
    cr_assert_eq(one->head.size, 8);
    cr_assert_eq(two->head.size, 8, "what was learnt is shown as well");
    cr_assert(merkle_equal(&one->head.root, &two->head.root));
    proofs_release(one);
    proofs_release(two);
    second.shared.signer = NULL;
    second.store = NULL;
    kit_close(&second);
}

/* After a failover a number may be another's, or nobody's: what was checked before is checked anew. */
Test(ledger_changes, take_nothing_that_names_a_member_by_a_roster_that_was_before)
{
    struct parcel parcels[2], again;
    struct store_member gone = {.number = 3, .index = 2, .public_key = {3}};
    parcel_respond(&parcels[0], &kit, &members[0], "WA-1.01", 1, KIT_ANSWERS);
    parcel_erase(&parcels[1], &kit, &members[1], NULL, KIT_JTI);
    cr_assert_eq(roster_reserve(kit.shared.roster, 1), 0);
    roster_add(kit.shared.roster, &gone);
    ledger_free(kit.ledger);
    kit_start(&kit);
    cr_assert_eq(roster_count(kit.shared.roster), 2, "the store has no third");
    cr_assert_eq(parcels_apply(&kit, parcels, 2), 0);
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(parcels[i].submission->verdict, VERDICT_UNAVAILABLE);
    parcel_again(&again, &kit, &parcels[0]);
    cr_assert_eq(parcels_apply(&kit, &again, 1), 0);
    cr_assert_eq(again.submission->verdict, VERDICT_ACCEPTED);
    parcels_free(parcels, 2);
    parcel_free(&again);
}
