/* The second half of a batch: what waits goes out, a request for many, and is filed by its answers. Knows no key but
 * the log's; prints nothing. */
#include "base/clock.h"
#include "base/mem.h"
#include "client/batch/batch.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include <limits.h>
#include <string.h>

/* One request: which rows are in it, and where their signed texts lie in its body. */
struct request_body {
    struct batch_row *rows[BATCH_LINES_MAX];
    size_t offsets[BATCH_LINES_MAX], lengths[BATCH_LINES_MAX];
    size_t count;
    struct buf text;
};

struct sending {
    struct batch *batch;
    struct request_body body;
    struct buf home, jws; /* for one row at a time */
    size_t next; /* place in by_wave of the first row not looked at in this pass */
    size_t settled, kept; /* rows in this pass */
    enum delivery worst; /* UNPROVEN when any line was, else BLOCKED when any was */
};

/* Filling a request. */

static int put_signed_row(struct sending *s, struct batch_row *row)
{
    struct request_body *body = &s->body;
    struct response_id id;
    buf_reset(&s->jws);
    if (batch_row_id(row, &s->batch->context, &id) < 0 || batch_home(s->batch, row->member, &s->home) < 0 ||
        spool_read(buf_text(&s->home), &id, &s->jws) < 0)
        return error_from_errno(&s->batch->error, "%s", buf_text(&s->home));
    buf_put_char(&body->text, '"');
    body->rows[body->count] = row;
    body->offsets[body->count] = body->text.len;
    body->lengths[body->count] = s->jws.len;
    body->count++;
    buf_put(&body->text, s->jws.data, s->jws.len); /* base64url and dots: as it is inside quotes */
    buf_put_text(&body->text, "\"\n");
    return 0;
}

/* Takes what waits, up to the row `end` of by_wave. */
static int fill_body(struct sending *s, size_t end)
{
    struct request_body *body = &s->body;
    body->count = 0;
    buf_reset(&body->text);
    while (s->next < end && body->count < BATCH_LINES_MAX && body->text.len < BATCH_BODY_MAX - JWS_MAX - 3) {
        struct batch_row *row = &s->batch->plan->rows[s->batch->plan->by_wave[s->next++]];
        if (row->state == SPOOL_WAITING && row->exclusion == ROW_INCLUDED && !row->held && put_signed_row(s, row) < 0)
            return -1;
    }
    return buf_check(&body->text) < 0 ? error_no_memory(&s->batch->error) : 0;
}

/* Filing the answers. */

enum delivery batch_sort_line(const char *line, size_t len, bool *known)
{
    int64_t status = 0;
    struct json *document = json_parse(line, len, NULL);
    enum delivery delivery = DELIVERY_BLOCKED;
    if (json_integer(json_member(document, "status"), &status) == 0 && status >= 100 && status <= 599)
        delivery = deliver_sort(retry_sort(FETCH_ANSWERED, (unsigned)status), (unsigned)status, document);
    json_free(document);
    *known = status == 200;
    return delivery;
}

/* Counts a row that stays in its spool. -1 when that is our own doing. */
static int count_kept(struct sending *s, enum delivery delivery)
{
    if (delivery == DELIVERY_FAILED)
        return error_from_errno(&s->batch->error, "%s", buf_text(&s->home));
    s->batch->unproven += delivery == DELIVERY_UNPROVEN;
    if (delivery == DELIVERY_BLOCKED && s->worst != DELIVERY_UNPROVEN)
        s->worst = DELIVERY_BLOCKED;
    if (delivery == DELIVERY_UNPROVEN)
        s->worst = DELIVERY_UNPROVEN;
    s->kept++;
    return 0;
}

static int hold_row(struct sending *s, struct batch_row *row, const struct response_id *id, const struct slice *answer)
{
    if (spool_put_reason(buf_text(&s->home), id, answer) < 0)
        return count_kept(s, DELIVERY_FAILED);
    row->held = true;
    s->settled++;
    s->batch->listener->step_advances(s->batch->listener->context, 1);
    return 0;
}

static int file_row(struct sending *s, size_t i, const char *line, size_t len)
{
    struct request_body *body = &s->body;
    struct batch_row *row = body->rows[i];
    struct response_id id;
    bool known;
    enum delivery delivery = batch_sort_line(line, len, &known);
    struct slice jws = {body->text.data + body->offsets[i], body->lengths[i]}, answer = {line, len};
    if (batch_row_id(row, &s->batch->context, &id) < 0 || batch_home(s->batch, row->member, &s->home) < 0)
        delivery = DELIVERY_FAILED;
    else if (delivery == DELIVERY_SENT)
        delivery = deliver_prove(buf_text(&s->home), &id, &jws, &answer, &s->batch->log->key, &s->batch->why);
    if (delivery == DELIVERY_HELD)
        return hold_row(s, row, &id, &answer);
    row->unproven = delivery == DELIVERY_UNPROVEN;
    if (delivery != DELIVERY_SENT && delivery != DELIVERY_REFUSED)
        return count_kept(s, delivery);
    enum spool_state state = delivery == DELIVERY_SENT ? SPOOL_SENT : SPOOL_REFUSED;
    if (spool_bulk_settle(s->batch->bulk, buf_text(&s->home), &id, state, &jws, &answer) < 0)
        return count_kept(s, DELIVERY_FAILED);
    row->state = state;
    row->known = known;
    s->settled++;
    s->batch->listener->step_advances(s->batch->listener->context, 1);
    return 0;
}

