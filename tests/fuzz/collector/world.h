/* A whole collector in this process but for its sockets: store, writer, workers, routes and handlers, over the example
 * panel with members, answers, a release and an analyst's token. A connection is driven by hand, as in the unit tests
 * of the HTTP room. There is one at a time; the clock stands still. */
#ifndef TESTS_FUZZ_COLLECTOR_WORLD_H
#define TESTS_FUZZ_COLLECTOR_WORLD_H

#include "base/buf.h"
#include "crypto/key.h"
#include "crypto/note.h"
#include <stdint.h>

#define WORLD_NOW INT64_C(1780272000) /* 2026-06-01T00:00:00Z: the example's only round is open */
#define WORLD_ENROLLED 12 /* members who have enrolled and answered; the one after these has an invitation */
#define WORLD_TOKEN "bp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* of an analyst, exact, who may publish */

/* Makes the store and starts on a copy of it, below TMPDIR or build/. Stops by itself when the process exits. */
void world_start(void);

/* Stops and starts on a new copy: all that was sent in the meantime never was. */
void world_renew(void);
void world_stop(void); /* nothing to be done where it has not started */

/* Sends the bytes on a connection of its own, at most `piece` at a time (0: all at once), and takes what comes back
 * until it ends. */
void world_talk(const char *bytes, size_t len, size_t piece, struct buf *answers);

/* Entries in the log. */
uint64_t world_entries(void);

/* The key of a member, from 0; below WORLD_ENROLLED enrolled. */
const struct secret_key *world_member(size_t i);

/* The log's own key. */
const struct note_key *world_log_key(void);

/* Bytes that the account of requests and answers has, and exchanges under way; both 0 where nobody is talking. */
size_t world_charged(void);
size_t world_under_way(void);

#endif
