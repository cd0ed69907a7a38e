/* What the tests of this room share: files of fixtures/, the example panel, and looking a fault up. */
#ifndef TESTS_UNIT_PANEL_KIT_H
#define TESTS_UNIT_PANEL_KIT_H

#include "base/buf.h"
#include "panel/actions.h"
#include "panel/definition.h"
#include "panel/faults.h"

/* The bytes of a fixture, by its path from the project's folder; fails the test when it is not there. The caller
 * frees. */
struct buf kit_file(const char *path);

/* What is read from text that must be right; fails the test, saying why, when it is not. The caller frees. */
struct panel *kit_panel_from(const char *text);
struct action_list *kit_actions_from(const char *text);

/* fixtures/panel.json and fixtures/actions.csv. */
struct panel *kit_panel(void);
struct action_list *kit_actions(void);

/* Whether a fault is told at that place whose phrase holds `word`. */
bool kit_has_fault(const struct faults *faults, const char *where, const char *word);

/* All faults as one text, a line each, for a failing test's message; static memory. */
const char *kit_all_faults(const struct faults *faults);

#endif
