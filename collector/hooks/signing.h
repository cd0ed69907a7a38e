/* The key of the messages, and what is signed with it: Standard Webhooks, asymmetric (v1a, Ed25519). One thread. */
#ifndef COLLECTOR_HOOKS_SIGNING_H
#define COLLECTOR_HOOKS_SIGNING_H

#include "base/error.h"
#include "crypto/key.h"

/* Reads FOLDER/key, which is made with mode 0600 where it is missing. Free with secret_key_free. NULL: *error. */
MUST_CHECK struct secret_key *signing_key(const char *folder, struct error *error);

/* Puts "whpk_" and base64 of the public half. */
void signing_put_public(struct buf *out, const struct secret_key *key);

/* Puts the value of `webhook-signature`: "v1a," and base64 of the signature over ID.TIME.BODY. -1: no memory. */
MUST_CHECK int signing_put_signature(struct buf *out, const struct secret_key *key, const char *id, int64_t time,
                                     const struct buf *body);

#endif
