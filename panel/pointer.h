/* RFC 6901: the place of a value inside a JSON document, as text. Any thread. */
#ifndef PANEL_POINTER_H
#define PANEL_POINTER_H

#include "base/buf.h"
#include <stddef.h>

/* Appends one reference token: a slash and the member's name, `~` and `/` in it escaped (RFC 6901 §3). */
void pointer_put_name(struct buf *pointer, const char *name);

/* The same for the place of an element in a list. */
void pointer_put_place(struct buf *pointer, size_t place);

#endif
