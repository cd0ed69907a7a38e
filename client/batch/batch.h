/* Carries out a batch plan, in an order in which it may be cut off anywhere and begun again: first every response is
 * signed and spooled in its member's home, then all that wait are sent, a request for many, and filed by their answers.
 * One thread. */
#ifndef CLIENT_BATCH_BATCH_H
#define CLIENT_BATCH_BATCH_H

#include "client/batch/plan.h"
#include "client/home/pin.h"
#include "client/home/spool_bulk.h"
#include "client/net/deliver.h"
#include "client/net/http.h"

#define BATCH_LINES_MAX 1000 /* of one request; the protocol allows 4,096 */
#define BATCH_BODY_MAX ((size_t)768 * 1024) /* below what reverse proxies take unless told otherwise, 1 MiB */
#define BATCH_ANSWER_MAX ((size_t)BATCH_LINES_MAX * 16 * 1024)

struct batch {
    struct batch_plan *plan;
    struct batch_terms terms;
    const char *homes; /* the folder of all homes */
    const char *url;
    struct http *http;
    struct spool_bulk *bulk; /* what goes to and from the spools */
    struct http_answer answer; /* the last one had */
    const struct batch_file *invitations; /* for what is said of a member */
    struct pin *log; /* as seen when this run began; NULL until then */
    size_t unproven; /* responses whose receipt does not hold */
    const char *why; /* the first of them does not */
    bool offline; /* the collector can't be reached just now: go on signing, send nothing */
};

enum batch_result {
    BATCH_DONE, /* all that could be done was */
    BATCH_OFFLINE, /* some wait in their spools; batch->answer says why */
    BATCH_BLOCKED, /* the same, but time alone won't mend it */
    BATCH_UNPROVEN, /* what the collector signs does not hold; said by who reports */
    BATCH_FAILED, /* here, and said so already */
};

/* Looks up where each row is already. A row that was signed earlier with other answers is a fault: its number is taken.
 * -1 with at least one fault. */
MUST_CHECK int batch_look_up(struct batch *batch, const struct batch_file *responses, struct faults *faults);

/* Makes homes and keys, enrols who has responses to give and is not enrolled yet, signs and spools. BATCH_DONE also
 * when offline. A member whose invitation is refused is named on standard error and its rows are barred. */
MUST_CHECK enum batch_result batch_sign(struct batch *batch);

/* Sends all rows that wait and are not barred. */
MUST_CHECK enum batch_result batch_send(struct batch *batch);

/* Puts what one answer line means and whether it may be filed: the pure part of batch_send. `line` is one line of the
 * answer. */
enum delivery batch_sort_line(const char *line, size_t len);

/* The folder of a member. -1: errno. */
MUST_CHECK int batch_home(const struct batch *batch, size_t member, struct buf *out);

#endif
