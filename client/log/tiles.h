/* Stored hashes of the collector's log from its tiles (c2sp.org/tlog-tiles), fetched as they are needed and kept in
 * memory for one run. What comes is believed to be nothing but bytes: proofs made of it are checked against signed
 * checkpoints. One thread. */
#ifndef CLIENT_LOG_TILES_H
#define CLIENT_LOG_TILES_H

#include "client/net/http.h"
#include "crypto/tile.h"

#define TILES_KEPT 1024 /* in memory, of 8 KiB; another one takes an old one's place */
#define TILES_PATIENCE_S 600 /* for all fetches of a run together */

struct tiles;

/* Of the tree of `size` leaves; `answer` is filled with the last answer had. NULL: no memory. Free with tiles_free. */
MUST_CHECK struct tiles *tiles_new(struct http *http, uint64_t size, struct http_answer *answer);
void tiles_free(struct tiles *tiles);

/* A merkle_read; context is a struct tiles. */
int tiles_read(void *tiles, unsigned level, uint64_t index, struct merkle_hash *out);

#endif
