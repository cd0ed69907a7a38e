/* Takes spooled responses to the collector and files them by its answer. Asks nobody anything and tells a listener. One
 * thread. */
#ifndef CLIENT_NET_DELIVER_H
#define CLIENT_NET_DELIVER_H

#include "base/error.h"
#include "base/json.h"
#include "client/home/spool.h"
#include "client/net/http.h"
#include "crypto/note.h"

enum delivery {
    DELIVERY_SENT, /* accepted, and the answer is in sent/ with a receipt that holds */
    DELIVERY_REFUSED, /* the collector will never take it; it is in refused/ with the reason */
    DELIVERY_HELD, /* the collector may take it another time: still in spool/, with the reason (home/held.h) */
    DELIVERY_KEPT, /* not reached, or it can't just now: still in spool/ */
    DELIVERY_BLOCKED, /* something between here and there is wrong that time alone won't mend: still in spool/ */
    DELIVERY_UNPROVEN, /* said to be accepted, but the receipt does not hold: still in spool/, answer in evidence/ */
    DELIVERY_FAILED, /* here: memory or a file; errno. Still in spool/ */
};

/* What an answer about one response means, with `status` 0 when there was none. `answer` is its JSON document, NULL
 * when it is none. Pure. Only who answers as a collector does is believed: a 200 or a 403 by a hotel's portal settles
 * nothing. */
enum delivery deliver_sort(enum http_outcome outcome, unsigned status, const struct json *answer);

/* Between which home and which log. */
struct delivery_way {
    const char *home;
    const struct note_key *log; /* receipts must hold under this key */
    struct http *http;
    const struct secret_key *key; /* signs anew what is held for its time; NULL: nothing is signed anew */
};

/* Looks at the receipt of one that is accepted, and keeps the answer as evidence where it does not hold: DELIVERY_SENT;
 * DELIVERY_UNPROVEN, *error says why; DELIVERY_FAILED. */
MUST_CHECK enum delivery deliver_prove(const char *home, const struct response_id *id, const struct slice *jws,
                                       const struct slice *answer, const struct note_key *log, struct error *error);

/* Told of each response that was settled or is held, at once; `on_delivered` may be NULL. */
struct delivery_listener {
    void (*on_delivered)(void *context, const struct response_id *id, enum delivery delivery,
                         const struct http_answer *answer);
    void *context;
};

struct delivery_count {
    size_t sent, refused, held, kept;
    struct error unproven; /* with DELIVERY_UNPROVEN: why the receipt does not hold */
};

/* Sends all that wait, in order, so that an earlier revision is settled before a later one is sent: otherwise one whose
 * answer got lost would come back as stale. Leaves off at the first KEPT, BLOCKED, UNPROVEN or FAILED and returns that;
 * else DELIVERY_SENT, also when some are refused or held. `answer` is the last answer had. */
MUST_CHECK enum delivery deliver_all(const struct delivery_way *way, struct http_answer *answer,
                                     const struct delivery_listener *listener, struct delivery_count *count);

#endif
