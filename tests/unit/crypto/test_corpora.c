/* What fuzzing has found worth keeping is tried again: each input holds what its target asks (tests/fuzz/crypto). */
#include "tests/fuzz/fuzz.h"
#include <criterion/criterion.h>

Test(corpora, hold_for_jws)
{
    cr_assert_gt(fuzz_replay("jws", fuzz_jws), 0);
}

Test(corpora, hold_for_note)
{
    cr_assert_gt(fuzz_replay("note", fuzz_note), 0);
}

Test(corpora, hold_for_receipt)
{
    cr_assert_gt(fuzz_replay("receipt", fuzz_receipt), 0);
}

Test(corpora, hold_for_tile)
{
    cr_assert_gt(fuzz_replay("tile", fuzz_tile), 0);
}
