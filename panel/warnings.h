/* What a panel definition or an action list may say but its office should know of, in the language of lang.h: names
 * that lead nowhere, ids that a spreadsheet changes, answers that together can't be sent. Nothing that makes either
 * wrong. Pure. Any thread. */
#ifndef PANEL_WARNINGS_H
#define PANEL_WARNINGS_H

#include "panel/actions.h"
#include "panel/definition.h"

/* A definition by itself: `where` is a pointer into it. Ids of rounds and questions and values of options that a
 * spreadsheet takes for something else; questionnaires whose longest answers don't fit into one response; what members
 * are told where a part of it is missing, and terms that cut another short. */
void warnings_of_panel(const struct panel *panel, struct faults *warnings);

/* An action list by itself: `where` is an action's id. */
void warnings_of_actions(const struct action_list *actions, struct faults *warnings);

/* Both together, whichever was imported last: rounds that name actions which are not on the list. `where` is a pointer
 * into the definition. */
void warnings_of_references(const struct panel *panel, const struct action_list *actions, struct faults *warnings);

#endif
