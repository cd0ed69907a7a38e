/* POST /v1/members, /v1/responses and /v1/erasures: one signed object a request (PROTOCOL 4, 5 and 5b). Checked on the
 * HTTP thread, put aside until the writer has committed it, answered on the HTTP thread again. Who is nobody that is
 * known here may have enrolled at another collector a moment ago, and what is no answer to these questions be one to
 * those that were imported there: it is checked once more after a look, also where nobody signed it, so that the time
 * of the answer doesn't tell which of the two it is. */
#include "base/clock.h"
#include "base/mem.h"
#include "collector/api/looking.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include <stdio.h>

#define ANSWER_USUAL 2048 /* bytes of an answer with its receipt */

struct pending {
    struct commit_job job;
    struct submission *submission;
    struct http_exchange *exchange;
    bool receipt; /* wanted */
    struct address from;
};

static void release_pending(void *attachment)
{
    struct pending *pending = attachment;
    submission_free(pending->submission);
    mem_free(pending);
}

static void resume_pending(struct commit_job *job)
{
    const struct pending *pending = job->context;
    http_resume(pending->exchange);
}

static void answer_pending(struct http_exchange *x, struct service *service, const struct pending *pending)
{
    const struct submission *s = pending->submission;
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (s->verdict != VERDICT_ACCEPTED && s->verdict != VERDICT_REPEATED) {
        http_answer_problem_body(x, api_put_verdict_problem(&body, s), &body);
        if (s->retry_after > 0)
            api_answer_retry_after(x, s->retry_after);
        return;
    }
    buf_expect(&body, ANSWER_USUAL);
    buf_put_char(&body, '{');
    api_put_outcome(&body, service, s, pending->receipt);
    buf_put_char(&body, '}');
    http_answer(x, api_verdict_status(s), "application/json", &body);
}

/* An enrolment that is not refused was none of those that are bounded. */
static void settle_bounds(struct service *service, const struct pending *pending)
{
    const struct submission *s = pending->submission;
    if (s->kind == SUBMISSION_ENROLMENT && s->verdict != VERDICT_REFUSED)
        limiter_give_back(service->enrolments, &pending->from);
}

static void on_committed(struct http_exchange *x, void *context)
{
    settle_bounds(context, http_attachment(x));
    answer_pending(x, context, http_attachment(x));
}

void api_commit_later(struct http_exchange *x, struct service *service, struct submission *s)
{
    struct pending *pending = mem_calloc(1, sizeof *pending);
    if (!pending) {
        commit_withdraw(service->queue);
        submission_free(s);
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    *pending =
        (struct pending){.submission = s, .exchange = x, .receipt = api_wants_receipt(x), .from = http_sender(x)};
    pending->job =
        (struct commit_job){.list = &pending->submission, .count = 1, .done = resume_pending, .context = pending};
    http_attach(x, pending, release_pending);
    http_suspend(x, on_committed);
    if (commit_push(service->queue, &pending->job) < 0) {
        s->verdict = VERDICT_UNAVAILABLE;
        http_resume(x);
    }
}

static struct submission *check_submission(const struct service *service, enum submission_kind kind,
                                           const struct buf *body, struct refusal *refusal)
{
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    struct roster *roster = service->shared.roster;
    struct submission *s = NULL;
    switch (kind) {
    case SUBMISSION_RESPONSE:
        s = submit_response(roster, catalogue, buf_text(body), body->len, clock_now(), refusal);
        break;
    case SUBMISSION_ENROLMENT:
        s = submit_enrolment(catalogue, buf_text(body), body->len, clock_now(), refusal);
        break;
    case SUBMISSION_ERASURE:
        s = submit_erasure(roster, catalogue, buf_text(body), body->len, clock_now(), refusal);
        break;
    case SUBMISSION_ACT: /* which no member signs */
        break;
    }
    catalogue_release(catalogue);
    return s;
}

/* Hands it to the writer. PROBLEM_NONE: it is the writer's; else why not, as `refusal` says. */
static enum problem take_submission(struct http_exchange *x, struct service *service, enum submission_kind kind,
                                    struct refusal *refusal)
{
    commit_announce(service->queue);
    struct submission *s = check_submission(service, kind, http_body(x), refusal);
    if (s)
        api_commit_later(x, service, s);
    else
        commit_withdraw(service->queue);
    return s ? PROBLEM_NONE : refusal->problem;
}

/* After a look. */
static void take_again(struct http_exchange *x, struct service *service, enum submission_kind kind, bool seen)
{
    struct refusal refusal;
    refusal_init(&refusal);
    enum problem problem = take_submission(x, service, kind, &refusal);
    if (api_may_be_outdated(problem) && !seen)
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_UNSEEN_DETAIL, NULL);
    else if (problem != PROBLEM_NONE)
        api_answer_refused(x, &refusal);
    refusal_free(&refusal);
}

static void take_response_again(struct http_exchange *x, struct service *service, bool seen)
{
    take_again(x, service, SUBMISSION_RESPONSE, seen);
}

static void take_erasure_again(struct http_exchange *x, struct service *service, bool seen)
{
    take_again(x, service, SUBMISSION_ERASURE, seen);
}

/* `again` (NULL: it needs none) takes it after a look. */
static void take_first(struct http_exchange *x, struct service *service, enum submission_kind kind, api_look_fn *again)
{
    struct refusal refusal;
    refusal_init(&refusal);
    enum problem problem = take_submission(x, service, kind, &refusal);
    if (api_may_be_outdated(problem) && again && api_has_others(service))
        api_look(x, service, again);
    else if (problem != PROBLEM_NONE)
        api_answer_refused(x, &refusal);
    refusal_free(&refusal);
}

void api_responses_post(struct http_exchange *x, void *context)
{
    take_first(x, context, SUBMISSION_RESPONSE, take_response_again);
}

void api_members_post(struct http_exchange *x, void *context)
{
    struct service *service = context;
    const struct address from = http_sender(x);
    int64_t wait = limiter_take(service->enrolments, &from, clock_monotonic_us());
    if (wait > 0)
        api_answer_limited(x, METRICS_LIMIT_ENROLMENTS, wait);
    else
        take_first(x, service, SUBMISSION_ENROLMENT, NULL);
}

void api_erasures_post(struct http_exchange *x, void *context)
{
    take_first(x, context, SUBMISSION_ERASURE, take_erasure_again);
}
