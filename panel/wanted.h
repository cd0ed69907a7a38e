/* Which actions a table or list is asked of: some, by their ids, or all. A value, to be copied as it is. Any thread. */
#ifndef PANEL_WANTED_H
#define PANEL_WANTED_H

#include "base/error.h"
#include <stdbool.h>

#define WANTED_MAX 100 /* ids in one request */
#define WANTED_ID_MAX 64
#define WANTED_SIZE (WANTED_MAX * (WANTED_ID_MAX + 1)) /* with a comma behind each, or the end */

struct wanted_actions {
    char ids[WANTED_SIZE]; /* with commas between; "": all */
};

/* Reads ids with commas between; NULL stands for all. -1: one of them is no action's id, or they are more than
 * WANTED_MAX. */
MUST_CHECK int wanted_read(const char *text, struct wanted_actions *out);

/* Whether all are; so they are with NULL. */
bool wanted_is_all(const struct wanted_actions *wanted);

/* Whether the action is asked for; so each is with NULL. */
bool wanted_has(const struct wanted_actions *wanted, const char *id);

#endif
