/* The time, in a form that tests can set, and RFC 3339's way of writing it. Any thread. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

#define CLOCK_TEXT_SIZE 21 /* "2026-01-01T00:00:00Z" and a NUL */

/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(void);

/* Microseconds since some moment, never going back. Not affected by clock_set. */
int64_t clock_monotonic_us(void);

/* For tests: clock_now answers `seconds` from now on; a negative value gives the real time back. */
void clock_set(int64_t seconds);

/* For tests: a clock that was set is `seconds` further on each time that it is asked; 0: it stands again. */
void clock_step(int64_t seconds);

/* Reads RFC 3339's date-time (`2026-01-01T00:00:00+01:00`, fraction allowed and dropped, Z or z, T or t; :60 only as a
 * leap second, taken as :59). The date must exist. 0 and *out in seconds since 1970; -1 for anything else. */
MUST_CHECK int clock_parse(const char *text, int64_t *out);

/* Writes UTC without fraction. Years 0 to 9999; others come out as the nearest of these. */
void clock_format(int64_t seconds, char out[static CLOCK_TEXT_SIZE]);

/* Blocks this thread. For back-off, never to wait for an event. */
void clock_sleep_ms(int64_t milliseconds);

#endif
