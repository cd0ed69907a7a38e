/* Enrolment in the ledger (PROTOCOL 4): one invitation, one key. */
#include "collector/intake/ledger.h"
#include "panel/enrolment.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

static struct kit kit;
static struct kit_member one, two;

static void setup(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_start(&kit);
    kit_member_init(&one, 1);
    kit_member_init(&two, 2);
    kit_invite(kit.store, 1, &one);
    kit_invite(kit.store, 2, &two);
}

static void teardown(void)
{
    kit_member_wipe(&one);
    kit_member_wipe(&two);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_enrolment, .init = setup, .fini = teardown);

/* The key of one with the invitation of another. */
static void enrol_with(struct parcel *parcel, const struct kit_member *key, const struct kit_member *invited)
{
    struct kit_member mixed = *key;
    memcpy(mixed.code, invited->code, sizeof mixed.code);
    parcel_enrol(parcel, &kit, &mixed);
}

static void apply(struct parcel *parcels, size_t count)
{
    cr_assert_eq(parcels_apply(&kit, parcels, count), 0);
}

static void assert_verdict(const struct parcel *parcel, enum submission_verdict verdict, int64_t index)
{
    cr_assert_eq(parcel->submission->verdict, verdict, "verdict %d", parcel->submission->verdict);
    if (verdict == VERDICT_REFUSED)
        cr_assert_eq(parcel->submission->problem, PROBLEM_INVITATION_REFUSED);
    else
        cr_assert_eq(parcel->submission->index, index);
}

static void assert_invitation(const struct kit_member *invited, enum invitation_state state, int64_t member)
{
    struct store_invitation invitation;
    cr_assert_eq(store_invitation_find(kit.store, invited->invitation, &invitation), STORE_OK);
    cr_assert_eq(invitation.state, state);
    cr_assert_eq(invitation.member, member);
}

Test(ledger_enrolment, makes_a_member)
{
    struct parcel parcel;
    struct roster_member found;
    parcel_enrol(&parcel, &kit, &one);
    cr_assert_not(roster_find(kit.shared.roster, one.kid, &found));
    apply(&parcel, 1);
    assert_verdict(&parcel, VERDICT_ACCEPTED, 0);
    cr_assert(roster_find(kit.shared.roster, one.kid, &found));
    cr_assert(found.number == 1 && found.index == 0 && !found.revoked);
    assert_invitation(&one, INVITATION_USED, 1);
    assert_invitation(&two, INVITATION_UNUSED, 0);
    cr_assert_not_null(parcel.submission->proofs);
    parcel_free(&parcel);
}

Test(ledger_enrolment, is_answered_again_in_the_same_way)
{
    struct parcel first, same, resigned;
    parcel_enrol(&first, &kit, &one);
    apply(&first, 1);
    parcel_again(&same, &kit, &first);
    apply(&same, 1);
    assert_verdict(&same, VERDICT_REPEATED, 0);
    struct buf payload;
    buf_init(&payload, KIT_TEXT_MAX);
    enrolment_put_claims(&payload, "wau", "BBBBBBBBBBBBBBBBBBBBBA", KIT_NOW + 9, one.code, one.public_key);
    parcel_submit(&resigned, &kit, SUBMISSION_ENROLMENT, kit_sign(&one, ENROLMENT_TYP, buf_text(&payload)));
    cr_assert_not_null(resigned.submission);
    apply(&resigned, 1);
    assert_verdict(&resigned, VERDICT_REPEATED, 0); /* another JWS, the same key and invitation */
    cr_assert_eq(kit_entries(kit.store), 1);
    buf_free(&payload);
    parcel_free(&first);
    parcel_free(&same);
    parcel_free(&resigned);
}

/* A lost answer can be asked for again whenever; only a first enrolment must be of now. */
Test(ledger_enrolment, asks_the_moment_of_a_new_member_alone)
{
    struct parcel late, first, again;
    parcel_enrol(&late, &kit, &one);
    late.submission->iat_fits = false;
    apply(&late, 1);
    cr_assert_eq(late.submission->verdict, VERDICT_REFUSED);
    cr_assert_eq(late.submission->problem, PROBLEM_INVALID_CLAIMS);
    assert_invitation(&one, INVITATION_UNUSED, 0);
    parcel_enrol(&first, &kit, &one);
    apply(&first, 1);
    parcel_again(&again, &kit, &first);
    again.submission->iat_fits = false;
    apply(&again, 1);
    assert_verdict(&again, VERDICT_REPEATED, 0);
    parcel_free(&late);
    parcel_free(&first);
    parcel_free(&again);
}

