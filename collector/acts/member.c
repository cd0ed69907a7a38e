/* The smallest act, to be read first: a member is revoked, or restored. The wish names the member by number, which is
 * the store's, and by the index of the enrolment, which is the log's. */
#include "collector/acts/member.h"
#include "base/lang.h"
#include "collector/acts/kinds.h"
#include <string.h>

static const char *const reasons[] = {"request", "error", "abuse", "order"};

bool act_is_revocation_reason(const char *reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reason, reasons[i]) == 0)
            return true;
    return false;
}

/* What both halves say of a member who is so already. */
static const char *is_revoked_already(void)
{
    return T("this member was revoked already", "dit panellid was al ingetrokken");
}

static const char *is_not_revoked(void)
{
    return T("this member is not revoked", "dit panellid is niet ingetrokken");
}

static int finish_wish(struct act_wish *wish, struct error *error)
{
    buf_put_char(&wish->claims, '}');
    return act_wish_check(wish) == 0 ? 0 : error_no_memory(error);
}

static void put_member_claims(struct act_wish *wish, const struct store_member *member)
{
    buf_put_text(&wish->claims, "{\"member\":");
    buf_put_integer(&wish->claims, member->number);
    buf_put_text(&wish->claims, ",\"enrolment\":");
    buf_put_integer(&wish->claims, member->index);
}

int act_prepare_revocation(struct act_wish *wish, const struct store_member *member, const char *reason,
                           struct error *error)
{
    if (member->revoked_at != 0)
        return error_set(error, ERROR_REFUSED, "%s", is_revoked_already());
    act_wish_init(wish, EVENT_MEMBER_REVOKED);
    put_member_claims(wish, member);
    buf_put_text(&wish->claims, ",\"reason\":");
    json_put_text(&wish->claims, reason);
    return finish_wish(wish, error);
}

int act_prepare_restoration(struct act_wish *wish, const struct store_member *member, struct error *error)
{
    if (member->revoked_at == 0)
        return error_set(error, ERROR_REFUSED, "%s", is_not_revoked());
    act_wish_init(wish, EVENT_MEMBER_RESTORED);
    put_member_claims(wish, member);
    return finish_wish(wish, error);
}

/* Carrying out. */

/* The member that the wish names, as the store has them now. */
static enum act_result read_member(struct act_work *work, struct store_member *out)
{
    int64_t number;
    if (act_claim_integer(work, "member", &number) < 0 ||
        act_claim_integer(work, "enrolment", &work->event.enrolment) < 0)
        return act_bad_claims(work);
    switch (store_member_read(work->store, number, out)) {
    case STORE_OK:
        if (out->erased)
            return act_refuse(work, "%s", T("this member has erased everything", "dit panellid heeft alles gewist"));
        return out->index == work->event.enrolment ? ACT_DONE : act_bad_claims(work);
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return act_bad_claims(work);
    case STORE_FAILED:
        break;
    }
    return act_store_failed(work);
}

static enum act_result write_revoked(struct act_work *work, struct store_member *member, int64_t when)
{
    member->revoked_at = when;
    if (act_note_member(work, member) < 0)
        return act_no_memory(work);
    return store_member_revoke(work->store, member->number, when) == STORE_OK ? ACT_DONE : act_store_failed(work);
}

enum act_result act_revoke_member(struct act_work *work)
{
    struct store_member member = {.number = 0};
    enum act_result result = read_member(work, &member);
    if (result != ACT_DONE)
        return result;
    if (act_claim_text(work, "reason", &work->event.reason) < 0 || !act_is_revocation_reason(work->event.reason))
        return act_bad_claims(work);
    if (member.revoked_at != 0)
        return act_refuse(work, "%s", is_revoked_already());
    return write_revoked(work, &member, work->now);
}

enum act_result act_restore_member(struct act_work *work)
{
    struct store_member member = {.number = 0};
    enum act_result result = read_member(work, &member);
    if (result != ACT_DONE)
        return result;
    if (member.revoked_at == 0)
        return act_refuse(work, "%s", is_not_revoked());
    return write_revoked(work, &member, 0);
}
