/* Takes spooled responses to the collector and files them by its answer. Knows no key and asks nobody anything. One thread. */
#ifndef CLIENT_DELIVER_H
#define CLIENT_DELIVER_H

#include "base/json.h"
#include "client/http.h"
#include "client/spool.h"

enum delivery {
    DELIVERY_SENT, /* accepted, and the answer is in sent/ */
    DELIVERY_REFUSED, /* the collector will never take it; it is in refused/ with the reason */
    DELIVERY_KEPT, /* not reached, or it can't just now: still in spool/ */
    DELIVERY_BLOCKED, /* something between here and there is wrong that time alone won't mend: still in spool/ */
    DELIVERY_FAILED, /* here: memory or a file; errno. Still in spool/ */
};

/* What an answer about one response means, with `status` 0 when there was none. `answer` is its JSON document, NULL when it is none.
 * Pure. Only who answers as a collector does is believed: a 200 or a 403 by a hotel's portal settles nothing. */
enum delivery deliver_sort(enum http_outcome outcome, unsigned status, const struct json *answer);

/* Sends one waiting response. `answer` is the answer had. */
MUST_CHECK enum delivery deliver_one(const char *home, const struct response_id *id, struct http *http,
                                     struct http_answer *answer);

struct delivery_count {
    size_t sent, refused, kept;
};

/* Called for each response that was settled. */
typedef void deliver_told(void *context, const struct response_id *id, enum delivery delivery,
                          const struct http_answer *answer);

/* Sends all that wait, in order, so that an earlier revision is settled before a later one is sent: otherwise one whose answer
 * got lost would come back as stale. Leaves off at the first KEPT, BLOCKED or FAILED and returns that; else DELIVERY_SENT. `told`
 * may be NULL. `answer` is the last answer had. */
MUST_CHECK enum delivery deliver_all(const char *home, struct http *http, struct http_answer *answer, deliver_told *told,
                                     void *context, struct delivery_count *count);

#endif
