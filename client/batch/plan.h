/* What a batch is to do, worked out from its two CSV files before anything is signed or sent: every fault in them is
 * found here. Knows no network and no home. One thread. */
#ifndef CLIENT_BATCH_PLAN_H
#define CLIENT_BATCH_PLAN_H

#include "client/batch/findings.h"
#include "client/home/spool.h"
#include "client/response/catalogue.h"
#include "panel/problem.h"

#define BATCH_FILE_MAX ((size_t)512 * 1024 * 1024)

struct batch_member {
    char *name; /* also the name of its folder */
    char *code; /* its invitation, as typed; a secret */
    size_t line;
    bool faulty; /* its line is: whoever has rows is told there */
    enum problem refusal; /* why its invitation was refused in this run; PROBLEM_NONE: it was not */
};

/* Why a row is not to be signed nor sent while the others are. */
enum row_exclusion { ROW_INCLUDED, ROW_NOT_ENROLLED, ROW_TOO_LONG };

struct batch_row {
    size_t member; /* place in `members` */
    size_t action; /* place in the action list */
    int64_t revision; /* 0 until batch_plan_finish where the file has none, then 1 */
    size_t line;
    size_t wave; /* how many rows of this member and action go before it */
    char *answers; /* a JSON object; NULL for ROW_TOO_LONG */
    enum spool_state state; /* where this response is; kept by who signs and sends */
    bool held; /* turned away in this run, for a reason that may pass: not to be sent again in it */
    bool unproven; /* what the collector gave for it in this run is no receipt that holds */
    bool known; /* sent, but before this run, or the collector had it already */
    enum row_exclusion exclusion;
};

struct batch_plan {
    struct batch_member *members; /* by name */
    size_t member_count, member_capacity;
    bool lacks_members; /* since the invitations could not be read whole */
    struct batch_row *rows; /* in the order of the file */
    size_t row_count, row_capacity;
    bool has_revisions;
    size_t *by_member; /* places in `rows`, by member, action, revision; made by batch_plan_finish */
    size_t *by_wave; /* places in `rows`, by wave, then as in the file */
};

/* A CSV file that was read. */
struct batch_file {
    const char *name; /* for the faults, whose `where` is NAME:LINE */
    const char *text;
    size_t len;
    struct batch_findings *findings; /* hears of each fault in its rows too; NULL: nobody wants a report */
};

/* What the rows are checked against. */
struct batch_context {
    const struct catalogue *catalogue;
    const struct round *round;
};

/* Reads `member,code`. Members that have a fault are kept too, so that it is not told of their rows as well. -1 with
 * at least one fault; no code is ever shown in one. */
MUST_CHECK int batch_read_members(struct batch_plan *plan, const struct batch_file *file, struct faults *faults);

/* Refuses two rows of one member and action with the same revision, where the file has no revisions two such rows at
 * all, each fault naming both lines; numbers rows without revision 1; and works out in which order to go. -1 with at
 * least one fault. */
MUST_CHECK int batch_plan_finish(struct batch_plan *plan, const struct batch_file *file, struct faults *faults);

/* The id under which a row's response is kept. -1: it can't be one. */
MUST_CHECK int batch_row_id(const struct batch_row *row, const struct batch_context *context, struct response_id *out);

/* Frees what it holds; the codes are wiped. An all-zero plan is an empty one. */
void batch_plan_free(struct batch_plan *plan);

#endif
