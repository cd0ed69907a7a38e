/* Which panel definition and action list are in force, by the documents that events of the log name, and which pairs of
 * them were before (PROTOCOL 6a): what a response may say that its author saw. Part of the catalogue of who serves:
 * read when that is loaded, so that a response costs a comparison. Any thread, once loaded. */
#ifndef COLLECTOR_STATE_IN_FORCE_H
#define COLLECTOR_STATE_IN_FORCE_H

#include "collector/store/store.h"

struct in_force_document {
    bool told; /* an event of the log names it; false: the rest is nothing */
    int64_t index; /* of that event */
    uint8_t hash[SHA256_BYTES];
};

struct in_force_pair {
    uint8_t context[SHA256_BYTES]; /* as response_context makes it */
    int64_t until; /* iat of the event that put another in its place; INT64_MAX: it is in force */
};

/* Cleared: nothing is known. */
struct in_force {
    struct in_force_document panel, actions;
    struct in_force_pair *pairs; /* in the order of the log */
    size_t count, capacity;
};

/* Reads it from the events of the store's log into what is cleared. -1: *error says why. Free with in_force_wipe. */
MUST_CHECK int in_force_load(struct in_force *in_force, struct store *store, struct error *error);
void in_force_wipe(struct in_force *in_force);

/* Whether the pair was in force at `since` or later. */
bool in_force_had(const struct in_force *in_force, const uint8_t context[static SHA256_BYTES], int64_t since);

#endif
