/* What the collector keeps of a member, brought back into a folder that has nothing but the key: enrolment, responses
 * and requests to erase, each taken only with a receipt that holds. One thread. */
#ifndef CLIENT_LOG_REGAIN_H
#define CLIENT_LOG_REGAIN_H

#include "base/error.h"
#include "base/json.h"
#include "client/home/profile.h"
#include "client/net/http.h"

enum regain_result {
    REGAIN_DONE,
    REGAIN_LATER, /* not reached, or it can't just now; done again, it goes on */
    REGAIN_REFUSED, /* the collector says something else than it must: *error, and `answer` where it is an answer */
    REGAIN_UNPROVEN, /* what it shows is not this member's, or its receipt does not hold: *error; kept in evidence/ */
    REGAIN_FAILED, /* here: errno */
};

struct regain {
    struct http *http;
    const char *url, *panel;
    const struct pin *log; /* as seen just now; to be pinned */
    const struct json *shown; /* the answer to a request for access */
    struct http_answer *answer; /* the last one had */
    size_t responses; /* so many were brought back, now or by a run that was broken off */
    struct error *error;
};

/* Writes responses into sent/ and requests to erase into erased/, then pins the log, and notes the enrolment last, so
 * that a folder that is enrolled has all of it; what is there already with a receipt that holds is not asked for again.
 * The profile has its key. */
MUST_CHECK enum regain_result regain_all(struct regain *regain, struct profile *profile);

#endif
