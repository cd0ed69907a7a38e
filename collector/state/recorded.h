/* Events as the store's log has them (PROTOCOL 6a): found by their kind, read back from their entries. Reads alone; in
 * whose transaction, and in which thread, is the caller's. */
#ifndef COLLECTOR_STATE_RECORDED_H
#define COLLECTOR_STATE_RECORDED_H

#include "collector/store/store.h"
#include "panel/event.h"

/* Reads the event at `index`. 0, and the caller calls event_free; -1: *error says why. Nothing is said of who signed
 * it, which is the audit's to ask. */
MUST_CHECK int recorded_read(struct store *store, int64_t index, struct event *out, struct error *error);

/* What the events say of the log as a whole. */
struct recorded_log {
    bool begun; /* whether log-opened or log-upgraded is there: below is nothing otherwise */
    uint8_t operator_key[KEY_BYTES]; /* in force */
    int64_t last_iat; /* of the newest event */
};

MUST_CHECK int recorded_log_read(struct store *store, struct recorded_log *out, struct error *error);

#endif
