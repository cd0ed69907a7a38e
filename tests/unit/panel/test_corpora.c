/* What fuzzing has found worth keeping is tried again: each input holds what its target asks (tests/fuzz/panel). */
#include "tests/fuzz/fuzz.h"
#include <criterion/criterion.h>

Test(corpora, hold_for_actions)
{
    cr_assert_gt(fuzz_replay("actions", fuzz_actions), 0);
}

Test(corpora, hold_for_enrolment)
{
    cr_assert_gt(fuzz_replay("enrolment", fuzz_enrolment), 0);
}

Test(corpora, hold_for_event)
{
    cr_assert_gt(fuzz_replay("event", fuzz_event), 0);
}

Test(corpora, hold_for_follow_up)
{
    cr_assert_gt(fuzz_replay("follow_up", fuzz_follow_up), 0);
}

Test(corpora, hold_for_own_data)
{
    cr_assert_gt(fuzz_replay("own_data", fuzz_own_data), 0);
}

Test(corpora, hold_for_page)
{
    cr_assert_gt(fuzz_replay("page", fuzz_page), 0);
}

Test(corpora, hold_for_panel)
{
    cr_assert_gt(fuzz_replay("panel", fuzz_panel), 0);
}

Test(corpora, hold_for_recovery)
{
    cr_assert_gt(fuzz_replay("recovery", fuzz_recovery), 0);
}

Test(corpora, hold_for_response)
{
    cr_assert_gt(fuzz_replay("response", fuzz_response), 0);
}
