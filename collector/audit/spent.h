/* Texts that stand in a log once and no more, known by their leaves: what was erased, which nobody may put back, and
 * members' requests to erase, which nobody may carry out a second time (PROTOCOL 5b). They spill. Knows no entry but
 * by its index. One thread. */
#ifndef COLLECTOR_AUDIT_SPENT_H
#define COLLECTOR_AUDIT_SPENT_H

#include "base/scratch.h"
#include "crypto/merkle.h"

struct spent_text {
    uint8_t leaf[SHA256_BYTES];
    int64_t index; /* of the entry */
    int64_t member; /* of a request: who asked, by the fold's number; 0: nobody who is still there */
    bool is_request;
};

struct spent;

/* None yet, in about `memory` bytes; `scratch`, which tells what fails, must last as long. NULL: no memory. Free with
 * spent_free. */
MUST_CHECK struct spent *spent_new(struct scratch *scratch, size_t memory);
void spent_free(struct spent *spent);

/* One more, whose leaf none has. -1: it failed. */
MUST_CHECK int spent_add(struct spent *spent, const struct spent_text *text);

/* The one with that leaf, valid until the list is asked again. NULL: there is none, or it failed. */
const struct spent_text *spent_find(struct spent *spent, const uint8_t leaf[static SHA256_BYTES]);

/* How many requests there are. */
size_t spent_requests(const struct spent *spent);

#endif
