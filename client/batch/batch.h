/* Carries out a batch plan, in an order in which it may be cut off anywhere and begun again: first every response is
 * signed and spooled in its member's home, then all that wait are sent, a request for many, and filed by their answers.
 * Prints nothing: a listener is told meanwhile, and what failed stands in the batch. One thread.
 *
 * The room: a file of answers that were taken on paper, by telephone or at a desk, for many members at once. lines.h
 * reads the CSV files line by line and says where a fault is; plan.h and rows.h make a plan of them, with every fault
 * told before anything is done; earlier.c looks up what an earlier run has done of it; sign.c makes homes and keys,
 * enrols and signs; send.c sends by waves, so that no two revisions of one action are ever on their
 * way together; outcome.c says what became of a row, and report.c of all, with what findings.c has kept of their
 * faults. The verb (cmd/batch.c) calls these in that order. */
#ifndef CLIENT_BATCH_BATCH_H
#define CLIENT_BATCH_BATCH_H

#include "base/error.h"
#include "client/batch/plan.h"
#include "client/home/pin.h"
#include "client/home/spool_bulk.h"
#include "client/log/move.h"
#include "client/net/deliver.h"
#include "client/net/http.h"

#define BATCH_LINES_MAX 1000 /* of one request; the protocol allows 4,096 */
#define BATCH_BODY_MAX ((size_t)768 * 1024) /* below what reverse proxies take unless told otherwise, 1 MiB */
#define BATCH_ANSWER_MAX ((size_t)BATCH_LINES_MAX * 16 * 1024)

enum batch_step { BATCH_SIGNING, BATCH_SENDING };

/* Who is told while a batch is at work; each function is there. */
struct batch_listener {
    void *context;
    void (*step_begins)(void *context, enum batch_step step, size_t rows); /* with so many rows to do */
    void (*step_advances)(void *context, size_t rows); /* so many more are done */
    void (*step_ends)(void *context);
    /* This member's invitation is refused, as `answer` says, and its rows are excluded. */
    void (*member_excluded)(void *context, const struct batch_member *member, const struct http_answer *answer);
};

struct batch {
    struct batch_plan *plan;
    struct batch_context context;
    const char *homes; /* the folder of all homes */
    const char *url;
    struct http *http;
    struct spool_bulk *bulk; /* what goes to and from the spools */
    const struct batch_listener *listener;
    struct http_answer answer; /* the last one had */
    struct move move; /* for homes that know the collector by another URL */
    struct pin *log; /* as seen when this run began; NULL until then */
    size_t unproven; /* responses whose receipt does not hold */
    struct error why; /* the last of them does not */
    bool offline; /* the collector can't be reached just now: go on signing, send nothing */
    struct error error; /* set on BATCH_FAILED */
};

enum batch_result {
    BATCH_DONE, /* all that could be done was */
    BATCH_OFFLINE, /* some wait in their spools; batch->answer says why */
    BATCH_BLOCKED, /* the same, but time alone won't mend it */
    BATCH_UNPROVEN, /* what the collector signs does not hold: batch->unproven, batch->why */
    BATCH_FAILED, /* here: batch->error */
};

/* Looks up where each row is already. A row that was signed earlier with other answers is a fault: its number is taken.
 * -1 with at least one fault. */
MUST_CHECK int batch_look_up(struct batch *batch, const struct batch_file *responses, struct faults *faults);

/* Makes homes and keys, enrols who has responses to give and is not enrolled yet, signs and spools. BATCH_DONE also
 * when offline. A member whose invitation is refused is told to the listener and its rows are excluded. */
MUST_CHECK enum batch_result batch_sign(struct batch *batch);

/* Sends all rows that wait and are not excluded. */
MUST_CHECK enum batch_result batch_send(struct batch *batch);

/* What one line of a batch's answer means, and whether its row may be filed: the pure part of batch_send. *known:
 * whether the collector had the response already (200). */
enum delivery batch_sort_line(const char *line, size_t len, bool *known);

/* Writes the path of a member's folder to `out`. -1: errno. */
MUST_CHECK int batch_home(const struct batch *batch, size_t member, struct buf *out);

#endif
