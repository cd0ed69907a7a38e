/* The first half of a batch: homes, keys, enrolments, signatures. Sends enrolments alone; prints nothing. */
#include "base/lang.h"
#include "client/batch/batch.h"
#include "client/home/held.h"
#include "client/log/view.h"
#include "client/net/enrol.h"
#include "client/response/compose.h"
#include "client/terminal/failures.h"
#include "crypto/jws.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

/* Returns BATCH_FAILED. */
static enum batch_result fail_by_errno(struct batch *batch, const char *path)
{
    error_from_errno(&batch->error, "%s", path);
    return BATCH_FAILED;
}

/* One member. */

/* The rows of one member: places `from` to `to` in by_member. */
struct span {
    size_t from, to;
};

static void exclude_rows(struct batch *batch, size_t member, struct span span)
{
    for (size_t i = span.from; i < span.to; i++)
        if (batch->plan->rows[batch->plan->by_member[i]].exclusion == ROW_INCLUDED)
            batch->plan->rows[batch->plan->by_member[i]].exclusion = ROW_NOT_ENROLLED;
    batch->plan->members[member].refusal = batch->answer.problem;
    batch->listener->member_excluded(batch->listener->context, &batch->plan->members[member], &batch->answer);
}

static enum batch_result enrol_or_exclude(struct batch *batch, struct profile *profile, size_t member, struct span span)
{
    if (batch->offline)
        return profile_make_key(profile) < 0 ? fail_by_errno(batch, profile->home) : BATCH_DONE;
    struct enrol_at at = {batch->http, batch->url, batch->context.catalogue->panel->id, batch->log};
    switch (enrol_member(profile, &at, batch->plan->members[member].code, &batch->answer)) {
    case ENROL_DONE:
        return BATCH_DONE;
    case ENROL_LATER:
        batch->offline = true;
        return BATCH_DONE;
    case ENROL_REFUSED:
        /* Only a refusal of this member is a reason to go on with the next. */
        if (batch->answer.problem != PROBLEM_INVITATION_REFUSED && batch->answer.problem != PROBLEM_NOT_VERIFIED)
            return BATCH_BLOCKED;
        exclude_rows(batch, member, span);
        return BATCH_DONE;
    case ENROL_UNPROVEN:
        error_set(&batch->error, ERROR_REFUSED,
                  T("%s: the receipt of the enrolment does not hold; the answer lies in evidence/ there",
                    "%s: het ontvangstbewijs van de aanmelding klopt niet; het antwoord ligt daar in evidence/"),
                  profile->home);
        return BATCH_FAILED;
    case ENROL_FAILED:
        break;
    }
    return fail_by_errno(batch, profile->home);
}

static int sign_row(const struct batch *batch, const struct profile *profile, struct batch_row *row)
{
    struct response_id id;
    struct buf answers, jws;
    int result = -1;
    buf_init(&answers, JWS_MAX);
    buf_init(&jws, JWS_MAX);
    buf_put_text(&answers, row->answers);
    if (batch_row_id(row, &batch->context, &id) < 0 || buf_check(&answers) < 0 ||
        compose_sign(&jws, profile->key, batch->context.catalogue, &id, &answers) < 0)
        errno = ENOMEM;
    else
        result = spool_bulk_put(batch->bulk, profile->home, &id, &(struct slice){jws.data, jws.len});
    if (result == 0)
        row->state = SPOOL_WAITING;
    buf_free(&answers);
    buf_free(&jws);
    return result;
}

/* A home that is enrolled at another URL follows the collector, where that is shown to be the same. */
static enum batch_result follow_collector(struct batch *batch, struct profile *profile)
{
    enum move_result result = MOVE_DONE;
    if (profile_is_enrolled(profile) && strcmp(profile->panel, batch->context.catalogue->panel->id) != 0)
        result = MOVE_OTHER_PANEL;
    else if (profile_is_enrolled(profile) && strcmp(profile->url, batch->url) != 0 && !batch->offline)
        result = move_home(&batch->move, profile);
    switch (result) {
    case MOVE_DONE:
        return BATCH_DONE;
    case MOVE_OTHER_PANEL:
        error_set(&batch->error, ERROR_REFUSED, T("%s is enrolled elsewhere, at %s", "%s is elders aangemeld, bij %s"),
                  profile->home, profile->url);
        return BATCH_FAILED;
    case MOVE_NO_PIN:
    case MOVE_OTHER_LOG:
        error_set(
            &batch->error, ERROR_REFUSED,
            T("%s is enrolled at %s, and %s does not show the same log; `burgerpanel enrol %s --home %s` says more",
              "%s is aangemeld bij %s, en %s toont niet hetzelfde logboek; `burgerpanel enrol %s --home %s` zegt "
              "meer"),
            profile->home, profile->url, batch->url, batch->url, profile->home);
        return BATCH_FAILED;
    case MOVE_FAILED:
        break;
    }
    return fail_by_errno(batch, profile->home);
}