/* A line each, in order; rows for which no line came are sent again. */
static int file_answers(struct sending *s)
{
    const struct buf *body = &s->batch->answer.body;
    const char *at = buf_text(body), *end = at + body->len;
    size_t i = 0;
    for (; i < s->body.count && at < end; i++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            break; /* cut off: what is not a whole line is no answer */
        if (file_row(s, i, at, (size_t)(stop - at)) < 0)
            return -1;
        at = stop + 1;
    }
    if (i == 0 && s->body.count > 0)
        s->worst = DELIVERY_BLOCKED;
    s->kept += s->body.count - i;
    return 0;
}

static enum batch_result file_all(struct sending *s)
{
    if (file_answers(s) < 0)
        return BATCH_FAILED;
    if (spool_bulk_commit(s->batch->bulk) < 0) {
        error_from_errno(&s->batch->error, "%s", s->batch->homes);
        return BATCH_FAILED;
    }
    return s->worst == DELIVERY_UNPROVEN ? BATCH_UNPROVEN : BATCH_DONE;
}

static enum batch_result post_body(struct sending *s)
{
    struct http_request request = {.path = "/v1/response-batches",
                                   .content_type = "application/x-ndjson",
                                   .body = s->body.text.data,
                                   .len = s->body.text.len,
                                   .answer_max = BATCH_ANSWER_MAX};
    switch (http_do(s->batch->http, &request, &s->batch->answer)) {
    case HTTP_DONE:
        return file_all(s);
    case HTTP_RETRY:
        return BATCH_OFFLINE;
    case HTTP_REFUSED:
        return BATCH_BLOCKED;
    }
    return BATCH_BLOCKED;
}

/* Waves. */

/* Once over the rows `from` to `end` of by_wave. */
static enum batch_result send_once(struct sending *s, size_t from, size_t end)
{
    s->next = from;
    s->kept = s->settled = 0;
    s->worst = DELIVERY_SENT;
    while (s->next < end) {
        if (fill_body(s, end) < 0)
            return BATCH_FAILED;
        enum batch_result result = s->body.count ? post_body(s) : BATCH_DONE;
        if (result != BATCH_DONE)
            return result;
    }
    return BATCH_DONE;
}

/* A wave holds no two responses of one member to one action, and the next one begins when it is settled: so a response
 * whose answer got lost is still the current one when it is sent again, and comes back as accepted and not as stale. */
static enum batch_result send_wave(struct sending *s, size_t from, size_t end)
{
    for (unsigned attempt = 1;; attempt++) {
        enum batch_result result = send_once(s, from, end);
        if (result != BATCH_DONE || s->kept == 0)
            return result;
        if (s->worst == DELIVERY_BLOCKED)
            return BATCH_BLOCKED;
        if (s->settled > 0)
            attempt = 1;
        uint32_t random;
        crypto_random(&random, sizeof random);
        int64_t wait = retry_wait_ms(&retry_for_batch, attempt, random, s->batch->answer.retry_after);
        if (wait < 0)
            return BATCH_OFFLINE;
        clock_sleep_ms(wait);
    }
}

static size_t wave_end(const struct batch_plan *plan, size_t from)
{
    size_t end = from;
    while (end < plan->row_count && plan->rows[plan->by_wave[end]].wave == plan->rows[plan->by_wave[from]].wave)
        end++;
    return end;
}

static size_t count_waiting(const struct batch_plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->row_count; i++)
        count += plan->rows[i].state == SPOOL_WAITING && plan->rows[i].exclusion == ROW_INCLUDED;
    return count;
}

static enum batch_result send_waves(struct sending *s)
{
    struct batch *batch = s->batch;
    enum batch_result result = BATCH_DONE;
    for (size_t from = 0; from < batch->plan->row_count && result == BATCH_DONE;) {
        size_t end = wave_end(batch->plan, from);
        result = send_wave(s, from, end);
        /* Before a later response goes out, it must be sure on disk that the earlier one is settled. */
        if (spool_bulk_finish(batch->bulk) < 0) {
            error_from_errno(&batch->error, "%s", batch->homes);
            result = BATCH_FAILED;
        }
        from = end;
    }
    return result;
}

enum batch_result batch_send(struct batch *batch)
{
    const struct batch_listener *listener = batch->listener;
    struct sending *s = mem_calloc(1, sizeof *s);
    if (!s) {
        error_no_memory(&batch->error);
        return BATCH_FAILED;
    }
    s->batch = batch;
    buf_init(&s->body.text, BATCH_BODY_MAX);
    buf_init(&s->home, PATH_MAX);
    buf_init(&s->jws, JWS_MAX);
    listener->step_begins(listener->context, BATCH_SENDING, count_waiting(batch->plan));
    enum batch_result result = send_waves(s);
    listener->step_ends(listener->context);
    buf_free(&s->body.text);
    buf_free(&s->home);
    buf_free(&s->jws);
    mem_free(s);
    return result;
}
