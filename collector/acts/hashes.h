/* A growing list of hashes of invitation codes, and the document that an event names them by: 32 bytes each, ascending,
 * one after another, so that it tells nothing of the order in which they were handed out. Inside of the acts. */
#ifndef COLLECTOR_ACTS_HASHES_H
#define COLLECTOR_ACTS_HASHES_H

#include "base/buf.h"
#include "crypto/crypto.h"
#include <stdbool.h>

struct hashes {
    uint8_t (*list)[SHA256_BYTES];
    size_t count, capacity;
};

/* -1: no memory. */
MUST_CHECK int hashes_add(struct hashes *hashes, const uint8_t hash[static SHA256_BYTES]);
void hashes_wipe(struct hashes *hashes);

/* Sorts them and appends them; whether all fitted is said by buf_check. */
void hashes_put_document(struct hashes *hashes, struct buf *out);

/* Whether a document so made has this one. */
bool hashes_document_has(const struct buf *document, const uint8_t hash[static SHA256_BYTES]);

#endif
