/* What the protocol says of a submission, by what the store holds: PROTOCOL 4 and 5, checks 8 to 10. No store is
 * needed. */
#include "collector/intake/decide.h"
#include <criterion/criterion.h>

static const struct store_current third = {.revision = 3, .index = 40, .replaced = 30};

static struct submission response(int64_t revision, bool open)
{
    return (struct submission){.kind = SUBMISSION_RESPONSE, .revision = revision, .round_open = open};
}

Test(decide, accepts_a_first_response_of_any_revision)
{
    for (int64_t revision = 1; revision < 1000; revision *= 7) {
        struct submission s = response(revision, true);
        struct decision decision = decide_response(&s, NULL, false);
        cr_assert(decision.verdict == VERDICT_ACCEPTED && decision.replaced == -1);
    }
}

Test(decide, accepts_a_higher_revision_in_place_of_the_one_before)
{
    struct submission s = response(4, true);
    struct decision decision = decide_response(&s, &third, false);
    cr_assert(decision.verdict == VERDICT_ACCEPTED && decision.replaced == 40);
}

Test(decide, refuses_the_same_or_a_lower_revision_and_says_which_is_there)
{
    for (int64_t revision = 1; revision <= 3; revision++) {
        struct submission s = response(revision, true);
        struct decision decision = decide_response(&s, &third, false);
        cr_assert(decision.verdict == VERDICT_REFUSED && decision.problem == PROBLEM_STALE_REVISION);
        cr_assert(decision.current_revision == 3 && decision.replaced == -1);
    }
}

Test(decide, refuses_all_that_is_new_in_a_closed_round)
{
    for (int64_t revision = 1; revision <= 4; revision++) {
        struct submission s = response(revision, false);
        cr_assert_eq(decide_response(&s, NULL, false).problem, PROBLEM_ROUND_NOT_OPEN);
        cr_assert_eq(decide_response(&s, &third, false).problem, PROBLEM_ROUND_NOT_OPEN);
    }
}

Test(decide, answers_the_same_bytes_as_it_did_open_or_closed)
{
    for (int open = 0; open <= 1; open++) {
        struct submission s = response(3, open != 0);
        struct decision decision = decide_response(&s, &third, true);
        cr_assert(decision.verdict == VERDICT_REPEATED && decision.index == 40 && decision.replaced == 30);
    }
}

/* Enrolments. */

static const struct store_invitation unused = {INVITATION_UNUSED, 0}, withdrawn = {INVITATION_WITHDRAWN, 0},
                                     used_by_5 = {INVITATION_USED, 5};
static const struct roster_member member_5 = {.number = 5, .index = 17}, member_6 = {.number = 6, .index = 18};

Test(decide, enrols_who_has_an_unused_invitation_and_no_membership)
{
    struct submission s = {.kind = SUBMISSION_ENROLMENT, .iat_fits = true};
    struct decision decision = decide_enrolment(&s, &unused, NULL);
    cr_assert(decision.verdict == VERDICT_ACCEPTED && decision.replaced == -1);
}

Test(decide, answers_an_enrolment_again_however_late)
{
    struct submission s = {.kind = SUBMISSION_ENROLMENT, .iat_fits = false};
    struct decision decision = decide_enrolment(&s, &used_by_5, &member_5);
    cr_assert(decision.verdict == VERDICT_REPEATED && decision.index == 17 && decision.replaced == -1);
}

Test(decide, gives_one_answer_for_all_invitations_that_can_not_be_used)
{
    struct submission s = {.kind = SUBMISSION_ENROLMENT, .iat_fits = true};
    const struct decision decisions[] = {
        decide_enrolment(&s, NULL, NULL),         decide_enrolment(&s, NULL, &member_5),
        decide_enrolment(&s, &withdrawn, NULL),   decide_enrolment(&s, &withdrawn, &member_5),
        decide_enrolment(&s, &used_by_5, NULL),   decide_enrolment(&s, &used_by_5, &member_6),
        decide_enrolment(&s, &unused, &member_5),
    };
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++) {
        cr_assert(decisions[i].verdict == VERDICT_REFUSED && decisions[i].problem == PROBLEM_INVITATION_REFUSED);
        cr_assert_str_eq(decisions[i].detail, decisions[0].detail);
    }
}

Test(decide, looks_at_the_clock_before_the_invitation)
{
    struct submission s = {.kind = SUBMISSION_ENROLMENT, .iat_fits = false};
    cr_assert_eq(decide_enrolment(&s, &unused, NULL).problem, PROBLEM_INVALID_CLAIMS);
    cr_assert_eq(decide_enrolment(&s, NULL, NULL).problem, PROBLEM_INVALID_CLAIMS);
}
