/* The order of the checks is the protocol's. In the walk this stands between the ledger's reading and its writing. */
#include "collector/intake/decide.h"
#include "collector/intake/check.h"

static struct decision refuse_with(enum problem problem, const char *detail)
{
    return (struct decision){.verdict = VERDICT_REFUSED, .replaced = -1, .problem = problem, .detail = detail};
}

static struct decision repeat_of(int64_t index, int64_t replaced)
{
    return (struct decision){.verdict = VERDICT_REPEATED, .index = index, .replaced = replaced};
}

static struct decision accept_after(int64_t replaced)
{
    return (struct decision){.verdict = VERDICT_ACCEPTED, .replaced = replaced};
}

struct decision decide_response(const struct submission *s, const struct store_current *before, bool is_same)
{
    if (before && is_same)
        return repeat_of(before->index, before->replaced);
    if (!s->round_open)
        return refuse_with(PROBLEM_ROUND_NOT_OPEN,
                           "This round is closed; its answers can no longer be given or changed.");
    if (!before)
        return accept_after(-1);
    if (s->revision > before->revision)
        return accept_after(before->index);
    struct decision stale =
        refuse_with(PROBLEM_STALE_REVISION, "A response with this revision or a higher one is there already.");
    stale.current_revision = before->revision;
    return stale;
}

/* What enrolled once is answered so again, however late. One answer for an invitation that is unknown, withdrawn or
 * used by another key. A member with another invitation is refused too: it would otherwise take the place of whoever
 * that was meant for. */
struct decision decide_enrolment(const struct submission *s, const struct store_invitation *invitation,
                                 const struct roster_member *member)
{
    if (invitation && member && invitation->state == INVITATION_USED && invitation->member == member->number)
        return repeat_of(member->index, -1);
    if (!s->iat_fits)
        return refuse_with(PROBLEM_INVALID_CLAIMS, CHECK_CLOCK_DETAIL);
    if (!invitation || member || invitation->state != INVITATION_UNUSED)
        return refuse_with(PROBLEM_INVITATION_REFUSED,
                           "This invitation code can't be used; ask the panel office for another.");
    return accept_after(-1);
}
