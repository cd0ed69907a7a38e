/* Stored hashes of the collector's log from its tiles (c2sp.org/tlog-tiles), fetched as they are needed and kept in
 * memory for one run. What comes is believed to be nothing but bytes: proofs made of it are checked against signed
 * checkpoints. One thread. */
#ifndef CLIENT_LOG_TILE_READER_H
#define CLIENT_LOG_TILE_READER_H

#include "client/net/http.h"
#include "crypto/tile.h"

#define TILE_READER_KEPT 1024 /* tiles in memory, of 8 KiB; another one takes an old one's slot */
#define TILE_READER_PATIENCE_S 600 /* for all fetches of a run together */

struct tile_reader;

/* Of the tree of `size` leaves; `answer` is filled with the last answer had. NULL: no memory. Free with
 * tile_reader_free. */
MUST_CHECK struct tile_reader *tile_reader_new(struct http *http, uint64_t size, struct http_answer *answer);
void tile_reader_free(struct tile_reader *reader);

/* A merkle_read; context is a struct tile_reader. */
int tile_reader_hash(void *reader, unsigned level, uint64_t index, struct merkle_hash *out);

#endif
