/* Waiting is bounded twice: by how often, and by how long somebody has patience. See retry.h. */
#include "client/net/retry.h"

const struct retry_policy retry_never = {.attempts = 1};
const struct retry_policy retry_for_person = {.attempts = 3, .first_ms = 500, .most_ms = 2000, .patience_s = 5};
const struct retry_policy retry_for_batch = {.attempts = 7, .first_ms = 500, .most_ms = 15000, .patience_s = 60};

static enum http_outcome sort_status(unsigned status)
{
    if ((status >= 200 && status < 300) || status == 304)
        return HTTP_DONE;
    /* Everything we send may be sent twice, so any fault on their side is worth another try. */
    if (status == 408 || status == 429 || status >= 500)
        return HTTP_RETRY;
    return HTTP_REFUSED;
}

enum http_outcome retry_sort(enum fetch_outcome transfer, unsigned status)
{
    switch (transfer) {
    case FETCH_ANSWERED:
        return sort_status(status);
    case FETCH_UNRESOLVED:
    case FETCH_REFUSED:
    case FETCH_UNREACHABLE:
    case FETCH_TIMED_OUT:
    case FETCH_BROKEN:
    case FETCH_NO_MEMORY:
        return HTTP_RETRY;
    case FETCH_TOO_LONG:
    case FETCH_EXPIRED:
    case FETCH_UNKNOWN_ISSUER:
    case FETCH_WRONG_NAME:
    case FETCH_NO_AUTHORITIES:
    case FETCH_UNTRUSTED:
        return HTTP_REFUSED;
    }
    return HTTP_REFUSED;
}

int64_t retry_wait_ms(const struct retry_policy *policy, unsigned attempt, uint32_t random, int64_t retry_after)
{
    if (attempt >= policy->attempts || retry_after > policy->patience_s)
        return -1;
    int64_t ceiling = policy->first_ms;
    for (unsigned i = 1; i < attempt && ceiling < policy->most_ms; i++)
        ceiling *= 2;
    if (ceiling > policy->most_ms)
        ceiling = policy->most_ms;
    /* Half of it always, so that there is a pause; half by chance, so that many clients don't come back at once. */
    int64_t half = ceiling / 2;
    int64_t wait = half + (int64_t)(random % (uint32_t)(ceiling - half + 1));
    int64_t asked = retry_after > 0 ? retry_after * 1000 : 0;
    return wait > asked ? wait : asked + wait / 4;
}
