/* POST /v1/response-batches: up to 4,096 signed responses, each for itself (PROTOCOL 5). A worker checks the lines, so
 * that the HTTP threads stay free; the writer commits those that pass; the HTTP thread writes the answer, a piece at a
 * time. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "collector/api/looking.h"
#include "collector/api/outcomes.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/intake/look.h"
#include "collector/ops/metrics.h"
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024) /* of an answer; one that is no longer goes whole */

struct batch {
    struct work work;
    struct commit_job job;
    struct http_exchange *exchange;
    struct service *service;
    struct outcomes outcomes;
    struct catalogue *catalogue; /* while lines are checked */
    bool looked, seen; /* at what other collectors have committed; and it could be had */
    bool receipts; /* wanted */
    bool turned_away; /* no worker, no writer or no memory would take it */
    struct buf begun; /* of the answer */
};

static void release_batch(void *attachment)
{
    struct batch *batch = attachment;
    outcomes_free(&batch->outcomes);
    buf_free(&batch->begun);
    mem_free(batch);
}

/* Reading. */

/* The next line, without its line feed; false at the end. Nothing after the last line feed is no line. */
static bool next_line(const char **at, const char *end, const char **line, size_t *len)
{
    if (*at == end)
        return false;
    const char *feed = memchr(*at, '\n', (size_t)(end - *at));
    *line = *at;
    *len = (size_t)((feed ? feed : end) - *at);
    *at = feed ? feed + 1 : end;
    return true;
}

static bool has_too_many_lines(const struct buf *body)
{
    const char *at = buf_text(body), *end = at + body->len, *line;
    size_t count = 0, len;
    while (count <= OUTCOMES_MAX && next_line(&at, end, &line, &len))
        count++;
    return count > OUTCOMES_MAX;
}

static int refuse_line(struct refusal *refusal, bool no_memory)
{
    refusal->problem = no_memory ? PROBLEM_UNAVAILABLE : PROBLEM_MALFORMED_ENVELOPE;
    refusal->detail = no_memory ? API_NO_MEMORY_DETAIL : "The line is no JSON string.";
    return -1;
}

/* The text of a line that is a JSON string. Without an escape that is what stands between the quotes: whatever could
 * not stand in a JSON string can't stand in a JWS either; with one, *unescaped holds it. -1: *refusal, that the line is
 * no JSON string or that there is no memory to read it. */
static int find_jws(const char *line, size_t len, struct json **unescaped, const char **jws, size_t *jws_len,
                    struct refusal *refusal)
{
    while (len > 0 && memchr(" \t\r", line[len - 1], 3) != NULL)
        len--;
    for (; len > 0 && memchr(" \t", *line, 2) != NULL; len--)
        line++;
    if (len < 2 || line[0] != '"' || line[len - 1] != '"')
        return refuse_line(refusal, false);
    *jws = line + 1;
    *jws_len = len - 2;
    if (!memchr(line, '\\', len))
        return 0;
    struct json_fault fault = {0};
    *unescaped = json_parse(line, len, &fault);
    *jws = json_text(*unescaped);
    *jws_len = *jws ? strlen(*jws) : 0;
    return *jws ? 0 : refuse_line(refusal, fault.no_memory);
}

static int add_refusal(struct batch *batch, const struct refusal *refusal)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    api_put_refusal(&text, refusal);
    int result = outcomes_add_refusal(&batch->outcomes, refusal->problem, &text);
    buf_free(&text);
    return result;
}

/* One for the whole batch; from there on it is held to what is in force then. */
static void look_at_others(struct batch *batch)
{
    batch->looked = true;
    batch->seen = look_wait(batch->service->queue) == 0;
    catalogue_release(batch->catalogue);
    batch->catalogue = catalogue_now(batch->service->shared.catalogues);
}

/* As submit_response; what others may know better is checked once more after a look. */
static struct submission *check_response(struct batch *batch, const char *jws, size_t len, struct refusal *refusal)
{
    struct service *service = batch->service;
    struct submission *s = submit_response(service->shared.roster, batch->catalogue, jws, len, clock_now(), refusal);
    if (s || !api_may_be_outdated(refusal->problem) || !api_has_others(service))
        return s;
    if (!batch->looked) {
        look_at_others(batch);
        refusal_free(refusal);
        refusal_init(refusal);
        s = submit_response(service->shared.roster, batch->catalogue, jws, len, clock_now(), refusal);
    }
    if (!s && api_may_be_outdated(refusal->problem) && !batch->seen) {
        refusal_free(refusal);
        refusal_init(refusal);
        refusal->problem = PROBLEM_UNAVAILABLE;
        refusal->detail = API_UNSEEN_DETAIL;
    }
    return s;
}

/* Checks one line. -1: no memory. */
static int check_line(struct batch *batch, const char *text, size_t len)
{
    struct refusal refusal;
    struct submission *submission = NULL;
    struct json *unescaped = NULL;
    const char *jws;
    size_t jws_len;
    refusal_init(&refusal);
    if (find_jws(text, len, &unescaped, &jws, &jws_len, &refusal) == 0)
        submission = check_response(batch, jws, jws_len, &refusal);
    int result = submission ? outcomes_add(&batch->outcomes, submission, unescaped) : add_refusal(batch, &refusal);
    if (!submission)
        json_free(unescaped);
    refusal_free(&refusal);
    return result;
}

