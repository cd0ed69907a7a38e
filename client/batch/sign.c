/* The first half of a batch: homes, keys, enrolments, signatures. See batch.h. */
#include "base/cli.h"
#include "base/json.h"
#include "base/lang.h"
#include "client/batch/batch.h"
#include "client/batch/lines.h"
#include "client/cmd/cmd.h"
#include "client/log/view.h"
#include "client/net/enrol.h"
#include "client/response/compose.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/progress.h"
#include "crypto/jws.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

int batch_home(const struct batch *batch, size_t member, struct buf *out)
{
    buf_reset(out);
    buf_printf(out, "%s/%s", batch->homes, batch->plan->members[member].name);
    if (buf_check(out) == 0)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/* What was done earlier. */

/* Whether the stored response says what the row says. -1: it can't be read. */
static int says_the_same(const char *home, const struct response_id *id, const struct batch_row *row)
{
    struct buf jws, answers;
    int same = -1;
    buf_init(&jws, JWS_MAX);
    buf_init(&answers, JWS_MAX);
    if (spool_read(home, id, &jws) == 0 && compose_read_answers(&jws, &answers) == 0) {
        struct json *its = json_parse(buf_text(&answers), answers.len, NULL);
        struct json *ours = json_parse(row->answers, strlen(row->answers), NULL);
        if (its && ours)
            same = json_equal(its, ours);
        json_free(its);
        json_free(ours);
    }
    buf_free(&jws);
    buf_free(&answers);
    return same;
}

static void look_up_row(struct batch *batch, struct batch_row *row, const struct batch_file *responses,
                        struct buf *home, struct faults *faults)
{
    struct response_id id;
    if (batch_row_id(row, &batch->terms, &id) < 0 || batch_home(batch, row->member, home) < 0) {
        batch_fault(faults, responses, row->line, T("the name is too long", "de naam is te lang"));
        return;
    }
    row->state = spool_find(buf_text(home), &id);
    if (row->state == SPOOL_UNKNOWN)
        return;
    if (row->state != SPOOL_WAITING)
        spool_tidy(buf_text(home), &id);
    int same = says_the_same(buf_text(home), &id, row);
    if (same < 0)
        batch_fault(
            faults, responses, row->line,
            T("what was signed for this earlier is damaged", "wat hiervoor eerder ondertekend is, is beschadigd"));
    else if (!same)
        batch_fault(faults, responses, row->line,
                    T("this revision was signed earlier with other answers: give it a higher one",
                      "deze herziening is eerder met andere antwoorden ondertekend: geef een hogere"));
}

int batch_look_up(struct batch *batch, const struct batch_file *responses, struct faults *faults)
{
    struct buf home;
    buf_init(&home, PATH_MAX);
    for (size_t i = 0; i < batch->plan->row_count; i++)
        look_up_row(batch, &batch->plan->rows[i], responses, &home, faults);
    buf_free(&home);
    return faults_any(faults) ? -1 : 0;
}

/* One member. */

/* The rows of one member: places `from` to `to` in by_member. */
struct span {
    size_t from, to;
};

static void bar(struct batch *batch, struct span span)
{
    for (size_t i = span.from; i < span.to; i++)
        batch->plan->rows[batch->plan->by_member[i]].barred = true;
}

static void tell_barred(const struct batch *batch, size_t member)
{
    struct buf why;
    buf_init(&why, 4096);
    messages_put_reason(&why, &batch->answer);
    const struct batch_member *m = &batch->plan->members[member];
    cli_say(T("%s:%zu: member %s not enrolled: %s", "%s:%zu: panellid %s niet aangemeld: %s"), batch->invitations->name,
            m->line, m->name, buf_text(&why));
    buf_free(&why);
}

static enum batch_result enrol(struct batch *batch, struct profile *profile, size_t member, struct span span)
{
    if (batch->offline && profile_make_key(profile) < 0) {
        failure_tell_errno(profile->home);
        return BATCH_FAILED;
    }
    if (batch->offline)
        return BATCH_DONE;
    struct enrol_at at = {batch->http, batch->url, batch->terms.catalogue->panel->id, batch->log};
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
        tell_barred(batch, member);
        bar(batch, span);
        return BATCH_DONE;
    case ENROL_UNPROVEN:
        cli_fail(T("%s: the receipt of the enrolment does not hold; the answer lies in evidence/ there",
                   "%s: het ontvangstbewijs van de aanmelding klopt niet; het antwoord ligt daar in evidence/"),
                 profile->home);
        return BATCH_FAILED;
    case ENROL_FAILED:
        break;
    }
    failure_tell_errno(profile->home);
    return BATCH_FAILED;
}

