/* What a commit proves: the signed tree that it made, and for each leaf that it added the way up to the root. Immutable
 * and counted: the submissions of a batch share one, and the newest is what the log shows. Any thread. */
#ifndef COLLECTOR_LOG_PROOFS_H
#define COLLECTOR_LOG_PROOFS_H

#include "base/counted.h"
#include "base/latest.h"
#include "crypto/receipt.h"

struct proofs {
    struct counted counted;
    struct merkle_head head;
    char *checkpoint; /* a signed note over `head` */
    size_t checkpoint_len;
    /* The same as the inside of a JSON string: written once a commit, put into each of its receipts. */
    struct buf checkpoint_json;
    struct merkle_batch *batch; /* the leaves of the commit; NULL where none is known */
};

/* Takes over `batch` (NULL allowed), copies the checkpoint. Held once. NULL, and `batch` freed, when there is no
 * memory. */
MUST_CHECK struct proofs *proofs_new(const struct merkle_head *head, const char *checkpoint,
                                     struct merkle_batch *batch);

struct proofs *proofs_hold(struct proofs *proofs);
void proofs_release(struct proofs *proofs); /* NULL is fine */

enum receipt_form {
    RECEIPT_TEXT,
    RECEIPT_JSON, /* the inside of a JSON string */
};

/* Appends the receipt of a leaf of the commit's own. -1: it is none of these, or memory lacks. */
MUST_CHECK int proofs_put_receipt(struct buf *out, const struct proofs *proofs, uint64_t index, enum receipt_form form);

/* Appends the receipt of any leaf below the head's size, from stored hashes. -1: one can't be read, or memory lacks. */
MUST_CHECK int proofs_put_any_receipt(struct buf *out, const struct proofs *proofs, uint64_t index,
                                      enum receipt_form form, merkle_read *read, void *context);

/* The newest of a latest that holds proofs alone, held for the caller; NULL while there is none. */
struct proofs *proofs_now(struct latest *latest);

#endif
