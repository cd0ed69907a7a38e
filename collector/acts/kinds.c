/* The table of acts. */
#include "collector/acts/kinds.h"
#include <string.h>

/* NULL: an event that no administrator asks for. */
static enum act_result (*const carriers[EVENT_KINDS])(struct act_work *work) = {
    [EVENT_OPERATOR_CHANGED] = act_change_operator,
    [EVENT_PANEL_IMPORTED] = act_import_panel,
    [EVENT_ACTIONS_IMPORTED] = act_import_actions,
    [EVENT_INVITATIONS_CREATED] = act_create_invitations,
    [EVENT_INVITATION_WITHDRAWN] = act_withdraw_invitation,
    [EVENT_MEMBER_REVOKED] = act_revoke_member,
    [EVENT_MEMBER_RESTORED] = act_restore_member,
    [EVENT_FOLLOW_UP_PUBLISHED] = act_publish_follow_up,
    [EVENT_ENTRIES_ERASED] = act_erase_entries,
    [EVENT_RELEASE_CREATED] = act_create_release,
    [EVENT_PAGE_RELEASED] = act_release_page,
};

int act_find(const char *kind, enum event_kind *out)
{
    for (int i = 0; i < EVENT_KINDS; i++)
        if (carriers[i] && strcmp(event_name((enum event_kind)i), kind) == 0) {
            *out = (enum event_kind)i;
            return 0;
        }
    return -1;
}

enum act_result act_carry_out(struct act_work *work, enum event_kind kind)
{
    work->event = (struct event){.kind = kind};
    if (work->catalogue)
        work->panel_id = work->catalogue->panel->id;
    else if (kind != EVENT_PANEL_IMPORTED) {
        catalogue_no_panel(&work->error);
        return ACT_REFUSED;
    }
    return carriers[kind](work);
}
