/* Holds what the collector shows of its log now against all that a member has seen of it: one key, and one tree that
 * only grew. Tells nobody and writes nothing. One thread.
 *
 * The room: the log seen from outside, by who trusts the collector in nothing that its key does not sign. view.h
 * fetches key and checkpoint as shown, tile_reader.h the stored hashes behind them; seen.h lists what a member has seen
 * signed, and consistency.h says, pure, whether a newer checkpoint continues an older one. This file puts those
 * together into one verdict. move.h follows a collector to another URL when the verdict is good, again.h finds what a
 * log that was put back has lost. */
#ifndef CLIENT_LOG_MONITOR_H
#define CLIENT_LOG_MONITOR_H

#include "client/home/pin.h"
#include "client/log/seen.h"
#include "client/log/view.h"

enum monitor_result {
    MONITOR_CONTINUES, /* all is well: `newest` may be pinned */
    MONITOR_AWAY, /* not reached, or it can't just now: nothing is known */
    MONITOR_REFUSED, /* something else answers */
    MONITOR_NO_LOG, /* what answers is no key or no checkpoint: `why` */
    MONITOR_OTHER_KEY, /* it shows another key than the one pinned, or a checkpoint that was signed by another */
    MONITOR_TWO_HISTORIES, /* `older` and the newest can't be of one log */
    MONITOR_SMALLER, /* the newest has fewer entries than `older` */
    MONITOR_FALSE_TILES, /* its tiles don't lead to its own checkpoint: it can't show that it continues `older` */
    MONITOR_UNREAD, /* it shows its checkpoint, but not the tiles with which to compare it with `older` */
    MONITOR_FAILED, /* here: no memory */
};

struct monitor {
    const struct pin *pin; /* the caller's */
    const struct seen_list *seen; /* the caller's, sorted; the pinned checkpoint should be among them */
    struct http *http;
    struct http_answer *answer; /* the last one had */
    struct view view; /* as served; empty while not had */
    struct tile_reader *tiles; /* of the checkpoint as served; NULL while none was needed */
    struct pin *newest; /* the checkpoint as served, verified; NULL while there is none */
    const struct seen_checkpoint *older; /* which of `seen` the result is about; NULL where about none */
    struct error why; /* with MONITOR_NO_LOG: what is wrong with what answers */
};

/* Looks, and fills what is not the caller's, which is all zeros the first time; free with monitor_wipe, whatever comes
 * out. Asked again, for another member's `pin` and `seen`, it goes by what it saw the first time. */
MUST_CHECK enum monitor_result monitor_log(struct monitor *monitor);
void monitor_wipe(struct monitor *monitor);

#endif
