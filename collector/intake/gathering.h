/* When the writer waits for company, so that several share one sync. Pure; the writer's, and with the queue's lock. */
#ifndef COLLECTOR_INTAKE_GATHERING_H
#define COLLECTOR_INTAKE_GATHERING_H

#include <stdbool.h>
#include <stddef.h>

#define GATHERING_ENOUGH 512 /* submissions for which it waits no longer */

struct gathering {
    size_t expected; /* submissions: as many of the last batch as stand in the log, where it was several jobs; else 0 */
    bool is_vain; /* the last batch was refused whole, so that nothing was shared */
};

/* A batch of one job or several has come to its end, of which so many submissions stand in the log now, replays too. */
void gathering_note(struct gathering *gathering, bool several, size_t standing);

/* Whether nothing more is worth waiting for, where so many submissions wait and so many requests are being checked:
 * nobody is, and as many have come as last time, who sends again once answered; or a good batch. */
bool gathering_is_done(const struct gathering *gathering, size_t waiting, size_t announced);

#endif
