/* What PROTOCOL 4 and 5 say of a submission that is signed and means something, given what the store holds: checks 8 to
 * 10 of a response, and those of an enrolment. Pure: reads nothing and writes nothing. */
#ifndef COLLECTOR_INTAKE_DECIDE_H
#define COLLECTOR_INTAKE_DECIDE_H

#include "collector/intake/submission.h"
#include "collector/state/roster.h"

/* What is to become of a submission; the fields are those of the submission. */
struct decision {
    enum submission_verdict verdict; /* VERDICT_ACCEPTED: it is to be appended; _REPEATED; _REFUSED */
    int64_t index, replaced;
    enum problem problem;
    const char *detail;
    int64_t current_revision;
};

/* Of a response, after the member's current one to the same action in the same round, `before`; NULL: there is none.
 * `is_same`: the two are the same bytes. */
struct decision decide_response(const struct submission *s, const struct store_current *before, bool is_same);

/* Of an enrolment, by its invitation and the member who has its key already; NULL: there is no such. */
struct decision decide_enrolment(const struct submission *s, const struct store_invitation *invitation,
                                 const struct roster_member *member);

#endif
