/* What an import of a panel definition changes, and what it may not (PROTOCOL 2): what people have answered stays what
 * it was. Pure. */
#ifndef COLLECTOR_STATE_PANEL_IMPORT_H
#define COLLECTOR_STATE_PANEL_IMPORT_H

#include "panel/definition.h"

/* An action in a round that has or had responses; ids. */
struct answered_action {
    const char *round;
    const char *action; /* NULL: of the round there is a release, answered or not, whose tables name its questions */
};

/* Finds what the new definition would take away: the panel's id changed, which every entry of the log names; a
 * questionnaire with responses or a release changed or removed; a round with either removed, given another
 * questionnaire, or without an action that has responses. Faults point into the new definition, in the language of
 * lang.h. */
void panel_import_check(const struct panel *before, const struct panel *after, const struct answered_action *counted,
                        size_t count, struct faults *faults);

/* Whether disclosure control is set the same in both. */
bool panel_import_keeps_disclosure(const struct panel *before, const struct panel *after);

/* Finds disclosure changed while a round has a release that others may follow (PROTOCOL 8): two of them made by two
 * rules could tell together what neither tells. */
void panel_import_check_disclosure(const struct panel *before, const struct panel *after, struct faults *faults);

/* Puts a line for each thing that was added, changed or removed; "no changes" when there is none. `before` NULL: all is
 * new. */
void panel_import_put_changes(struct buf *out, const struct panel *before, const struct panel *after);

#endif
