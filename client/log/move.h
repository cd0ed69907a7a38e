/* A collector that has another URL than before: another port, host name or scheme, the same panel and the same log. A
 * member's home follows it only where that is shown: the panel has the same id, the log the same key, and it continues
 * every checkpoint that the member has seen. Tells nobody. One thread. */
#ifndef CLIENT_LOG_MOVE_H
#define CLIENT_LOG_MOVE_H

#include "client/home/profile.h"
#include "client/log/monitor.h"

enum move_result {
    MOVE_DONE, /* the home has the new URL now */
    MOVE_OTHER_PANEL, /* another panel is there */
    MOVE_NO_PIN, /* the home has lost what it knew of the log, so there is nothing to compare with */
    MOVE_OTHER_LOG, /* not shown to be the same log, or not just now: `seen_as` says how the monitor takes it */
    MOVE_FAILED, /* here: memory or a file; errno */
};

struct move {
    const char *url; /* as fetch_normalise_url writes it */
    const char *panel; /* the id of the panel there */
    struct monitor monitor; /* with http and answer of that URL; the rest is filled, and all zeros at first */
    struct seen_list seen; /* what the home has seen; `monitor` may point into it */
    enum monitor_result seen_as;
};

/* Asks for the id of the panel (PROTOCOL 9, GET /v1/panel) and appends it. HTTP_REFUSED also when the answer is no
 * panel's. */
MUST_CHECK enum http_outcome move_ask_panel(struct http *http, struct http_answer *answer, struct buf *id);

/* Compares, and when all is shown pins the newest checkpoint and then keeps the new URL, each synced: cut off anywhere,
 * the home has the old URL or the new. May be called for one home after the other: it looks at the log once. Free with
 * move_wipe, whatever comes out. */
MUST_CHECK enum move_result move_home(struct move *move, struct profile *profile);
void move_wipe(struct move *move);

#endif
