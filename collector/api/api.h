/* The face of the API room: the HTTP API's resources (PROTOCOL 9), one file each. A handler reads the exchange, calls
 * the rooms below, and sets the answer.
 *
 * routes.c is the table of what there is; resources.h declares its handlers; shared.c holds what several resources
 * tell alike, made.c has made on a thread for it what takes long. Written to: submissions (one signed object a
 * request), batches (a file of them). To a member alone: own_data. Read from: panel, rounds, tables, metadata, log,
 * entries, events; of the collector itself: service. What comes in is checked here for its form alone; what it means is
 * decided below, in intake. */
#ifndef COLLECTOR_API_API_H
#define COLLECTOR_API_API_H

#include "collector/api/refusal_log.h"
#include "collector/http/http.h"
#include "collector/http/limiter.h"
#include "collector/intake/commit.h"
#include "collector/intake/replays.h"
#include "collector/intake/submit.h"
#include "collector/intake/workers.h"
#include "collector/log/reader.h"
#include "collector/ops/config.h"
#include "collector/store/snapshots.h"
#include <stdatomic.h>

/* What the handlers work with; the server's context. */
struct service {
    struct ledger_shared shared;
    const struct config *config;
    struct reader *reader;
    struct reader *access_log; /* to note who read what */
    struct snapshots *snapshots; /* for what is being made */
    struct snapshots
        *walks; /* the same for what takes long and may be somewhat behind: a standby's where there is one */
    struct workers *table_workers; /* make them, and all else that takes long (made.h) */
    struct commit_queue *queue;
    struct workers *workers;
    struct latest *follow_ups; /* kept.h, so below */
    struct kept *action_history, *newest;
    struct http_static *openapi; /* the API's description */
    struct latest *prepared; /* panel and actions as answers (prepared.h) */
    const char *release; /* of the pages that are served beside the API; NULL: none are */
    struct refusal_log refusals; /* of access */
    struct limiter *enrolments, *tokens; /* what is refused of them, by address; NULL: unbounded */
    struct replays *replays; /* requests of members for their own data */
    _Atomic int64_t log_time; /* the iat of the log's newest event */
};

extern const struct http_route api_routes[]; /* of the API */
extern const struct http_route api_metrics_routes[]; /* for whoever runs the collector, on a listener of its own */

/* Where something is kept that takes long to read from the log, and who waits for it (kept.h). NULL when there is no
 * memory. Free with api_kept_free (NULL is fine), when no exchange waits any more. */
MUST_CHECK struct kept *api_kept_new(void);
void api_kept_free(struct kept *kept);

/* Forgets what was read of the log for answers, and is read anew by who asks next: what was read before the store was
 * opened again may not be in it. While nobody reads. */
void api_forget_read(struct service *service);

/* The API's description as an answer. NULL when there is no memory. Free with http_static_free. */
MUST_CHECK struct http_static *api_openapi_new(void);

/* A path beside which answers are put into nameless files, in a folder that is this collector's: that of the store, or
 * where that is a server's, that of the log's key, which is named then. Lasts as long as the settings. */
const char *api_aside_path(const struct config *config);

#endif
