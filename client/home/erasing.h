/* A request to erase, on this side: on disk before it is sent, so that a lost answer costs nothing, and once it is
 * proven to be in the log what it names goes from the folder too: the signed answers and their receipts. What is
 * kept is the request with its receipt, and the number of the last revision. Evidence against a collector
 * (evidence/) stays. Each step may be done again. Knows no network. `home` is the folder of a member. One thread.
 * errno on failure.
 *
 *     erasing.jws                  the request that was signed and not answered yet: a compact JWS
 *     erased/…                     see spool.h
 *     erased/everything.json       {"jws":…,"answer":…} of the request by which everything was erased */
#ifndef CLIENT_HOME_ERASING_H
#define CLIENT_HOME_ERASING_H

#include "base/slice.h"
#include "client/home/profile.h"
#include "panel/own_data.h"

/* Keeps a signed request, synced; there is none yet. */
MUST_CHECK int erasing_begin(const char *home, const struct buf *jws);

/* Keeps another in its place, whole or not at all: the one that is kept was not carried out. */
MUST_CHECK int erasing_replace(const char *home, const struct buf *jws);

/* Appends the one that is kept. -1 with ENOENT when there is none. */
MUST_CHECK int erasing_read(const char *home, struct buf *jws);

/* Takes it away: it was refused, or is finished. */
MUST_CHECK int erasing_forget(const char *home);

/* What a request asks for; free with own_data_free. -1: EILSEQ. */
MUST_CHECK int erasing_parse(const struct slice *jws, struct own_data_request *out);

/* Whether one is kept that asks for this: the response to `action` in `round`, of which NULL is any; `action` NULL:
 * everything. What can't be read does not. */
bool erasing_asks_for(const char *home, const char *round, const char *action);

/* Carries out here what the collector has carried out, and forgets that it was to be done. `answer` is the
 * collector's, a JSON text, whose receipt has been seen to hold. */
MUST_CHECK int erasing_finish(struct profile *profile, const struct buf *jws, const struct buf *answer);

#endif
