/* The strict pass over a JSON text that goes before cJSON: the grammar of RFC 8259 with PROTOCOL 3's limits, all but
 * repeated members. Private to base/json.c. Builds nothing; allocates only for numbers that are no integers. */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>

/* One pass. Set text, len and, to find a value's place, sought; the rest to zero. */
struct json_scan {
    const char *text;
    size_t len;
    size_t sought; /* a value's number in document order, from 1; 0 for none */

    size_t at; /* where the pass is; on a fault, the place that is wrong */
    const char *what, *dutch; /* the fault; static phrases */
    bool no_memory; /* it is none of the text's */
    size_t values; /* seen so far */
    size_t name_at; /* the last member's name */
    size_t sought_name_at, sought_at; /* the sought value: its name, if it is a member, and itself */

    size_t numbers; /* seen so far */
    size_t *fractions; /* which of them, from 0, are not integers within range; ascending */
    size_t fraction_count, fraction_cap;
};

/* 0 when the text passes; -1 with scan->at and scan->what otherwise. Either way json_scan_wipe afterwards. */
MUST_CHECK int json_scan_run(struct json_scan *scan);

void json_scan_wipe(struct json_scan *scan);

#endif
