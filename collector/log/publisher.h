/* The log's face: the tree over its entries, signed, and shown to whoever asks. What is shown is on disk, is signed,
 * and continues all that was shown before. The writer's alone.
 *
 * The room: the log as others see it. To write, from the ground up: tree grows the stored tiles by a batch of leaves;
 * log_key is the key's file and last_checkpoint the file beside it; signer signs forward only, by both; peers asks
 * others what they have signed, which counts as well; publisher puts them in order around the ledger's COMMIT; proofs
 * is what a commit leaves behind, shared by its receipts and shown to all. To read: reader lends a store handle to the
 * HTTP threads, with the tiles used last, from which the receipt of any entry is made. The promise: no two checkpoints
 * of one key that contradict each other, whatever copy of the database is put back. */
#ifndef COLLECTOR_LOG_PUBLISHER_H
#define COLLECTOR_LOG_PUBLISHER_H

#include "collector/log/proofs.h"
#include "collector/log/signer.h"
#include "collector/store/store.h"

struct publisher;

/* Signs with `signer` and shows in `shown`, which both stay the caller's. NULL when there is no memory. Free with
 * publisher_free. */
MUST_CHECK struct publisher *publisher_new(struct signer *signer, struct latest *shown);
void publisher_free(struct publisher *publisher); /* NULL is fine */

/* Takes over the log of `size` entries from the store, within the caller's transaction: it must continue the last one
 * signed. -1: *error says why. */
MUST_CHECK int publisher_load(struct publisher *publisher, struct store *store, uint64_t size, struct error *error);

/* That transaction has committed and nothing was appended in it: signs and shows what was loaded. -1: *error says why,
 * and nothing may be answered that rests on it. */
MUST_CHECK int publisher_show_loaded(struct publisher *publisher, struct error *error);

/* Writes what `count` more leaves change, as tree_extend. */
MUST_CHECK int publisher_extend(struct publisher *publisher, struct store *store, const struct merkle_hash *leaves,
                                size_t count, struct merkle_batch **batch, struct error *error);

/* The transaction of the last publisher_extend has committed: signs and shows what it made. Takes the batch over. The
 * proofs of its leaves, held for the caller; NULL: *error says why, and nothing may be answered that rests on it. */
MUST_CHECK struct proofs *publisher_show(struct publisher *publisher, struct merkle_batch *batch, struct error *error);

#endif
