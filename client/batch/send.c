/* The second half of a batch: what waits goes out, a request for many, and is filed by its answers. See batch.h. */
#include "base/clock.h"
#include "base/lang.h"
#include "base/mem.h"
#include "client/batch/batch.h"
#include "client/cmd/cmd.h"
#include "client/terminal/failures.h"
#include "client/terminal/progress.h"
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include <limits.h>
#include <string.h>

/* One request: which rows are in it, and where their signed texts lie in its body. */
struct parcel {
    struct batch_row *rows[BATCH_LINES_MAX];
    size_t offsets[BATCH_LINES_MAX], lengths[BATCH_LINES_MAX];
    size_t count;
    struct buf body;
};

struct sending {
    struct batch *batch;
    struct parcel parcel;
    struct progress progress;
    struct buf home, jws; /* for one row at a time */
    size_t next; /* place in by_wave of the first row not looked at in this pass */
    size_t settled, kept; /* rows in this pass */
    enum delivery worst; /* UNPROVEN when any line was, else BLOCKED when any was */
};

/* Filling a parcel. */

static int put_row(struct sending *s, struct batch_row *row)
{
    struct parcel *parcel = &s->parcel;
    struct response_id id;
    buf_reset(&s->jws);
    if (batch_row_id(row, &s->batch->terms, &id) < 0 || batch_home(s->batch, row->member, &s->home) < 0 ||
        spool_read(buf_text(&s->home), &id, &s->jws) < 0) {
        failure_tell_errno(buf_text(&s->home));
        return -1;
    }
    buf_put_char(&parcel->body, '"');
    parcel->rows[parcel->count] = row;
    parcel->offsets[parcel->count] = parcel->body.len;
    parcel->lengths[parcel->count] = s->jws.len;
    parcel->count++;
    buf_put(&parcel->body, s->jws.data, s->jws.len); /* base64url and dots: as it is inside quotes */
    buf_put_text(&parcel->body, "\"\n");
    return 0;
}

/* Takes what waits, up to the row `end` of by_wave. */
static int fill(struct sending *s, size_t end)
{
    struct parcel *parcel = &s->parcel;
    parcel->count = 0;
    buf_reset(&parcel->body);
    while (s->next < end && parcel->count < BATCH_LINES_MAX && parcel->body.len < BATCH_BODY_MAX - JWS_MAX - 3) {
        struct batch_row *row = &s->batch->plan->rows[s->batch->plan->by_wave[s->next++]];
        if (row->state == SPOOL_WAITING && !row->barred && put_row(s, row) < 0)
            return -1;
    }
    return buf_check(&parcel->body);
}

/* Filing the answers. */

enum delivery batch_sort_line(const char *line, size_t len)
{
    int64_t status;
    struct json *document = json_parse(line, len, NULL);
    enum delivery delivery = DELIVERY_BLOCKED;
    if (json_integer(json_member(document, "status"), &status) == 0 && status >= 100 && status <= 599)
        delivery = deliver_sort(retry_sort(TRANSFER_ANSWERED, (unsigned)status), (unsigned)status, document);
    json_free(document);
    return delivery;
}

/* A row that stays in its spool. -1, having said so, when that is our own doing. */
static int keep_row(struct sending *s, enum delivery delivery)
{
    if (delivery == DELIVERY_FAILED) {
        failure_tell_errno(buf_text(&s->home));
        return -1;
    }
    s->batch->unproven += delivery == DELIVERY_UNPROVEN;
    if (delivery == DELIVERY_BLOCKED && s->worst != DELIVERY_UNPROVEN)
        s->worst = DELIVERY_BLOCKED;
    if (delivery == DELIVERY_UNPROVEN)
        s->worst = DELIVERY_UNPROVEN;
    s->kept++;
    return 0;
}

