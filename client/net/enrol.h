/* One member's enrolment (PROTOCOL 4): signed with the key of the profile, sent, and its answer noted. One thread. */
#ifndef CLIENT_NET_ENROL_H
#define CLIENT_NET_ENROL_H

#include "client/home/profile.h"
#include "client/net/http.h"
#include "panel/invitation.h"

enum enrol_result {
    ENROL_DONE, /* noted in the profile, now or earlier */
    ENROL_LATER, /* not reached, or it can't just now; the key is kept and the same code will do */
    ENROL_REFUSED, /* `answer` says why */
    ENROL_UNPROVEN, /* said to be accepted, but the receipt does not hold: not noted; the answer is in evidence/ */
    ENROL_FAILED, /* here: memory or a file; errno */
};

/* With whom to enrol. */
struct enrol_at {
    struct http *http;
    const char *url; /* of the collector that `http` reaches */
    const char *panel;
    const struct pin *log; /* as seen just now, to be pinned; its key is what the receipt must hold under */
};

/* Makes the key when there is none, and has it and what it signed on disk before anything is sent, so that a lost
 * answer costs nothing. `code` is the invitation as typed and readable by invitation_read. */
MUST_CHECK enum enrol_result enrol_member(struct profile *profile, const struct enrol_at *at, const char *code,
                                          struct http_answer *answer);

/* Enrols a member who is enrolled once more, with the same key, in a log that does not hold the enrolment noted: an
 * older copy was put back, or a new log begun. What was noted is kept as evidence, and stays until the new enrolment is
 * proven. */
MUST_CHECK enum enrol_result enrol_anew(struct profile *profile, const struct enrol_at *at, const char *code,
                                        struct http_answer *answer);

/* The same with the invitation of the enrolment noted. ENROL_FAILED with EILSEQ when that can't be read back. */
MUST_CHECK enum enrol_result enrol_with_same_code(struct profile *profile, const struct enrol_at *at,
                                                  struct http_answer *answer);

/* Pins the log in the profile: for a member who was enrolled, but whose log.json is gone. -1: errno. */
MUST_CHECK int enrol_pin(struct profile *profile, const struct pin *log);

#endif
