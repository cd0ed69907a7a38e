/* What fuzzing has found worth keeping is tried again: each input holds what its target asks (tests/fuzz/client). */
#include "tests/fuzz/fuzz.h"
#include <criterion/criterion.h>

Test(corpora, hold_for_batch)
{
    cr_assert_gt(fuzz_replay("batch", fuzz_batch), 0);
}
