/* The action list (PROTOCOL 2, actions.csv). Read once, immutable after. Knows no store. */
#ifndef PANEL_ACTIONS_H
#define PANEL_ACTIONS_H

#include "base/buf.h"
#include "base/error.h"
#include "panel/faults.h"
#include <stdbool.h>
#include <stddef.h>

#define ACTIONS_CSV_MAX ((size_t)16 * 1024 * 1024)
#define ACTIONS_MAX 65535

enum action_status { ACTION_PLANNED, ACTION_STARTED, ACTION_RUNNING, ACTION_DONE, ACTION_STOPPED };

struct action {
    const char *id, *title, *track, *lead, *related; /* a list's own, or what action_list_add is to copy */
    enum action_status status;
};

struct action_list {
    struct action *list; /* in the order of the file */
    size_t count, capacity;
    size_t *by_id; /* places in `list`, in byte order of the ids; made by action_list_index */
};

/* Reads and checks an action list. NULL with at least one fault, `where` being "line N" (in the language of lang.h);
 * every bad line is named. Already indexed. Free with action_list_free. */
MUST_CHECK struct action_list *actions_parse_csv(const char *text, size_t len, struct faults *faults);

/* An empty list to add to; NULL when there is no memory. */
MUST_CHECK struct action_list *action_list_new(void);
void action_list_free(struct action_list *actions);

/* Adds a copy at the end. -1 when there is no memory or ACTIONS_MAX is reached. */
MUST_CHECK int action_list_add(struct action_list *actions, const struct action *action);

/* To be called after the last add and before the first find. -1 when there is no memory. */
MUST_CHECK int action_list_index(struct action_list *actions);

/* The place of an action, or -1. */
int action_list_find(const struct action_list *actions, const char *id);

bool action_id_is_valid(const char *text); /* 1-64 of A-Z a-z 0-9 . _ - */

/* "planned" …; and back: 0 and *out, or -1. */
const char *action_status_name(enum action_status status);
MUST_CHECK int action_status_find(const char *name, enum action_status *out);

/* Whether all fields are the same. */
bool action_equal(const struct action *a, const struct action *b);

/* The list as JSON, for GET /v1/actions: [{"id":…,"title":…,"track":…,"lead":…,"related":…,"status":…}, …], and one of
 * them alone. */
void action_list_put_json(struct buf *out, const struct action_list *actions);
void action_put_json(struct buf *out, const struct action *action);

/* Reads what action_list_put_json wrote. NULL: *error (may be NULL), ERROR_REFUSED when it is anything else, or
 * ERROR_MEMORY. Already indexed. */
MUST_CHECK struct action_list *actions_parse_json(const char *text, size_t len, struct error *error);

#endif
