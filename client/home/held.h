/* Responses that the collector has turned away for now, and may take another time: their round is not open (and may be
 * extended), their member is not known (and may be restored), the time of their signing does not fit (one of the two
 * clocks is wrong). They go on waiting, with the reason beside them (spool.h). Knows no network. One thread. */
#ifndef CLIENT_HOME_HELD_H
#define CLIENT_HOME_HELD_H

#include "base/json.h"
#include "client/home/spool.h"
#include "crypto/key.h"

enum held {
    HELD_NOT, /* for no reason that may pass */
    HELD_ROUND, /* PROTOCOL 5, check 9 */
    HELD_MEMBER, /* check 3 */
    HELD_TIME, /* check 7, and nothing else is wrong with it */
};

/* Why the collector may take it another time, by its problem answer; NULL is HELD_NOT. Pure. */
enum held held_sort(const struct json *answer);

/* The same by the reason kept beside a waiting response; HELD_NOT where there is none. */
enum held held_reason(const char *home, const struct response_id *id);

/* Signs a waiting response anew, by this machine's clock as it now is, where it is held for its time: the same answers
 * and revision, another jti. The collector has refused the text that it takes the place of, so the two can't both
 * count. 0 also where there is nothing to do; -1: errno, EILSEQ when what waits is no response. */
MUST_CHECK int held_renew(const char *home, const struct response_id *id, const struct secret_key *key);

/* Puts a refused response back among those that wait when the reason may pass: earlier versions of this program filed
 * all alike. 1 when it did, 0 when it has been refused for good; -1: errno. */
MUST_CHECK int held_reopen(const char *home, const struct response_id *id);

/* held_reopen of all that are refused. -1: errno. */
MUST_CHECK int held_reopen_all(const char *home);

#endif
