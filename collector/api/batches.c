/* POST /v1/response-batches: up to 4,096 signed responses, each for itself (PROTOCOL 5). A worker checks the lines, so
 * that the HTTP threads stay free; the writer commits those that pass; the HTTP thread writes the answer. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/ops/metrics.h"
#include <string.h>

#define LINES_MAX 4096

/* One line: what was decided before the writer, or what it decided. */
struct batch_line {
    enum problem problem; /* that it was refused with */
    char *refusal; /* its JSON, or NULL */
    struct submission *submission; /* NULL when refused */
    struct json *unescaped; /* holds the JWS where the line had an escape */
};

struct batch {
    struct work work;
    struct commit_job job;
    struct http_exchange *exchange;
    struct service *service;
    struct batch_line *lines;
    size_t count;
    bool receipts; /* wanted */
    struct submission **accepted; /* what the writer gets */
    bool turned_away; /* no worker or no writer would take it */
};

static void release_batch(void *attachment)
{
    struct batch *batch = attachment;
    for (size_t i = 0; batch->lines && i < batch->count; i++) {
        mem_free(batch->lines[i].refusal);
        submission_free(batch->lines[i].submission);
        json_free(batch->lines[i].unescaped);
    }
    mem_free(batch->lines);
    mem_free(batch->accepted);
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

static size_t count_lines(const struct buf *body)
{
    const char *at = buf_text(body), *end = at + body->len, *line;
    size_t count = 0, len;
    while (next_line(&at, end, &line, &len))
        count++;
    return count;
}

/* The text of a line that is a JSON string. Without an escape that is what stands between the quotes: whatever could
 * not stand in a JSON string can't stand in a JWS either. -1: the line is no JSON string. */
static int find_jws(struct batch_line *out, const char *line, size_t len, const char **jws, size_t *jws_len)
{
    while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
        len--;
    for (; len > 0 && strchr(" \t", *line) != NULL; len--)
        line++;
    if (len < 2 || line[0] != '"' || line[len - 1] != '"')
        return -1;
    *jws = line + 1;
    *jws_len = len - 2;
    if (!memchr(line, '\\', len))
        return 0;
    out->unescaped = json_parse(line, len, NULL);
    *jws = json_text(out->unescaped);
    *jws_len = *jws ? strlen(*jws) : 0;
    return *jws ? 0 : -1;
}

static void keep_refusal(struct batch_line *line, const struct refusal *refusal)
{
    struct buf text;
    line->problem = refusal->problem;
    buf_init(&text, SIZE_MAX);
    api_put_refusal(&text, refusal);
    if (buf_check(&text) == 0)
        line->refusal = mem_copy_text(text.data, text.len);
    buf_free(&text);
}

/* Checks one line; with no memory left it stays without a refusal, and is answered as unavailable. */
static void check_line(struct batch *batch, struct catalogue *catalogue, struct batch_line *line, const char *text,
                       size_t len)
{
    struct refusal refusal;
    const char *jws;
    size_t jws_len;
    refusal_init(&refusal);
    if (find_jws(line, text, len, &jws, &jws_len) < 0) {
        refusal.problem = PROBLEM_MALFORMED_ENVELOPE;
        refusal.detail = "The line is no JSON string.";
    } else {
        line->submission =
            submit_response(batch->service->shared.roster, catalogue, jws, jws_len, clock_now(), &refusal);
    }
    if (line->submission)
        batch->accepted[batch->job.count++] = line->submission;
    else
        keep_refusal(line, &refusal);
    refusal_free(&refusal);
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
    const struct buf *body = http_body(batch->exchange);
    const char *at = buf_text(body), *end = at + body->len, *text;
    size_t len;
    commit_announce(batch->service->queue);
    struct catalogue *catalogue = catalogue_now(batch->service->shared.catalogues);
    for (size_t i = 0; next_line(&at, end, &text, &len); i++)
        check_line(batch, catalogue, &batch->lines[i], text, len);
    catalogue_release(catalogue);
    batch->job.list = batch->accepted;
    batch->job.done = resume_batch;
    batch->job.context = batch;
    if (batch->job.count == 0)
        commit_withdraw(batch->service->queue);
    else if (commit_push(batch->service->queue, &batch->job) == 0)
        return;
    batch->turned_away = batch->job.count > 0;
    http_resume(batch->exchange);
}

/* Answering. */

/* Puts the line of the answer. Returns the problem that it tells, if any. */
static enum problem put_outcome(struct buf *out, const struct batch *batch, const struct batch_line *line)
{
    const struct submission *s = line->submission;
    if (line->refusal) {
        buf_put_text(out, line->refusal);
        return line->problem;
    }
    if (!s) {
        problem_put(out, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return PROBLEM_UNAVAILABLE;
    }
    if (s->verdict != VERDICT_ACCEPTED && s->verdict != VERDICT_REPEATED)
        return api_put_verdict_problem(out, s);
    buf_printf(out, "{\"status\":%u,", api_verdict_status(s));
    api_put_outcome(out, batch->service, s, batch->receipts);
    buf_put_char(out, '}');
    return PROBLEM_NONE;
}

static void put_answer_line(struct buf *out, const struct batch *batch, const struct batch_line *line)
{
    enum problem problem = put_outcome(out, batch, line);
    buf_put_char(out, '\n');
    if (problem != PROBLEM_NONE)
        metrics_note_problem(problem);
}

/* Whether nothing of the batch is known to be kept: then one 503 says so for all, and the same batch may be sent
 * again. */
static bool is_unavailable(const struct batch *batch)
{
    size_t lost = 0;
    for (size_t i = 0; i < batch->job.count; i++)
        lost += batch->accepted[i]->verdict == VERDICT_UNAVAILABLE;
    return batch->turned_away || (lost > 0 && lost == batch->job.count);
}

static void answer_batch(struct http_exchange *x, void *context)
{
    (void)context;
    const struct batch *batch = http_attachment(x);
    struct buf body;
    if (is_unavailable(batch)) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, "Nothing is known to be kept; send the same batch again.", NULL);
        return;
    }
    buf_init(&body, SIZE_MAX);
    for (size_t i = 0; i < batch->count; i++)
        put_answer_line(&body, batch, &batch->lines[i]);
    http_answer(x, 200, "application/x-ndjson", &body);
}

static struct batch *batch_new(struct http_exchange *x, struct service *service, size_t count)
{
    struct batch *batch = mem_calloc(1, sizeof *batch);
    if (!batch)
        return NULL;
    batch->work.run = check_batch;
    batch->exchange = x;
    batch->service = service;
    batch->receipts = api_wants_receipt(x);
    batch->lines = mem_calloc(count, sizeof *batch->lines);
    batch->accepted = mem_calloc(count, sizeof(struct submission *));
    if (batch->lines && batch->accepted) {
        batch->count = count;
        return batch;
    }
    release_batch(batch);
    return NULL;
}

void api_batches_post(struct http_exchange *x, void *context)
{
    struct service *service = context;
    size_t count = count_lines(http_body(x));
    if (count > LINES_MAX) {
        http_answer_problem(x, PROBLEM_TOO_LARGE, "A batch is at most 4,096 lines.", NULL);
        return;
    }
    struct batch *batch = batch_new(x, service, count);
    if (!batch) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    http_attach(x, batch, release_batch);
    http_suspend(x, answer_batch);
    if (workers_push(service->workers, &batch->work) < 0) {
        batch->turned_away = true;
        http_resume(x);
    }
}
