/* One member's enrolment (PROTOCOL 4): signed with the key of the profile, sent, and its answer noted. One thread. */
#ifndef CLIENT_ENROL_H
#define CLIENT_ENROL_H

#include "client/http.h"
#include "client/profile.h"

enum enrol_result {
    ENROL_DONE, /* noted in the profile, now or earlier */
    ENROL_LATER, /* not reached, or it can't just now; the key is kept and the same code will do */
    ENROL_REFUSED, /* `answer` says why */
    ENROL_FAILED, /* here: memory or a file; errno */
};

/* Enrols at the collector `url`, reached through `http`, for panel `panel`. Makes the key when there is none, and has it on disk
 * before anything is sent, so that a lost answer costs nothing. `code` is the invitation as typed and readable by invitation_read. */
MUST_CHECK enum enrol_result enrol_member(struct profile *profile, struct http *http, const char *url, const char *panel,
                                          const char *code, struct http_answer *answer);

#endif