Test(ledger_enrolment, gives_no_key_a_second_invitation)
{
    struct parcel first, second;
    parcel_enrol(&first, &kit, &one);
    apply(&first, 1);
    enrol_with(&second, &one, &two);
    apply(&second, 1);
    assert_verdict(&second, VERDICT_REFUSED, 0);
    assert_invitation(&two, INVITATION_UNUSED, 0);
    cr_assert_eq(kit_entries(kit.store), 1);
    parcel_free(&first);
    parcel_free(&second);
}

Test(ledger_enrolment, gives_no_invitation_a_second_key)
{
    struct parcel first, second;
    struct roster_member found;
    parcel_enrol(&first, &kit, &one);
    apply(&first, 1);
    enrol_with(&second, &two, &one);
    apply(&second, 1);
    assert_verdict(&second, VERDICT_REFUSED, 0);
    cr_assert_not(roster_find(kit.shared.roster, two.kid, &found));
    assert_invitation(&one, INVITATION_USED, 1);
    parcel_free(&first);
    parcel_free(&second);
}

Test(ledger_enrolment, refuses_unknown_withdrawn_and_used_alike)
{
    struct kit_member stranger;
    struct parcel parcels[4];
    kit_member_init(&stranger, 3);
    cr_assert_eq(
        store_invitation_mark(kit.store, two.invitation, &(struct store_invitation){.state = INVITATION_WITHDRAWN}),
        STORE_OK);
    parcel_enrol(&parcels[0], &kit, &one);
    enrol_with(&parcels[1], &stranger, &one);
    parcel_enrol(&parcels[2], &kit, &two);
    parcel_enrol(&parcels[3], &kit, &stranger);
    apply(parcels, 4);
    assert_verdict(&parcels[0], VERDICT_ACCEPTED, 0);
    for (size_t i = 1; i < 4; i++) {
        assert_verdict(&parcels[i], VERDICT_REFUSED, 0);
        cr_assert_str_eq(parcels[i].submission->detail, parcels[1].submission->detail);
    }
    assert_invitation(&two, INVITATION_WITHDRAWN, 0);
    parcels_free(parcels, 4);
    kit_member_wipe(&stranger);
}

Test(ledger_enrolment, keeps_its_rules_within_one_batch)
{
    struct parcel parcels[5];
    parcel_enrol(&parcels[0], &kit, &one);
    parcel_again(&parcels[1], &kit, &parcels[0]);
    enrol_with(&parcels[2], &one, &two); /* the key has a place */
    enrol_with(&parcels[3], &two, &one); /* the invitation is used */
    parcel_enrol(&parcels[4], &kit, &two);
    apply(parcels, 5);
    assert_verdict(&parcels[0], VERDICT_ACCEPTED, 0);
    assert_verdict(&parcels[1], VERDICT_REPEATED, 0);
    assert_verdict(&parcels[2], VERDICT_REFUSED, 0);
    assert_verdict(&parcels[3], VERDICT_REFUSED, 0);
    assert_verdict(&parcels[4], VERDICT_ACCEPTED, 1);
    cr_assert_eq(roster_count(kit.shared.roster), 2);
    cr_assert_eq(kit_entries(kit.store), 2);
    assert_invitation(&two, INVITATION_USED, 2);
    parcels_free(parcels, 5);
}

Test(ledger_enrolment, is_not_undone_by_revoking)
{
    struct parcel first, again;
    parcel_enrol(&first, &kit, &one);
    apply(&first, 1);
    cr_assert_eq(store_member_revoke(kit.store, 1, KIT_NOW), STORE_OK);
    parcel_again(&again, &kit, &first);
    apply(&again, 1);
    assert_verdict(&again, VERDICT_REPEATED, 0);
    cr_assert_eq(roster_count(kit.shared.roster), 1);
    parcel_free(&first);
    parcel_free(&again);
}

/* Numbers go on from those of the store, and hundreds may come at once. */
Test(ledger_enrolment, numbers_members_in_the_order_of_the_log)
{
    enum { MANY = 700 };
    static struct kit_member many[MANY];
    struct roster_member found;
    kit_join(&kit, many, 300, 100);
    ledger_free(kit.ledger);
    kit_start(&kit);
    kit_join(&kit, many + 300, MANY - 300, 1000);
    cr_assert_eq(roster_count(kit.shared.roster), MANY);
    for (size_t i = 0; i < MANY; i++) {
        cr_assert(roster_find(kit.shared.roster, many[i].kid, &found));
        cr_assert(found.number == (int64_t)i + 1 && found.index == (int64_t)i);
        kit_member_wipe(&many[i]);
    }
}
