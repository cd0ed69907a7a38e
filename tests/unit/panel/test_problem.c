/* Each problem's name, status and meaning, worked out apart from the table. */
#include "panel/problem.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct {
    enum problem problem;
    const char *name;
    unsigned status;
} all[] = {
    {PROBLEM_TOO_LARGE, "too-large", 413},
    {PROBLEM_UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", 415},
    {PROBLEM_MALFORMED_ENVELOPE, "malformed-envelope", 400},
    {PROBLEM_NOT_VERIFIED, "not-verified", 401},
    {PROBLEM_INVALID_CLAIMS, "invalid-claims", 400},
    {PROBLEM_INVALID_RESPONSE, "invalid-response", 400},
    {PROBLEM_INVALID_FOLLOW_UP, "invalid-follow-up", 400},
    {PROBLEM_INVITATION_REFUSED, "invitation-refused", 403},
    {PROBLEM_ROUND_NOT_OPEN, "round-not-open", 409},
    {PROBLEM_STALE_REVISION, "stale-revision", 409},
    {PROBLEM_STALE_CONTEXT, "stale-context", 409},
    {PROBLEM_NOTHING_TO_ERASE, "nothing-to-erase", 404},
    {PROBLEM_REPLAYED, "replayed", 409},
    {PROBLEM_UNAVAILABLE, "unavailable", 503},
    {PROBLEM_TOO_MANY, "too-many", 429},
    {PROBLEM_BAD_REQUEST, "bad-request", 400},
    {PROBLEM_UNAUTHORIZED, "unauthorized", 401},
    {PROBLEM_FORBIDDEN, "forbidden", 403},
    {PROBLEM_NOT_FOUND, "not-found", 404},
    {PROBLEM_NO_RELEASE, "no-release", 404},
    {PROBLEM_METHOD_NOT_ALLOWED, "method-not-allowed", 405},
    {PROBLEM_NOT_ACCEPTABLE, "not-acceptable", 406},
    {PROBLEM_INTERNAL, "internal", 500},
};

Test(problem, has_name_status_and_title)
{
    cr_assert_eq(sizeof all / sizeof all[0] + 1, PROBLEMS);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cr_assert_eq(all[i].problem, i + 1);
        cr_assert_str_eq(problem_name(all[i].problem), all[i].name);
        cr_assert_eq(problem_status(all[i].problem), all[i].status);
        cr_assert_gt(strlen(problem_title(all[i].problem)), 0);
    }
    cr_assert_str_eq(problem_name(PROBLEM_NONE), "");
    cr_assert_str_eq(problem_title(PROBLEM_NONE), "");
    cr_assert_eq(problem_status(PROBLEM_NONE), 0);
}

Test(problem, is_found_by_its_type)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char type[100];
        snprintf(type, sizeof type, "%s%s", PROBLEM_URN, all[i].name);
        cr_assert_eq(problem_find(type), all[i].problem);
        cr_assert_eq(problem_find(all[i].name), PROBLEM_NONE);
    }
    cr_assert_eq(problem_find(""), PROBLEM_NONE);
    cr_assert_eq(problem_find("about:blank"), PROBLEM_NONE);
    cr_assert_eq(problem_find(PROBLEM_URN), PROBLEM_NONE);
    cr_assert_eq(problem_find(PROBLEM_URN "not-foundling"), PROBLEM_NONE);
}

Test(problem, is_final_where_the_same_would_be_refused_for_ever)
{
    static const enum problem final[] = {PROBLEM_TOO_LARGE,        PROBLEM_MALFORMED_ENVELOPE, PROBLEM_INVALID_CLAIMS,
                                         PROBLEM_INVALID_RESPONSE, PROBLEM_INVALID_FOLLOW_UP,  PROBLEM_STALE_REVISION,
                                         PROBLEM_STALE_CONTEXT};
    for (enum problem problem = PROBLEM_NONE; problem < PROBLEMS; problem++) {
        bool wanted = false;
        for (size_t i = 0; i < sizeof final / sizeof *final; i++)
            wanted = wanted || final[i] == problem;
        cr_expect_eq(problem_is_final(problem), wanted, "%s", problem_name(problem));
    }
}

Test(problem, says_more_where_there_is_more_to_say)
{
    cr_expect_str_eq(problem_detail(PROBLEM_TOO_LARGE), "The body is larger than this path takes.");
    cr_expect_str_eq(problem_detail(PROBLEM_NONE), "");
    cr_expect_str_eq(problem_tell(PROBLEM_ROUND_NOT_OPEN), "the round is not open");
    cr_expect_str_eq(problem_tell(PROBLEM_INTERNAL), "");
}
