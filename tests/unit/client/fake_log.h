/* A collector's log made up by a test, honest or not: entries in memory, checkpoints of any size, receipts, and serving
 * all that through fake.h. */
#ifndef TESTS_UNIT_CLIENT_FAKE_LOG_H
#define TESTS_UNIT_CLIENT_FAKE_LOG_H

#include "base/buf.h"
#include "crypto/checkpoint.h"

#define FAKE_LOG_MAX 1024

struct fake_log {
    struct secret_key *secret;
    struct note_key key;
    struct merkle_hash leaves[FAKE_LOG_MAX];
    size_t count;
    size_t shown; /* size of the checkpoint that is served */
    const struct fake_log *tiles; /* whose tiles are served; NULL: nobody's, 404 */
    const struct fake_log *key_of, *checkpoint_of; /* whose key and checkpoint are served */
    const char *answer; /* when not NULL, what is answered to everything */
    bool only_full_tiles;
};

/* An empty log with a key of its own, that serves its own. */
void fake_log_init(struct fake_log *log, const char *origin);
void fake_log_wipe(struct fake_log *log);

/* Adds an entry, and shows it. Returns its index. */
size_t fake_log_add(struct fake_log *log, const char *text);

/* Adds entries NAME0, NAME1, … up to `count` in all. */
void fake_log_fill(struct fake_log *log, const char *name, size_t count);

/* Fills both up to `count` entries, which are the same up to `common`: two logs of the key of the first, of which both
 * hold it; the first alone is to be wiped. */
void fake_log_fork(struct fake_log *log, struct fake_log *fork, size_t common, size_t count);

struct merkle_head fake_log_head(const struct fake_log *log, size_t size);

/* What fake_log_read takes as its context, since a merkle_read's may be written to; it only reads. */
void *fake_log_reading(const struct fake_log *log);

/* A merkle_read. */
int fake_log_read(void *log, unsigned level, uint64_t index, struct merkle_hash *out);

/* Appends the signed checkpoint of the tree of `size` entries; the receipt of an entry in it; and what a collector
 * answers to a response or, with `kid`, to an enrolment: {"kid":…,"index":…,"receipt":…}. */
void fake_log_put_checkpoint(struct buf *out, const struct fake_log *log, size_t size);
void fake_log_put_receipt(struct buf *out, const struct fake_log *log, size_t index, size_t size);
void fake_log_put_answer(struct buf *out, const struct fake_log *log, size_t index, const char *kid);

/* Serves the log from now on; end with fake_stop. */
void fake_log_serve(struct fake_log *log);

/* The checkpoint as a pin. */
struct pin *fake_log_pin(const struct fake_log *log, size_t size);

#endif
