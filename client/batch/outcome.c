/* From where a row's response is to what is said of it. */
#include "client/batch/outcome.h"
#include "base/json.h"
#include "base/lang.h"
#include "client/home/held.h"
#include "client/terminal/messages.h"
#include <limits.h>

#define ERROR_WORDS 20 /* of a refusal; who reads a report mends these first */

enum batch_outcome batch_row_outcome(const struct batch_row *row)
{
    if (row->exclusion == ROW_TOO_LONG)
        return BATCH_ROW_TOO_LONG;
    bool excluded = row->exclusion == ROW_NOT_ENROLLED;
    switch (row->state) {
    case SPOOL_SENT:
        return row->known ? BATCH_ROW_ALREADY_SENT : BATCH_ROW_SENT;
    case SPOOL_REFUSED:
        return BATCH_ROW_REFUSED;
    case SPOOL_ERASED:
        return BATCH_ROW_ERASED;
    case SPOOL_WAITING:
        return excluded        ? BATCH_ROW_NOT_ENROLLED
               : row->held     ? BATCH_ROW_HELD
               : row->unproven ? BATCH_ROW_UNPROVEN
                               : BATCH_ROW_WAITING;
    case SPOOL_UNKNOWN:
        break;
    }
    return excluded ? BATCH_ROW_NOT_ENROLLED : BATCH_ROW_VALID;
}

const char *batch_outcome_name(enum batch_outcome outcome)
{
    static const char *const names[BATCH_OUTCOMES] = {
        [BATCH_ROW_SENT] = "sent",         [BATCH_ROW_ALREADY_SENT] = "already-sent",
        [BATCH_ROW_WAITING] = "waiting",   [BATCH_ROW_HELD] = "held",
        [BATCH_ROW_UNPROVEN] = "unproven", [BATCH_ROW_REFUSED] = "refused",
        [BATCH_ROW_ERASED] = "erased",     [BATCH_ROW_NOT_ENROLLED] = "not-enrolled",
        [BATCH_ROW_TOO_LONG] = "too-long", [BATCH_ROW_VALID] = "valid",
        [BATCH_ROW_INVALID] = "invalid"};
    return names[outcome];
}

/* What the collector found wrong with the answers, place by place. */
static void put_errors(struct buf *out, const struct json *document)
{
    size_t put = 0;
    for (const struct json *e = json_first(json_member(document, "errors")); e && put < ERROR_WORDS; e = json_next(e))
        put += messages_put_error(out, "; ", e);
}

static void put_refused_reason(struct buf *out, const char *home, const struct response_id *id)
{
    struct buf answer;
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read_answer(home, id, SPOOL_REFUSED, &answer) == 0) {
        struct json *document = json_parse(buf_text(&answer), answer.len, NULL);
        const char *type = json_text(json_member(document, "type"));
        enum problem problem = type ? problem_find(type) : PROBLEM_NONE;
        messages_put_problem(out, problem, problem_status(problem));
        put_errors(out, document);
        json_free(document);
    }
    buf_free(&answer);
}

/* By what is kept of it in its member's home. */
static void put_kept_reason(struct buf *out, const struct batch *batch, const struct batch_row *row)
{
    struct response_id id;
    struct buf home;
    buf_init(&home, PATH_MAX);
    if (batch_row_id(row, &batch->context, &id) == 0 && batch_home(batch, row->member, &home) == 0) {
        if (row->state == SPOOL_REFUSED)
            put_refused_reason(out, buf_text(&home), &id);
        else
            messages_put_held(out, held_reason(buf_text(&home), &id));
    }
    buf_free(&home);
}

void batch_put_reason(struct buf *out, const struct batch *batch, const struct batch_row *row)
{
    switch (batch_row_outcome(row)) {
    case BATCH_ROW_REFUSED:
    case BATCH_ROW_HELD:
    case BATCH_ROW_WAITING:
        put_kept_reason(out, batch, row);
        return;
    case BATCH_ROW_UNPROVEN:
        buf_put_text(out, T("the receipt that came for it does not hold; it lies in evidence/ of the member's folder",
                            "het ontvangstbewijs ervan klopt niet; het ligt in evidence/ van de map van het panellid"));
        return;
    case BATCH_ROW_NOT_ENROLLED:
        messages_put_problem(out, batch->plan->members[row->member].refusal, 0);
        return;
    case BATCH_ROW_SENT:
    case BATCH_ROW_ALREADY_SENT:
    case BATCH_ROW_ERASED:
    case BATCH_ROW_TOO_LONG:
    case BATCH_ROW_VALID:
    case BATCH_ROW_INVALID:
        return;
    }
}