/* -1: there is no memory for what becomes of the lines. */
static int check_lines(struct batch *batch)
{
    const struct buf *body = http_body(batch->exchange);
    const char *at = buf_text(body), *end = at + body->len, *text;
    size_t len;
    int result = 0;
    batch->catalogue = catalogue_now(batch->service->shared.catalogues);
    while (result == 0 && next_line(&at, end, &text, &len))
        result = check_line(batch, text, len);
    catalogue_release(batch->catalogue);
    batch->catalogue = NULL;
    return result == 0 ? http_charge(batch->exchange, outcomes_size(&batch->outcomes)) : -1;
}

static void resume_batch(struct commit_job *job)
{
    const struct batch *batch = job->context;
    http_resume(batch->exchange);
}

/* On a worker. */
static void check_batch(struct work *work)
{
    struct batch *batch = (struct batch *)((char *)work - offsetof(struct batch, work));
    commit_announce(batch->service->queue);
    batch->turned_away = check_lines(batch) < 0;
    batch->job = (struct commit_job){.list = batch->outcomes.submissions,
                                     .count = batch->outcomes.submission_count,
                                     .done = resume_batch,
                                     .context = batch};
    if (batch->turned_away || batch->job.count == 0) {
        commit_withdraw(batch->service->queue);
        http_resume(batch->exchange);
    } else if (commit_push(batch->service->queue, &batch->job) < 0) {
        batch->turned_away = true;
        http_resume(batch->exchange);
    }
}

/* Answering. */

/* Puts the line of the answer. Returns the problem that it tells, if any. */
static enum problem put_outcome(struct buf *out, const struct batch *batch, const struct submission *s,
                                const struct outcome_refusal *refusal)
{
    if (refusal) {
        buf_put_text(out, refusal->json);
        return refusal->problem;
    }
    if (s->verdict != VERDICT_ACCEPTED && s->verdict != VERDICT_REPEATED)
        return api_put_verdict_problem(out, s);
    buf_printf(out, "{\"status\":%u,", api_verdict_status(s));
    api_put_outcome(out, batch->service, s, batch->receipts);
    buf_put_char(out, '}');
    return PROBLEM_NONE;
}

/* The next lines of the answer, as an http_chunk_fn. A receipt that can't be had breaks it off: better no answer than
 * one without its proof, and who sends again gets it. */
static enum http_chunk put_lines(void *source, struct buf *out)
{
    struct batch *batch = source;
    const struct submission *s;
    const struct outcome_refusal *refusal;
    if (batch->begun.len > 0) {
        buf_put(out, batch->begun.data, batch->begun.len);
        buf_free(&batch->begun);
        return buf_check(out) == 0 ? HTTP_CHUNK_MORE : HTTP_CHUNK_BROKEN;
    }
    while (out->len < CHUNK_BYTES && buf_check(out) == 0) {
        if (!outcomes_next(&batch->outcomes, &s, &refusal))
            return HTTP_CHUNK_LAST;
        enum problem problem = put_outcome(out, batch, s, refusal);
        buf_put_char(out, '\n');
        if (problem != PROBLEM_NONE)
            metrics_note_problem(problem);
    }
    return buf_check(out) == 0 ? HTTP_CHUNK_MORE : HTTP_CHUNK_BROKEN;
}

/* Whether nothing of the batch is known to be kept: then one 503 says so for all, and the same batch may be sent
 * again. */
static bool is_unavailable(const struct batch *batch)
{
    size_t lost = 0;
    for (size_t i = 0; i < batch->job.count; i++)
        lost += batch->job.list[i]->verdict == VERDICT_UNAVAILABLE;
    return batch->turned_away || (lost > 0 && lost == batch->job.count);
}

static void release_nothing(void *source)
{
    (void)source; /* the batch goes with the exchange */
}

static void answer_batch(struct http_exchange *x, void *context)
{
    (void)context;
    struct batch *batch = http_attachment(x);
    if (is_unavailable(batch)) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, "Nothing is known to be kept; send the same batch again.", NULL);
        return;
    }
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (put_lines(batch, &body) != HTTP_CHUNK_MORE) { /* all that there is, or a failure that makes it a 503 */
        http_answer(x, 200, "application/x-ndjson", &body);
        return;
    }
    batch->begun = body;
    http_answer_stream(x, "application/x-ndjson", put_lines, batch, release_nothing);
}

void api_batches_post(struct http_exchange *x, void *context)
{
    struct service *service = context;
    if (has_too_many_lines(http_body(x))) {
        http_answer_problem(x, PROBLEM_TOO_LARGE, "A batch is at most 4,096 lines.", NULL);
        return;
    }
    struct batch *batch = mem_calloc(1, sizeof *batch);
    if (!batch) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    batch->work.run = check_batch;
    batch->exchange = x;
    batch->service = service;
    batch->receipts = api_wants_receipt(x);
    buf_init(&batch->begun, SIZE_MAX);
    http_attach(x, batch, release_batch);
    http_suspend(x, answer_batch);
    if (workers_push(service->workers, &batch->work) < 0) {
        batch->turned_away = true;
        http_resume(x);
    }
}
