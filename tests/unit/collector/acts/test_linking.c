/* The revisions of before schema 3, found once in the log. */
#include "base/mem.h"
#include "collector/acts/linking.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>

static struct kit kit;
static struct kit_member members[3];
static char dsn[300];

/* Three members answer over and over, one after the other; then the links go, as if they had never been made. */
static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
    kit_open(&kit, kit_store_new(dsn));
    kit_start(&kit);
    kit_join(&kit, members, 3, 1); /* entries 0 to 2 */
    for (int64_t revision = 1; revision <= 5; revision++)
        for (size_t i = 0; i < 3; i++)
            if (revision <= 2 || i > 0)
                kit_respond(&kit, &members[i], i == 1 && revision % 2 == 0 ? "WA-1.02" : "WA-1.01", revision,
                            KIT_ANSWERS);
    store_raw_run(dsn, "DELETE FROM revision");
}

static void teardown(void)
{
    for (size_t i = 0; i < 3; i++)
        kit_member_wipe(&members[i]);
    kit_close(&kit);
    kit_end();
}

TestSuite(linking, .init = setup, .fini = teardown);

static int link_now(void)
{
    struct error error = {0};
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(store_begin(kit.store), STORE_OK);
    int result = linking_make(kit.store, catalogue, &error);
    if (result == 0)
        cr_assert_eq(store_commit(kit.store), STORE_OK);
    else
        store_rollback(kit.store);
    catalogue_release(catalogue);
    return result;
}

static int64_t before(int64_t index)
{
    int64_t found = -1;
    cr_assert_neq(store_revision_before(kit.store, index, &found), STORE_FAILED);
    return found;
}

/* Of entries 3 to 14: revisions 1 and 2 of all three, then of the second and third alone. The second's even revisions
 * are to another action. */
static void assert_linked(void)
{
    static const int64_t expected[] = {[3] = -1, [4] = -1, [5] = -1,  [6] = -1,  [7] = -1,  [8] = 5,
                                       [9] = 4,  [10] = 8, [11] = -1, [12] = 10, [13] = -1, [14] = -1};
    for (int64_t index = 3; index <= 14; index++)
        cr_assert_eq(before(index), expected[index], "entry %lld: %lld", (long long)index, (long long)before(index));
}

Test(linking, finds_all_that_current_responses_have_forgotten_and_nothing_else)
{
    cr_assert_eq(link_now(), 0);
    assert_linked();
    cr_assert_eq(link_now(), 0, "once more does no harm");
    assert_linked();
}

Test(linking, is_done_when_the_log_goes_on_under_protocol_2)
{
    kit_give_operator(&kit);
    ledger_free(kit.ledger);
    kit_start(&kit);
    assert_linked();
    cr_assert_eq(kit_entries(kit.store), 16, "log-upgraded");
}

Test(linking, fails_cleanly_when_any_allocation_does)
{
    unsigned failures = 0;
    for (unsigned long n = 1;; n++) {
        mem_fail_at(n);
        int result = link_now();
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? -1 : 0, "allocation %lu", n);
        failures += failed;
        if (!failed)
            break;
    }
    cr_assert_gt(failures, 3);
    assert_linked();
}
