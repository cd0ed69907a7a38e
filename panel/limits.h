/* How far a new panel definition may loosen disclosure control (PROTOCOL 2, 8): what protects nobody is refused with
 * the reason, what protects less than is usual is told what it costs. One that is in force already stays readable, so
 * panel_parse does not look at this. Pure. Any thread. */
#ifndef PANEL_LIMITS_H
#define PANEL_LIMITS_H

#include "panel/definition.h"

#define LIMIT_LEAST 3 /* of minRespondents and roundTo */

/* Adds a fault for each of `minRespondents`, `roundTo` and `minChanged` that is too low, at its pointer, in the
 * language of lang.h. */
void limits_check(const struct panel *panel, struct faults *faults);

/* Adds what each of `minRespondents`, `roundTo` and `releaseInterval` costs that is lower than usual. */
void limits_warn(const struct panel *panel, struct faults *warnings);

#endif
