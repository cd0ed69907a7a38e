/* One signed object on its way into the log: what the checks before the writer found out, and what the writer decided.
 * A value that is handed from an HTTP thread to the writer and back; never with both at once. */
#ifndef COLLECTOR_INTAKE_SUBMISSION_H
#define COLLECTOR_INTAKE_SUBMISSION_H

#include "collector/acts/act.h"
#include "collector/log/proofs.h"
#include "collector/state/catalogue.h"
#include "panel/problem.h"

enum submission_kind { SUBMISSION_RESPONSE, SUBMISSION_ENROLMENT, SUBMISSION_ACT, SUBMISSION_ERASURE };

/* An act that comes with a request (acts/act.h): what is wished, and why it was refused. */
struct act_request {
    struct act_wish wish;
    struct error why;
    const char *detail; /* the asker's, static: what is said of a refusal in place of `why`; NULL: that */
    char token[ACCESS_NAME_SIZE]; /* whose request it is: a line of the access log in the act's commit; "": none */
    char what[ACCESS_WHAT_SIZE]; /* that the line says */
};

/* What became of it. */
enum submission_verdict {
    VERDICT_PENDING,
    VERDICT_ACCEPTED, /* in the log now: 201 */
    VERDICT_REPEATED, /* was there already: 200 */
    VERDICT_REFUSED, /* `problem` says why */
    VERDICT_UNAVAILABLE, /* nothing is known to be kept: 503 */
};

struct submission {
    enum submission_kind kind;
    const char *jws; /* as received; the request's, which outlives the submission */
    size_t jws_len;
    struct merkle_hash leaf; /* of the JWS */
    struct catalogue *catalogue; /* that it was checked against; held */
    int64_t received_at;

    /* a response */
    int64_t round, action, member; /* the store's numbers */
    uint64_t roster_edition; /* in which `member` is the author's; of a request to erase too */
    size_t round_index, action_index; /* in the catalogue */
    int64_t revision;
    bool round_open; /* when it arrived */
    size_t slot_count; /* of `slots`, which is at the end */

    char kid[KID_SIZE]; /* of who signed it */

    /* an enrolment, or a request to erase */
    uint8_t public_key[KEY_BYTES];
    bool iat_fits; /* iat was recent when it arrived; asked of a new one alone */

    /* an enrolment */
    uint8_t invitation[SHA256_BYTES];

    /* a request to erase: one response, by `round` and `action` (-1: the panel has no such), or everything; `member` is
     * 0 of who has erased everything before */
    bool everything;

    /* an act; has neither JWS, leaf nor author */
    struct act_request *act; /* NULL otherwise */

    /* the outcome */
    enum submission_verdict verdict;
    enum problem problem;
    const char
        *detail; /* static, in English: the problem's `detail`; of an act that was refused, act->why's text and no
                         * problem, which the asker chooses */
    int64_t index; /* in the log, when accepted or repeated */
    int64_t replaced; /* the response that it replaced, or -1 */
    struct proofs *proofs; /* of the commit, when accepted; held */
    int64_t current_revision; /* with PROBLEM_STALE_REVISION */
    int64_t retry_after; /* seconds, with PROBLEM_TOO_MANY */
    bool noted, noted_revision; /* in the member's quotas: taken back where the batch comes to nothing */
    int64_t *erased; /* what was, by index, ascending; the submission's own */
    size_t erased_count;

    uint16_t slots[]; /* counters that a response adds one to */
};

#endif
