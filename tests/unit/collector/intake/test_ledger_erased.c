/* What a batch does where the member's response was erased: of it the revision alone is kept. */
#include "collector/intake/ledger.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>

#define SLOTS 24 /* of the example's questionnaire */

static struct kit kit;
static struct kit_member member;

static void setup(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_start(&kit);
    kit_join(&kit, &member, 1, 1); /* entry 0 */
}

static void teardown(void)
{
    kit_member_wipe(&member);
    kit_close(&kit);
    kit_end();
}

TestSuite(ledger_erased, .init = setup, .fini = teardown);

/* As an erasure leaves things: the counters are brought down with it, and whoever serves begins anew. */
static void erase_response(int64_t index)
{
    const int64_t none[SLOTS] = {0};
    cr_assert_eq(store_begin(kit.store), STORE_OK);
    cr_assert_eq(store_entry_erase(kit.store, index), STORE_OK);
    cr_assert_eq(store_current_erase(kit.store, 1, 1, 1), STORE_OK);
    cr_assert_eq(store_counts_write(kit.store, 1, 1, none, SLOTS), STORE_OK);
    cr_assert_eq(store_commit(kit.store), STORE_OK);
    ledger_free(kit.ledger);
    kit_start(&kit);
}

static int64_t respondents(void)
{
    int64_t counts[SLOTS];
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    kit_counts(kit.store, catalogue, 0, counts, SLOTS);
    catalogue_release(catalogue);
    return counts[0];
}

Test(ledger_erased, takes_a_later_revision_and_never_what_was_erased)
{
    struct parcel erased, again, later, late;
    parcel_respond(&erased, &kit, &member, "WA-1.01", 2, KIT_ANSWERS);
    cr_assert_eq(parcels_apply(&kit, &erased, 1), 0);
    cr_assert_eq(respondents(), 1);
    erase_response(1);
    parcel_again(&again, &kit, &erased);
    parcel_respond(&later, &kit, &member, "WA-1.01", 3, KIT_ANSWERS);
    parcel_again(&late, &kit, &erased);
    const struct parcel batch[] = {again, later, late};
    cr_assert_eq(parcels_apply(&kit, batch, 3), 0);
    cr_assert_eq(again.submission->verdict, VERDICT_REFUSED);
    cr_assert_eq(again.submission->problem, PROBLEM_STALE_REVISION);
    cr_assert_eq(again.submission->current_revision, 2);
    cr_assert_eq(later.submission->verdict, VERDICT_ACCEPTED);
    cr_assert(later.submission->index == 2 && later.submission->replaced == -1, "it replaces nothing");
    cr_assert_eq(late.submission->problem, PROBLEM_STALE_REVISION);
    cr_assert_eq(respondents(), 1);
    parcel_free(&late);
    parcel_free(&later);
    parcel_free(&again);
    parcel_free(&erased);
}

/* `current` knows one response back; of three or more the rest is noted, so that all can be found. */
Test(ledger_erased, every_revision_is_found_from_the_current_one)
{
    int64_t before;
    for (int64_t revision = 1; revision <= 4; revision++)
        kit_respond(&kit, &member, "WA-1.01", revision, KIT_ANSWERS); /* entries 1 to 4 */
    struct store_current current;
    cr_assert_eq(store_current_read(kit.store, 1, 1, 1, &current), STORE_OK);
    cr_assert(current.index == 4 && current.replaced == 3);
    cr_assert_eq(store_revision_before(kit.store, 3, &before), STORE_OK);
    cr_assert_eq(before, 2);
    cr_assert_eq(store_revision_before(kit.store, 2, &before), STORE_OK);
    cr_assert_eq(before, 1);
    cr_assert_eq(store_revision_before(kit.store, 1, &before), STORE_NONE);
    cr_assert_eq(store_revision_before(kit.store, 4, &before), STORE_NONE);
}
