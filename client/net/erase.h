/* A member's requests about their own data (PROTOCOL 5b, 5c): signed with the key of the profile, sent, and what comes
 * of it noted. One thread. */
#ifndef CLIENT_NET_ERASE_H
#define CLIENT_NET_ERASE_H

#include "base/error.h"
#include "client/home/profile.h"
#include "client/net/http.h"

enum erase_result {
    ERASE_DONE, /* proven to be in the log, and carried out here too */
    ERASE_LATER, /* not reached, it can't just now, or refused by whoever is in between: the request is kept, and sent
                  * again by erase_pending */
    ERASE_REFUSED, /* by the collector, as PROTOCOL 5b has it; `answer` says why; the request is forgotten */
    ERASE_UNPROVEN, /* said to be done, but the receipt does not hold: *error; kept, and the answer is in evidence/ */
    ERASE_FAILED, /* here: errno */
    ERASE_NONE, /* of what was asked before alone: nothing was waiting */
    ERASE_DROPPED, /* erase_settle_other alone: it was not carried out, and is forgotten */
};

/* Has a response (all its revisions) erased, or with `round` NULL everything. The log is pinned. The answer stays in
 * `answer`. */
MUST_CHECK enum erase_result erase_ask(struct profile *profile, struct http *http, const char *round,
                                       const char *action, struct http_answer *answer, struct error *error);

/* Sends the request that got no answer, where there is one; one that is too old by now to be taken, and so was not
 * carried out, is signed anew, once. */
MUST_CHECK enum erase_result erase_pending(struct profile *profile, struct http *http, struct http_answer *answer,
                                           struct error *error);

/* The same where something else is asked now: it is sent only where the collector has carried it out, as what it shows
 * of the member's entries says, or knows the member no more. What is erased can't be had back. */
MUST_CHECK enum erase_result erase_settle_other(struct profile *profile, struct http *http, struct http_answer *answer,
                                                struct error *error);

/* Asks what the collector keeps of the member; the answer's body is JSON of up to ACCESS_ANSWER_MAX bytes. -1: no
 * memory to sign it. */
#define ACCESS_ANSWER_MAX ((size_t)256 * 1024 * 1024)
MUST_CHECK int erase_ask_access(const struct profile *profile, struct http *http, struct http_answer *answer,
                                enum http_outcome *outcome);

#endif
