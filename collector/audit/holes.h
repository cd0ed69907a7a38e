/* Entries whose text is not there any more, and the events that say why (PROTOCOL 5b). A retention rule takes whole
 * rounds away, so they are as many as responses, and spill. Knows no entry and no event but by its index. One
 * thread. */
#ifndef COLLECTOR_AUDIT_HOLES_H
#define COLLECTOR_AUDIT_HOLES_H

#include "base/scratch.h"

enum hole_told {
    HOLE_NOT_ASKED = -1, /* the source does not tell of events */
    HOLE_OF_NONE = -2, /* it knows of none */
};

struct hole {
    int64_t index;
    int64_t erased_by; /* the index of the event; -1: none so far */
    int64_t told; /* the same as the log's source tells it: an index, or one of enum hole_told */
    bool is_enrolment; /* as that event says */
};

struct holes;

/* None, in about `memory` bytes; `scratch`, which tells what fails, must last as long. NULL: no memory. Free with
 * holes_free. */
MUST_CHECK struct holes *holes_new(struct scratch *scratch, size_t memory);
void holes_free(struct holes *holes);

/* How many there are, and how many of them an event names as enrolments. */
size_t holes_count(const struct holes *holes);
size_t holes_enrolments(const struct holes *holes);

/* One more, behind all others. -1: it failed. */
MUST_CHECK int holes_add(struct holes *holes, int64_t index, int64_t told);

/* The i-th, from 0; NULL: it failed. Valid, as all that is given out, until the holes are asked again. */
const struct hole *holes_at(struct holes *holes, size_t i);

/* The hole at that index; NULL: there is none, or it failed. */
const struct hole *holes_find(struct holes *holes, int64_t index);

/* Enters the event that erased the hole at that index, which is there. */
void holes_cover(struct holes *holes, int64_t index, int64_t event, bool is_enrolment);

#endif
