/* The names of what can go wrong between client and collector (PROTOCOL 4, 5, 9; RFC 9457). One table in problem.c says
 * all there is to say of each, so a new problem is a name here and a line there. Knows no HTTP library. */
#ifndef PANEL_PROBLEM_H
#define PANEL_PROBLEM_H

#include "base/buf.h"
#include <stdbool.h>

#define PROBLEM_URN "urn:burgerpanel:problem:"

enum problem {
    PROBLEM_NONE,
    PROBLEM_TOO_LARGE,
    PROBLEM_UNSUPPORTED_MEDIA_TYPE,
    PROBLEM_MALFORMED_ENVELOPE,
    PROBLEM_NOT_VERIFIED,
    PROBLEM_INVALID_CLAIMS,
    PROBLEM_INVALID_RESPONSE,
    PROBLEM_INVALID_FOLLOW_UP,
    PROBLEM_INVITATION_REFUSED,
    PROBLEM_ROUND_NOT_OPEN,
    PROBLEM_STALE_REVISION,
    PROBLEM_STALE_CONTEXT,
    PROBLEM_NOTHING_TO_ERASE,
    PROBLEM_REPLAYED,
    PROBLEM_UNAVAILABLE,
    PROBLEM_TOO_MANY,
    PROBLEM_BAD_REQUEST,
    PROBLEM_UNAUTHORIZED,
    PROBLEM_FORBIDDEN,
    PROBLEM_NOT_FOUND,
    PROBLEM_NO_RELEASE,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_NOT_ACCEPTABLE,
    PROBLEM_INTERNAL,
    PROBLEMS, /* how many */
};

/* "too-large" …; after PROBLEM_URN it is the `type`. "" for PROBLEM_NONE. */
const char *problem_name(enum problem problem);

/* HTTP status; 0 for PROBLEM_NONE. */
unsigned problem_status(enum problem problem);

/* One short phrase in English, the `title`. */
const char *problem_title(enum problem problem);

/* Whether the fault lies in what was sent itself, so that the same would be refused for ever. */
bool problem_is_final(enum problem problem);

/* A sentence in English for an answer that has nothing nearer to say, the `detail`; "" where there always is. */
const char *problem_detail(enum problem problem);

/* What it means to the member whose response or enrolment it was, in the language of lang.h; "" where that says no more
 * than the title. */
const char *problem_tell(enum problem problem);

/* Puts the problem's JSON object (RFC 9457). `members` is further JSON members, each led by a comma, or NULL. */
void problem_put(struct buf *out, enum problem problem, const char *detail, const char *members);

/* The problem of a `type` with its urn; PROBLEM_NONE when it is none of these. */
enum problem problem_find(const char *type);

#endif
