/* Whether a log only grew: a newer checkpoint against older ones. */
#include "client/log/consistency.h"
#include "tests/unit/client/fake_log.h"
#include <criterion/criterion.h>
#include <string.h>

static struct fake_log ours, theirs;

/* Two logs of one key that agree on the first 40 entries. */
static void prepare(void)
{
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_fork(&ours, &theirs, 40, 70);
}

static void finish(void)
{
    fake_log_wipe(&ours);
}

TestSuite(consistency, .init = prepare, .fini = finish);

static enum consistency_verdict judge(const struct fake_log *older, size_t older_size, const struct fake_log *newer,
                                      size_t newer_size)
{
    struct merkle_head a = fake_log_head(older, older_size), b = fake_log_head(newer, newer_size);
    return consistency_continues(&a, &b, fake_log_read, fake_log_reading(newer));
}

Test(consistency, finds_that_an_honest_log_continues_each_earlier_one)
{
    for (size_t newer = 0; newer <= 70; newer++)
        for (size_t older = 0; older <= newer; older++)
            cr_assert_eq(judge(&ours, older, &ours, newer), CONSISTENCY_CONTINUES, "%zu, %zu", older, newer);
}

Test(consistency, names_two_histories_from_where_they_part)
{
    for (size_t older = 1; older <= 70; older++)
        cr_assert_eq(judge(&ours, older, &theirs, 70), older <= 40 ? CONSISTENCY_CONTINUES : CONSISTENCY_TWO_HISTORIES,
                     "%zu", older);
}

Test(consistency, names_a_smaller_log_before_anything_is_read)
{
    struct merkle_head a = fake_log_head(&ours, 41), b = fake_log_head(&ours, 40);
    cr_expect_eq(consistency_continues(&a, &b, NULL, NULL), CONSISTENCY_SMALLER);
    struct merkle_head none = fake_log_head(&ours, 0);
    cr_expect_eq(consistency_continues(&a, &none, NULL, NULL), CONSISTENCY_SMALLER);
}

Test(consistency, takes_no_root_of_its_own_for_the_log_without_entries)
{
    struct merkle_head none = fake_log_head(&ours, 0), some = fake_log_head(&ours, 7);
    cr_expect_eq(consistency_continues(&none, &none, NULL, NULL), CONSISTENCY_CONTINUES);
    cr_expect_eq(consistency_continues(&none, &some, NULL, NULL), CONSISTENCY_CONTINUES);
    none.root = some.root;
    cr_expect_eq(consistency_continues(&none, &some, NULL, NULL), CONSISTENCY_TWO_HISTORIES);
}

/* Tiles of another log than the checkpoint's: nothing is shown, and so nobody can be held to it. */
Test(consistency, blames_the_tiles_when_they_do_not_lead_to_the_newer_checkpoint)
{
    struct merkle_head a = fake_log_head(&ours, 50), b = fake_log_head(&ours, 70);
    cr_expect_eq(consistency_continues(&a, &b, fake_log_read, &theirs), CONSISTENCY_FALSE_TILES);
    theirs.count = 60;
    cr_expect_eq(consistency_continues(&a, &b, fake_log_read, &theirs), CONSISTENCY_UNREAD);
}

Test(consistency, survives_sizes_that_no_log_has)
{
    struct merkle_head a = fake_log_head(&ours, 50), huge = {.size = UINT64_MAX, .root = a.root};
    cr_expect_eq(consistency_continues(&a, &huge, fake_log_read, &ours), CONSISTENCY_UNREAD);
    huge.size = MERKLE_SIZE_MAX;
    cr_expect_eq(consistency_continues(&a, &huge, fake_log_read, &ours), CONSISTENCY_UNREAD);
    cr_expect_eq(consistency_continues(&huge, &a, fake_log_read, &ours), CONSISTENCY_SMALLER);
}