static int file_row(struct sending *s, size_t i, const char *line, size_t len)
{
    struct parcel *parcel = &s->parcel;
    struct batch_row *row = parcel->rows[i];
    struct response_id id;
    enum delivery delivery = batch_sort_line(line, len);
    struct slice jws = {parcel->body.data + parcel->offsets[i], parcel->lengths[i]}, answer = {line, len};
    if (batch_row_id(row, &s->batch->terms, &id) < 0 || batch_home(s->batch, row->member, &s->home) < 0)
        delivery = DELIVERY_FAILED;
    else if (delivery == DELIVERY_SENT)
        delivery = deliver_prove(buf_text(&s->home), &id, &jws, &answer, &s->batch->log->key, &s->batch->why);
    if (delivery != DELIVERY_SENT && delivery != DELIVERY_REFUSED)
        return keep_row(s, delivery);
    enum spool_state state = delivery == DELIVERY_SENT ? SPOOL_SENT : SPOOL_REFUSED;
    if (spool_bulk_settle(s->batch->bulk, buf_text(&s->home), &id, state, &jws, &answer) < 0)
        return keep_row(s, DELIVERY_FAILED);
    row->state = state;
    s->settled++;
    progress_add(&s->progress, 1);
    return 0;
}

/* A line each, in order; rows for which no line came are sent again. */
static int file_answers(struct sending *s)
{
    const struct buf *body = &s->batch->answer.body;
    const char *at = buf_text(body), *end = at + body->len;
    size_t i = 0;
    for (; i < s->parcel.count && at < end; i++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            break; /* cut off: what is not a whole line is no answer */
        if (file_row(s, i, at, (size_t)(stop - at)) < 0)
            return -1;
        at = stop + 1;
    }
    if (i == 0 && s->parcel.count > 0)
        s->worst = DELIVERY_BLOCKED;
    s->kept += s->parcel.count - i;
    return 0;
}

static int keep(struct sending *s)
{
    if (spool_bulk_commit(s->batch->bulk) == 0)
        return 0;
    failure_tell_errno(s->batch->homes);
    return -1;
}

static enum batch_result post(struct sending *s)
{
    struct http_request request = {.path = "/v1/response-batches",
                                   .content_type = "application/x-ndjson",
                                   .body = s->parcel.body.data,
                                   .len = s->parcel.body.len,
                                   .answer_max = BATCH_ANSWER_MAX};
    switch (http_do(s->batch->http, &request, &s->batch->answer)) {
    case HTTP_DONE:
        if (file_answers(s) < 0 || keep(s) < 0)
            return BATCH_FAILED;
        return s->worst == DELIVERY_UNPROVEN ? BATCH_UNPROVEN : BATCH_DONE;
    case HTTP_RETRY:
        return BATCH_OFFLINE;
    case HTTP_REFUSED:
        return BATCH_BLOCKED;
    }
    return BATCH_BLOCKED;
}

/* Waves. */

/* Once over the rows `from` to `end` of by_wave. */
static enum batch_result pass(struct sending *s, size_t from, size_t end)
{
    s->next = from;
    s->kept = s->settled = 0;
    s->worst = DELIVERY_SENT;
    while (s->next < end) {
        if (fill(s, end) < 0)
            return BATCH_FAILED;
        enum batch_result result = s->parcel.count ? post(s) : BATCH_DONE;
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
        enum batch_result result = pass(s, from, end);
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
        count += plan->rows[i].state == SPOOL_WAITING && !plan->rows[i].barred;
    return count;
}

enum batch_result batch_send(struct batch *batch)
{
    enum batch_result result = BATCH_DONE;
    struct sending *s = mem_calloc(1, sizeof *s);
    if (!s) {
        failure_tell_errno(batch->homes);
        return BATCH_FAILED;
    }
    s->batch = batch;
    buf_init(&s->parcel.body, BATCH_BODY_MAX);
    buf_init(&s->home, PATH_MAX);
    buf_init(&s->jws, JWS_MAX);
    progress_start(&s->progress, T("sending", "versturen"), count_waiting(batch->plan));
    for (size_t from = 0; from < batch->plan->row_count && result == BATCH_DONE;) {
        size_t end = wave_end(batch->plan, from);
        result = send_wave(s, from, end);
        /* Before a later response goes out, it must be sure on disk that the earlier one is settled. */
        if (spool_bulk_finish(batch->bulk) < 0) {
            failure_tell_errno(batch->homes);
            result = BATCH_FAILED;
        }
        from = end;
    }
    progress_end(&s->progress);
    buf_free(&s->parcel.body);
    buf_free(&s->home);
    buf_free(&s->jws);
    mem_free(s);
    return result;
}