/* Receipts are checked under the log's key of this run, so that must be the one pinned in the home. */
static enum batch_result compare_log(struct batch *batch, struct profile *profile)
{
    if (!batch->log || !profile_is_enrolled(profile))
        return BATCH_DONE;
    if (!profile->pin && enrol_pin(profile, batch->log) < 0)
        return fail_by_errno(batch, profile->home);
    if (pin_has_key(profile->pin, &batch->log->key))
        return BATCH_DONE;
    error_set(&batch->error, ERROR_REFUSED,
              T("%s: the collector now shows the key of another log; `receipts verify --home %s` says more",
                "%s: de verzamelaar toont nu de sleutel van een ander logboek; `receipts verify --home %s` zegt meer"),
              profile->home, profile->home);
    return BATCH_FAILED;
}

/* Sees to it that the row waits with a text that may be sent: signed now, or earlier and turned away for a reason that
 * may have passed. */
static int prepare_row(const struct batch *batch, const struct profile *profile, struct batch_row *row)
{
    struct response_id id;
    if (row->state == SPOOL_UNKNOWN)
        return sign_row(batch, profile, row);
    if (batch_row_id(row, &batch->context, &id) < 0) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int reopened = row->state == SPOOL_REFUSED ? held_reopen(profile->home, &id) : 0;
    if (reopened > 0)
        row->state = SPOOL_WAITING;
    return reopened < 0 || (row->state == SPOOL_WAITING && held_renew(profile->home, &id, profile->key) < 0) ? -1 : 0;
}

static enum batch_result serve_member(struct batch *batch, struct profile *profile, struct span span)
{
    struct batch_plan *plan = batch->plan;
    size_t member = plan->rows[plan->by_member[span.from]].member;
    enum batch_result result = follow_collector(batch, profile);
    if (result == BATCH_DONE)
        result = compare_log(batch, profile);
    if (result == BATCH_DONE && !profile_is_enrolled(profile))
        result = enrol_or_exclude(batch, profile, member, span);
    for (size_t i = span.from; i < span.to && result == BATCH_DONE; i++) {
        struct batch_row *row = &plan->rows[plan->by_member[i]];
        if (row->exclusion == ROW_INCLUDED && prepare_row(batch, profile, row) < 0)
            result = fail_by_errno(batch, profile->home);
    }
    return result;
}

/* All of them. */

/* How many rows have to be seen to; what an earlier run has sent is none of them. */
static size_t count_work(const struct batch_plan *plan, struct span span)
{
    size_t count = 0;
    for (size_t i = span.from; i < span.to; i++) {
        const struct batch_row *row = &plan->rows[plan->by_member[i]];
        count += row->exclusion == ROW_INCLUDED && row->state != SPOOL_SENT && row->state != SPOOL_ERASED;
    }
    return count;
}

static struct span next_span(const struct batch_plan *plan, size_t from)
{
    struct span span = {from, from};
    while (span.to < plan->row_count &&
           plan->rows[plan->by_member[span.to]].member == plan->rows[plan->by_member[from]].member)
        span.to++;
    return span;
}

static enum batch_result open_and_serve(struct batch *batch, struct span span, struct buf *home)
{
    struct profile profile;
    size_t member = batch->plan->rows[batch->plan->by_member[span.from]].member;
    if (batch_home(batch, member, home) < 0)
        return fail_by_errno(batch, batch->homes);
    if (failure_of_home(&batch->error, profile_open(&profile, buf_text(home), true), buf_text(home)) < 0)
        return BATCH_FAILED;
    enum batch_result result = serve_member(batch, &profile, span);
    profile_close(&profile);
    return result;
}

/* What the collector signs from here on is held against the log as it is now. */
static enum batch_result see_log(struct batch *batch)
{
    if (batch->offline)
        return BATCH_DONE;
    switch (view_pin(&batch->log, batch->http, &batch->answer)) {
    case VIEW_HAD:
        return BATCH_DONE;
    case VIEW_AWAY:
        batch->offline = true;
        return BATCH_DONE;
    case VIEW_REFUSED:
        return BATCH_BLOCKED;
    }
    return BATCH_BLOCKED;
}

enum batch_result batch_sign(struct batch *batch)
{
    const struct batch_listener *listener = batch->listener;
    struct buf home;
    enum batch_result result = see_log(batch);
    batch->move = (struct move){.url = batch->url,
                                .panel = batch->context.catalogue->panel->id,
                                .monitor = {.http = batch->http, .answer = &batch->answer}};
    buf_init(&home, PATH_MAX);
    listener->step_begins(listener->context, BATCH_SIGNING,
                          count_work(batch->plan, (struct span){0, batch->plan->row_count}));
    for (size_t from = 0; from < batch->plan->row_count && result == BATCH_DONE;) {
        struct span span = next_span(batch->plan, from);
        size_t work = count_work(batch->plan, span);
        if (work > 0)
            result = open_and_serve(batch, span, &home);
        if (result == BATCH_DONE && spool_bulk_count(batch->bulk) >= BATCH_LINES_MAX &&
            spool_bulk_commit(batch->bulk) < 0)
            result = fail_by_errno(batch, batch->homes);
        listener->step_advances(listener->context, work);
        from = span.to;
    }
    if (spool_bulk_finish(batch->bulk) < 0)
        result = fail_by_errno(batch, batch->homes);
    listener->step_ends(listener->context);
    move_wipe(&batch->move);
    buf_free(&home);
    return result;
}
