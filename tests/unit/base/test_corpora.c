/* What fuzzing has found worth keeping is tried again: each input holds what its target asks (tests/fuzz/base). */
#include "tests/fuzz/fuzz.h"
#include <criterion/criterion.h>

Test(corpora, hold_for_csv)
{
    cr_assert_gt(fuzz_replay("csv", fuzz_csv), 0);
}

Test(corpora, hold_for_json)
{
    cr_assert_gt(fuzz_replay("json", fuzz_json), 0);
}

Test(corpora, hold_for_text)
{
    cr_assert_gt(fuzz_replay("text", fuzz_text), 0);
}
