/* The last words of a verb that did not do what it was asked, on standard error. What begins with failure_tell, and
 * failure_no_memory, says one line led by the program's name and returns CLI_FAILED. Main thread only. */
#ifndef CLIENT_TERMINAL_FAILURES_H
#define CLIENT_TERMINAL_FAILURES_H

#include "base/error.h"
#include "client/home/profile.h"
#include "client/net/http.h"
#include "panel/faults.h"

/* What could not be done, or where, and why by errno. */
int failure_tell_errno(const char *what);

/* What could not be done, and why the request failed; on the following lines the faults that the collector named, and
 * where our clock may be the reason, how far it is off. */
int failure_tell_answer(const char *what, const struct http_answer *answer);

int failure_no_memory(void);

/* Puts in words why a member's folder did not open. -1; 0, with nothing set, for PROFILE_OPEN. */
MUST_CHECK int failure_of_home(struct error *error, enum profile_result result, const char *home);

/* Says every fault, a line each: `prefix`, where, what; then how many more there are. */
void failure_say_faults(const char *prefix, const struct faults *faults);

#endif
