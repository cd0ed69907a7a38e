/* The log as the collector shows it now: GET /log/key and GET /log/checkpoint, unchecked. One thread. */
#ifndef CLIENT_LOG_VIEW_H
#define CLIENT_LOG_VIEW_H

#include "client/home/pin.h"
#include "client/net/http.h"

struct view {
    struct buf key, checkpoint; /* as served */
};

enum view_result {
    VIEW_HAD,
    VIEW_AWAY, /* not reached, or it can't just now */
    VIEW_REFUSED, /* something else answers: `answer` */
};

/* *out is filled on VIEW_HAD alone; free with view_free. `answer` is the last one had. */
MUST_CHECK enum view_result view_get(struct view *out, struct http *http, struct http_answer *answer);
void view_free(struct view *view);

/* view_get and pin_new in one: *out is the caller's to free. VIEW_REFUSED also when the answer is not a key and a
 * checkpoint of the same log. */
MUST_CHECK enum view_result view_pin(struct pin **out, struct http *http, struct http_answer *answer);

#endif
