/* Holds what the collector shows of its log now against all that a member has seen of it: one key, and one tree that only grew. Tells
 * nobody and writes nothing. One thread. */
#ifndef CLIENT_LOG_MONITOR_H
#define CLIENT_LOG_MONITOR_H

#include "client/home/pin.h"
#include "client/log/consistency.h"
#include "client/log/view.h"

enum watch_result {
    WATCH_CONTINUES, /* all is well: `newest` may be pinned */
    WATCH_AWAY, /* not reached, or it can't just now: nothing is known */
    WATCH_REFUSED, /* something else answers */
    WATCH_NO_LOG, /* what answers is no key or no checkpoint: `why` */
    WATCH_OTHER_KEY, /* it shows another key than the one pinned, or a checkpoint that was signed by another */
    WATCH_TWO_HISTORIES, /* `older` and the newest can't be of one log */
    WATCH_SMALLER, /* the newest has fewer entries than `older` */
    WATCH_FALSE_TILES, /* its tiles don't lead to its own checkpoint, so that it can't show that it continues `older` */
    WATCH_UNREAD, /* it shows its checkpoint, but not the tiles with which to compare it with `older` */
    WATCH_FAILED, /* here: no memory */
};

struct watch {
    const struct pin *pin; /* the caller's */
    const struct verify_list *seen; /* the caller's, sorted; the pinned checkpoint should be among them */
    struct http *http;
    struct http_answer *answer; /* the last one had */
    struct view view; /* as served; empty while not had */
    struct pin *newest; /* the checkpoint as served, verified; NULL while there is none */
    const struct verify_seen *older; /* which of `seen` the result is about; NULL where about none */
    const char *why; /* static phrase in English */
};

/* Looks, and fills what is not the caller's; free with watch_wipe, whatever comes out. */
MUST_CHECK enum watch_result watch_log(struct watch *watch);
void watch_wipe(struct watch *watch);

#endif
