/* The log's key held by one process of a machine, also where others have copies of its file. Knows no file: the lock on
 * what lies beside the key is last_checkpoint.c's. Any thread. */
#ifndef COLLECTOR_LOG_KEY_CLAIM_H
#define COLLECTOR_LOG_KEY_CLAIM_H

#include "base/error.h"
#include "crypto/key.h"

/* Claims a key for this process among those that it can see: of its network namespace, and of its own user or in its
 * /proc. Nobody without the key can make a claim, nor keep one alive when its process is gone, so that no other user of
 * the machine can be in the way. Returns a descriptor, until the closing of which it lasts; -1: *error says why,
 * ERROR_BUSY where another has claimed it. Of two who claim at the same moment both may be told so. */
MUST_CHECK int key_claim(const struct secret_key *key, struct error *error);

#endif
