/* The second halves of the acts, for the table in kinds.c alone. */
#ifndef COLLECTOR_ACTS_KINDS_H
#define COLLECTOR_ACTS_KINDS_H

#include "collector/acts/act.h"

enum act_result act_import_panel(struct act_work *work);
enum act_result act_import_actions(struct act_work *work);
enum act_result act_create_invitations(struct act_work *work);
enum act_result act_withdraw_invitation(struct act_work *work);
enum act_result act_change_operator(struct act_work *work);
enum act_result act_erase_entries(struct act_work *work);
enum act_result act_revoke_member(struct act_work *work);
enum act_result act_restore_member(struct act_work *work);
enum act_result act_publish_follow_up(struct act_work *work);
enum act_result act_create_release(struct act_work *work);
enum act_result act_release_page(struct act_work *work);

#endif
