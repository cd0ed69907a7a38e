/* The walk of one signed object from its bytes to the writer: each step of PROTOCOL 4 and 5 that needs no order. Shared
 * by the single and the batch path. Any thread.
 *
 * The room: how a signed object comes into the log. On an HTTP thread submit.c asks everything that needs no order:
 * envelope, member, signature, claims, meaning; a whole batch of lines is checked on workers. What passes is a
 * submission (submission.h), and is pushed to the one writer (commit.h), who gathers what comes meanwhile. For each
 * gathering ledger.c opens a transaction, tells the store what it will ask for (foresee), reads it, has each submission
 * decided (decide, pure), counts (counters), appends, lets the log be signed, commits, and only then changes what
 * memory holds. The promise kept here: 201 is said of nothing that is not on stable storage, signed, and
 * counted once. */
#ifndef COLLECTOR_INTAKE_SUBMIT_H
#define COLLECTOR_INTAKE_SUBMIT_H

#include "base/error.h"
#include "collector/intake/submission.h"
#include "collector/state/roster.h"
#include "panel/faults.h"

/* Why something was refused before it came to the writer. */
struct refusal {
    enum problem problem;
    const char *detail; /* a sentence or phrase in English: static, or why.text */
    struct error why; /* what a reader of envelopes or claims said */
    struct faults faults; /* with PROBLEM_INVALID_RESPONSE: each fault */
};

void refusal_init(struct refusal *refusal);
void refusal_free(struct refusal *refusal);

/* Checks 2 to 7 of PROTOCOL 5 on `len` characters that arrived at `now`; `jws` must outlive the submission, `catalogue`
 * is held by it. NULL: `refusal` says why (PROBLEM_UNAVAILABLE when memory lacks). Free with submission_free. */
MUST_CHECK struct submission *submit_response(struct roster *roster, struct catalogue *catalogue, const char *jws,
                                              size_t len, int64_t now, struct refusal *refusal);

/* PROTOCOL 4's checks but those of the invitation and of iat, which the ledger makes: what has enrolled already is not
 * asked again. Otherwise as above. */
MUST_CHECK struct submission *submit_enrolment(struct catalogue *catalogue, const char *jws, size_t len, int64_t now,
                                               struct refusal *refusal);

/* An act that a request asks for, as its `prepare` has made it (acts/act.h); takes the wish over, also on failure. The
 * writer carries it out in its turn: accepted, it has the index of its event and the commit's proofs; refused, `detail`
 * says why. NULL: no memory. Free with submission_free. */
MUST_CHECK struct submission *submit_act(struct act_wish *wish, int64_t now);

/* PROTOCOL 5b's checks 1 to 4 but that of iat, which the ledger makes: what was asked before is answered as it was.
 * Also of a member who is revoked. Otherwise as submit_response. */
MUST_CHECK struct submission *submit_erasure(struct roster *roster, struct catalogue *catalogue, const char *jws,
                                             size_t len, int64_t now, struct refusal *refusal);

/* A member who may be shown what is kept of them. */
struct access_request {
    struct roster_member member;
    char kid[KID_SIZE];
    char jti[RANDOM_ID_SIZE];
};

/* PROTOCOL 5c's checks but that of replays. 0 and *out; -1: `refusal` says why. */
MUST_CHECK int submit_access(struct roster *roster, const struct catalogue *catalogue, const char *jws, size_t len,
                             int64_t now, struct access_request *out, struct refusal *refusal);

void submission_free(struct submission *submission);

#endif
