/* What fuzzing has found worth keeping is tried again: each input holds what its target asks (tests/fuzz/collector). */
#include "tests/fuzz/collector/world.h"
#include "tests/fuzz/fuzz.h"
#include <criterion/criterion.h>

Test(corpora, hold_for_backup)
{
    cr_assert_gt(fuzz_replay("backup", fuzz_backup), 0);
}

Test(corpora, hold_for_config)
{
    cr_assert_gt(fuzz_replay("config", fuzz_config), 0);
}

Test(corpora, hold_for_forwarded)
{
    cr_assert_gt(fuzz_replay("forwarded", fuzz_forwarded), 0);
}

Test(corpora, hold_for_head)
{
    cr_assert_gt(fuzz_replay("head", fuzz_head), 0);
}

Test(corpora, hold_for_http)
{
    cr_assert_gt(fuzz_replay("http", fuzz_http), 0);
    world_stop();
}

Test(corpora, hold_for_negotiate)
{
    cr_assert_gt(fuzz_replay("negotiate", fuzz_negotiate), 0);
}

Test(corpora, hold_for_release)
{
    cr_assert_gt(fuzz_replay("release", fuzz_release), 0);
}

Test(corpora, hold_for_theme)
{
    cr_assert_gt(fuzz_replay("theme", fuzz_theme), 0);
}
