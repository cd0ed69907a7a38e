/* What a log says of itself: c2sp.org/tlog-checkpoint, a note over origin, size and root. The origin is the name of the
 * log's key. Bytes in, values out. Any thread. */
#ifndef CRYPTO_CHECKPOINT_H
#define CRYPTO_CHECKPOINT_H

#include "crypto/merkle.h"
#include "crypto/note.h"

/* Appends the checkpoint of `head` under the key's name as origin, signed. `secret` is the secret half of `key`. No
 * extension lines. Whether all fitted is said by buf_check(out). */
void checkpoint_sign(struct buf *out, const struct merkle_head *head, const struct note_key *key,
                     const struct secret_key *secret);

/* Reads the text of a checkpoint, as note_split gives it: origin, size, root, and extension lines, which are passed
 * over but must not be empty. *origin_len characters from `text` on are the origin. -1 with *error, as in note.h. Says
 * nothing of who signed. */
MUST_CHECK int checkpoint_parse(const char *text, size_t len, struct merkle_head *head, size_t *origin_len,
                                struct error *error);

/* Opens a signed checkpoint of `len` bytes: note_open, then checkpoint_parse, and the origin must be the key's name. 0
 * and what the log says; -1 with *error. */
MUST_CHECK int checkpoint_open(const char *note, size_t len, const struct note_key *key, struct merkle_head *head,
                               struct error *error);

#endif