static int sign_row(const struct batch *batch, const struct profile *profile, struct batch_row *row)
{
    struct response_id id;
    struct buf answers, jws;
    int result = -1;
    buf_init(&answers, JWS_MAX);
    buf_init(&jws, JWS_MAX);
    buf_put_text(&answers, row->answers);
    if (batch_row_id(row, &batch->terms, &id) < 0 || buf_check(&answers) < 0 ||
        compose_sign(&jws, profile->key, batch->terms.catalogue->panel->id, &id, &answers) < 0)
        errno = ENOMEM;
    else
        result = spool_bulk_put(batch->bulk, profile->home, &id, &(struct slice){jws.data, jws.len});
    if (result == 0)
        row->state = SPOOL_WAITING;
    buf_free(&answers);
    buf_free(&jws);
    return result;
}

static bool is_enrolled_elsewhere(const struct batch *batch, const struct profile *profile)
{
    return profile_is_enrolled(profile) &&
           (strcmp(profile->url, batch->url) != 0 || strcmp(profile->panel, batch->terms.catalogue->panel->id) != 0);
}

/* Receipts are checked under the log's key of this run, so that must be the one pinned in the home. */
static enum batch_result compare_log(const struct batch *batch, struct profile *profile)
{
    if (!batch->log || !profile_is_enrolled(profile))
        return BATCH_DONE;
    if (!profile->pin && enrol_pin(profile, batch->log) < 0) {
        failure_tell_errno(profile->home);
        return BATCH_FAILED;
    }
    if (pin_has_key(profile->pin, &batch->log->key))
        return BATCH_DONE;
    cli_fail(T("%s: the collector now shows the key of another log; `receipts verify --home %s` says more",
               "%s: de verzamelaar toont nu de sleutel van een ander logboek; `receipts verify --home %s` zegt meer"),
             profile->home, profile->home);
    return BATCH_FAILED;
}

static enum batch_result serve_member(struct batch *batch, struct profile *profile, struct span span)
{
    struct batch_plan *plan = batch->plan;
    size_t member = plan->rows[plan->by_member[span.from]].member;
    if (is_enrolled_elsewhere(batch, profile)) {
        cli_fail(T("%s is enrolled elsewhere, at %s", "%s is elders aangemeld, bij %s"), profile->home, profile->url);
        return BATCH_FAILED;
    }
    enum batch_result result = compare_log(batch, profile);
    if (result == BATCH_DONE && !profile_is_enrolled(profile))
        result = enrol(batch, profile, member, span);
    for (size_t i = span.from; i < span.to && result == BATCH_DONE; i++) {
        struct batch_row *row = &plan->rows[plan->by_member[i]];
        if (row->state == SPOOL_UNKNOWN && !row->barred && sign_row(batch, profile, row) < 0) {
            failure_tell_errno(profile->home);
            result = BATCH_FAILED;
        }
    }
    return result;
}

/* All of them. */

static bool has_work(const struct batch_plan *plan, struct span span)
{
    for (size_t i = span.from; i < span.to; i++) {
        enum spool_state state = plan->rows[plan->by_member[i]].state;
        if (state == SPOOL_UNKNOWN || state == SPOOL_WAITING)
            return true;
    }
    return false;
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
    if (!has_work(batch->plan, span))
        return BATCH_DONE;
    if (batch_home(batch, member, home) < 0) {
        failure_tell_errno(batch->homes);
        return BATCH_FAILED;
    }
    if (cmd_open_home(&profile, buf_text(home), true) < 0)
        return BATCH_FAILED;
    enum batch_result result = serve_member(batch, &profile, span);
    profile_close(&profile);
    return result;
}

static enum batch_result fail_to_keep(const struct batch *batch)
{
    failure_tell_errno(batch->homes);
    return BATCH_FAILED;
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
    struct progress progress;
    struct buf home;
    enum batch_result result = see_log(batch);
    buf_init(&home, PATH_MAX);
    progress_start(&progress, T("signing", "ondertekenen"), batch->plan->row_count);
    for (size_t from = 0; from < batch->plan->row_count && result == BATCH_DONE;) {
        struct span span = next_span(batch->plan, from);
        result = open_and_serve(batch, span, &home);
        if (result == BATCH_DONE && spool_bulk_count(batch->bulk) >= BATCH_LINES_MAX &&
            spool_bulk_commit(batch->bulk) < 0)
            result = fail_to_keep(batch);
        progress_add(&progress, span.to - span.from);
        from = span.to;
    }
    if (spool_bulk_finish(batch->bulk) < 0)
        result = fail_to_keep(batch);
    progress_end(&progress);
    buf_free(&home);
    return result;
}
