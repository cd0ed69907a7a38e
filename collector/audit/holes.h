/* Entries whose text is not there any more, and the events that say why (PROTOCOL 5b). Knows no entry and no event but
 * by its index. Pure. One thread. */
#ifndef COLLECTOR_AUDIT_HOLES_H
#define COLLECTOR_AUDIT_HOLES_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hole {
    int64_t index;
    int64_t erased_by; /* the index of the event; -1: none so far */
    bool is_enrolment; /* as that event says */
};

/* All zero for none; wiped with holes_wipe. */
struct holes {
    struct hole *list; /* ascending by index */
    size_t count, capacity;
    size_t enrolments; /* how many of them an event names as enrolments */
};

void holes_wipe(struct holes *holes);

/* One more, behind all others. -1: no memory. */
MUST_CHECK int holes_add(struct holes *holes, int64_t index);

/* The hole at that index; NULL: there is none. Valid until the next is added. */
struct hole *holes_find(const struct holes *holes, int64_t index);

/* Enters the event that erased it. */
void holes_cover(struct holes *holes, struct hole *hole, int64_t event, bool is_enrolment);

#endif
