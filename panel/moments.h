/* Moments that are one by RFC 3339 and that not every browser reads (ECMA-262, Date Time String Format): a leap second,
 * and a small t or z. A round with such a moment is open to a program and is never shown on a page. What is new and has
 * one is refused; what is in force already stays readable, so panel_parse does not look at this. Pure. Any thread. */
#ifndef PANEL_MOMENTS_H
#define PANEL_MOMENTS_H

#include "panel/definition.h"

/* Whether a moment that clock_parse takes is one that every browser reads. */
bool moment_is_common(const char *text);

/* Adds a fault for each opensAt and closesAt that is none, at its pointer, in the language of lang.h. */
void moments_check(const struct panel *panel, struct faults *faults);

#endif
