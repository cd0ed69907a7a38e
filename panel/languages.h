/* What is wrong with texts by language, and yet stood in documents before it was refused. Under which names of
 * languages they stand: a reader of any program looks for `nl` or `en` as it is written, so a text under `NL` is found
 * by some and not by others, and one under each tells its readers apart. And a text of which nothing is seen
 * (text_is_blank). What is new and has such is refused; what is in force already stays readable, so nothing that parses
 * looks at this. Pure. */
#ifndef PANEL_LANGUAGES_H
#define PANEL_LANGUAGES_H

#include "panel/definition.h"

/* Adds a fault for each language whose first subtag has a capital, and for each that is another one of `labels` but for
 * the case of its letters, and for each whose text is blank, at the pointer `where` and its name. */
void languages_check_labels(const struct labels *labels, const char *where, struct faults *faults);

/* The same for all texts of a definition. Questionnaires that stand in `before` (may be NULL) in the same way are
 * passed over. */
void languages_check(const struct panel *panel, const struct panel *before, struct faults *faults);

#endif
