/* What a receiver is told: one JSON object of at most a KiB or so, of what anyone may read, and nothing of members.
 * Pure. */
#ifndef COLLECTOR_HOOKS_MESSAGE_H
#define COLLECTOR_HOOKS_MESSAGE_H

#include "base/buf.h"
#include "panel/event.h"
#include <stdbool.h>

#define MESSAGE_MAX ((size_t)4096)

struct message {
    struct buf id; /* the same for the same event, whenever it is sent */
    struct buf body;
};

void message_init(struct message *message);
void message_wipe(struct message *message);

/* Of the event at `index`. false: it is none that receivers are told of. */
bool message_of_event(struct message *out, int64_t index, const struct event *event);

/* Of a round that has opened. */
void message_of_opening(struct message *out, const char *panel, const char *round, int64_t opens_at);

#endif
