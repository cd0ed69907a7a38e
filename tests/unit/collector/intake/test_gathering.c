/* Whom the writer waits for. */
#include "collector/intake/gathering.h"
#include <criterion/criterion.h>

static struct gathering gathering;

TestSuite(gathering);

Test(gathering, is_over_at_once_for_one_who_is_alone)
{
    cr_assert(gathering_is_done(&gathering, 1, 0));
    gathering_note(&gathering, false, 64);
    cr_assert(gathering_is_done(&gathering, 1, 0), "who sent many lines may send none now");
}

Test(gathering, waits_for_who_is_being_checked)
{
    cr_assert_not(gathering_is_done(&gathering, 1, 1));
    cr_assert_not(gathering_is_done(&gathering, GATHERING_ENOUGH - 1, 1));
    cr_assert(gathering_is_done(&gathering, GATHERING_ENOUGH, 1));
}

Test(gathering, waits_for_as_many_as_stand_in_the_log)
{
    gathering_note(&gathering, true, 8);
    cr_assert_not(gathering_is_done(&gathering, 7, 0));
    cr_assert(gathering_is_done(&gathering, 8, 0), "the two that were refused need not come again");
}

/* Sixteen who are beyond their quotas are always being checked, and what one good client sends waited for them. */
Test(gathering, waits_for_nobody_after_a_batch_that_was_refused_whole)
{
    gathering_note(&gathering, true, 0);
    cr_assert(gathering_is_done(&gathering, 1, 16));
    gathering_note(&gathering, true, 1);
    cr_assert_not(gathering_is_done(&gathering, 1, 16));
}
