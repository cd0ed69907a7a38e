/* What a collector serves of a panel (PROTOCOL 9), back to what it means: GET /v1/panel is the definition with `open`
 * in each round, GET /v1/actions the list in an object. Pure. Any thread. */
#ifndef PANEL_SERVED_H
#define PANEL_SERVED_H

#include "base/json.h"
#include "panel/actions.h"
#include "panel/definition.h"

#define SERVED_PANEL_MAX (PANEL_JSON_MAX + (size_t)1024 * 1024) /* bytes: `open` comes on top of the definition */
#define SERVED_ACTIONS_MAX ((size_t)32 * 1024 * 1024)

/* Puts what panel_parse reads: the served panel without the `open` of each round. What is no such thing is put as it
 * is, for panel_parse to refuse. */
void served_put_definition(struct buf *out, const struct json *served);

/* 1: the definition `document`, as it was imported, means what served_put_definition has put as `meant`; 0: it doesn't,
 * or is no JSON. -1: no memory. */
MUST_CHECK int served_is_definition(const struct buf *document, const struct buf *meant);

/* Puts what actions_parse_json reads; nothing when it is not there. */
void served_put_actions(struct buf *out, const struct json *served);

/* Reads `len` bytes of an answer. NULL when it is no action list or memory lacks. Free with action_list_free. */
MUST_CHECK struct action_list *served_actions_parse(const char *text, size_t len);

#endif
