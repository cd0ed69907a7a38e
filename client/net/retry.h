/* Whether a request is worth trying again, and when. Pure: asks nobody, knows no clock and no randomness of its
 * own, so that tests see the whole schedule. Any thread. */
#ifndef CLIENT_NET_RETRY_H
#define CLIENT_NET_RETRY_H

#include "base/fetch.h"
#include <stdint.h>

/* What the one who asked should do now. */
enum http_outcome {
    HTTP_DONE, /* 2xx or 304 */
    HTTP_RETRY, /* nothing is known to be kept: the same again, later */
    HTTP_REFUSED, /* the same again would go the same way */
};

enum http_outcome retry_sort(enum fetch_outcome transfer, unsigned status);

struct retry_policy {
    unsigned attempts; /* tries in all, at least 1 */
    int64_t first_ms; /* the longest wait after the first try; doubles with each */
    int64_t most_ms; /* no wait of our own choosing is longer */
    int64_t patience_s; /* a Retry-After of up to this is obeyed; beyond it we leave off rather than come too early */
};

extern const struct retry_policy retry_never; /* there is something else to go by */
extern const struct retry_policy retry_for_person; /* someone is waiting at the terminal */
extern const struct retry_policy retry_for_batch; /* nobody is */

/* How many milliseconds to wait after try number `attempt` (from 1) before the next: exponential with full jitter on
 * its upper half, `random` being any 32 random bits; at least what Retry-After asked, `retry_after` seconds (< 0:
 * nothing). -1: that was the last try. */
int64_t retry_wait_ms(const struct retry_policy *policy, unsigned attempt, uint32_t random, int64_t retry_after);

#endif
