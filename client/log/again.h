/* What a collector's log no longer holds of what it once acknowledged, after an older copy of its store was put back or
 * a new log was begun: found by proofs from the log's own tiles, and put back among what waits to be sent. The receipts
 * of what was lost are kept as evidence. Enrols nobody and sends nothing. One thread. */
#ifndef CLIENT_LOG_AGAIN_H
#define CLIENT_LOG_AGAIN_H

#include "client/home/profile.h"
#include "client/log/monitor.h"

enum again_result {
    AGAIN_DONE,
    AGAIN_NO_LOG, /* the log is not to be had, or is not the one pinned: `seen_as`; nothing was changed */
    AGAIN_UNREAD, /* its tiles can't be read, or do not lead to its checkpoint */
    AGAIN_FAILED, /* here: memory or a file; errno */
};

struct again {
    struct monitor monitor; /* with http and answer; the rest is filled, and all zeros at first */
    enum monitor_result seen_as; /* CONTINUES; SMALLER and TWO_HISTORIES are what is expected here */
    struct seen_list seen; /* what the home has seen; `monitor` points into it */
    bool enrolment_held; /* the log holds the member's enrolment */
    size_t held, lost; /* responses of sent/; `lost` wait again */
};

/* Looks at the log and for the enrolment in it. The home has a pin. Free with again_wipe, whatever comes out. */
MUST_CHECK enum again_result again_look(struct again *again, const struct profile *profile);

/* After again_look: goes through all that is in sent/. May be cut off anywhere and begun again. */
MUST_CHECK enum again_result again_reopen(struct again *again, const struct profile *profile);

void again_wipe(struct again *again);

#endif
