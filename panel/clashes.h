/* Ids that are each right by themselves and make two things of one name: columns of summary.csv (PROTOCOL 7), and
 * columns of a batch's responses file. A new questionnaire that has such is refused; one that is in force already stays
 * readable, so panel_parse does not look at this. Pure. */
#ifndef PANEL_CLASHES_H
#define PANEL_CLASHES_H

#include "panel/definition.h"

/* Adds a fault for each id or option's value of `panel` that clashes, at its pointer and with both names, in the
 * language of lang.h. Questionnaires that stand in `before` (may be NULL) in the same way are passed over. */
void clashes_check(const struct panel *panel, const struct panel *before, struct faults *faults);

#endif
