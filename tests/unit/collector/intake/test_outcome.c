/* What became of a batch. */
#include "collector/intake/outcome.h"
#include <criterion/criterion.h>

TestSuite(outcome);

/* Who sends again what stands there waits for the same look at the store, and is worth gathering as much. */
Test(outcome, counts_replays_as_standing_in_the_log_and_refusals_not)
{
    struct submission submissions[] = {
        {.kind = SUBMISSION_RESPONSE, .verdict = VERDICT_ACCEPTED},
        {.kind = SUBMISSION_RESPONSE, .verdict = VERDICT_REPEATED},
        {.kind = SUBMISSION_RESPONSE, .verdict = VERDICT_REFUSED},
        {.kind = SUBMISSION_ERASURE, .verdict = VERDICT_REPEATED},
        {.kind = SUBMISSION_ENROLMENT, .verdict = VERDICT_PENDING},
    };
    struct submission *list[5];
    for (size_t i = 0; i < 5; i++)
        list[i] = &submissions[i];
    cr_assert_eq(outcome_note(list, 5, 1), 3);
    cr_assert_eq(outcome_note(list + 2, 1, 1), 0);
}
