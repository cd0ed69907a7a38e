/* The proof that an entry is in the log: c2sp.org/tlog-proof@v1, index, inclusion proof and checkpoint. `extra` lines,
 * which nothing authenticates, are refused. Bytes in, values out. Any thread. */
#ifndef CRYPTO_RECEIPT_H
#define CRYPTO_RECEIPT_H

#include "crypto/checkpoint.h"

#define RECEIPT_MAX (NOTE_MAX + (size_t)4096) /* bytes of a receipt */

/* Points into the text that it was read from, which must outlive it. */
struct receipt {
    uint64_t index;
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    size_t count; /* hashes in `proof` */
    const char *checkpoint; /* the signed note */
    size_t checkpoint_len;
};

/* Appends a receipt, each line ended by `newline`: "\n" makes the text; "\\n" the inside of a JSON string of it, to
 * which end the receipt's checkpoint is such an inside already. Whether all fitted is said by buf_check(out). */
void receipt_put(struct buf *out, const struct receipt *receipt, const char *newline);

/* Reads `len` bytes. -1, with *error as in note.h, for what is no receipt or whose checkpoint has not the
 * form of one. Says nothing of whether it is true. */
MUST_CHECK int receipt_parse(const char *text, size_t len, struct receipt *out, struct error *error);

/* Whether a receipt of `len` bytes shows that the log of `key` holds `leaf`: receipt_parse, checkpoint_open, and the
 * proof leads from the leaf to the root. 0, with the index in *index (may be NULL); -1 with *error. */
MUST_CHECK int receipt_check(const char *text, size_t len, const struct merkle_hash *leaf, const struct note_key *key,
                             uint64_t *index, struct error *error);

#endif
