/* The receipts that a member keeps: of the enrolment, of each response that was accepted, and of each request to
 * erase. Knows no network. One thread. */
#ifndef CLIENT_HOME_RECEIPTS_H
#define CLIENT_HOME_RECEIPTS_H

#include "base/error.h"
#include "client/home/profile.h"
#include "client/home/spool.h"
#include "crypto/receipt.h"

/* One of them; what it points to lasts for the call that it is given to. */
struct member_receipt {
    const struct response_id *id; /* NULL: the enrolment, or the request by which everything was erased */
    bool is_erasure; /* the receipt of a request to erase; `id` is then the last response that it erased */
    struct slice jws;
    int64_t index; /* of the entry, as the collector answered; -1 when it did not */
    const char *text; /* NULL: the answer had none */
    bool is_damaged; /* the file can't be read back: the rest is empty */
};

/* What a receipt says, once it has been seen to hold. */
struct receipts_proof {
    struct merkle_head head;
    struct slice checkpoint; /* in the receipt's own text */
};

/* Whether it shows, by a checkpoint under the log's key, that the log holds this very text at the index answered. 0 and
 * *out; -1: ERROR_REFUSED says why it does not. */
MUST_CHECK int receipts_check(const struct member_receipt *receipt, const struct note_key *key,
                              struct receipts_proof *out, struct error *error);

/* The same for an answer just received, a JSON text. */
MUST_CHECK int receipts_check_answer(const struct slice *jws, const struct slice *answer, const struct note_key *key,
                                     struct error *error);

/* When it was signed, by the `iat` in it, in seconds since 1970; 0 when it has none. */
int64_t receipts_signed_at(const struct member_receipt *receipt);

/* Calls `each` with the enrolment's, then with those of the responses in sent/, then of the requests in erased/.
 * Stops when `each` returns other than 0 and returns that; -1 also when something can't be read: errno. */
MUST_CHECK int receipts_each(const struct profile *profile,
                             int (*each)(void *context, const struct member_receipt *receipt), void *context);

#endif
