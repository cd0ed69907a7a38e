/* One at a time and in order, each filed before the next is sent. See deliver.h. */
#include "client/net/deliver.h"
#include "client/home/evidence.h"
#include "client/home/held.h"
#include "client/home/receipts.h"
#include "crypto/jws.h"
#include "panel/problem.h"
#include <errno.h>
#include <string.h>

static enum delivery sort_refusal(const struct json *answer)
{
    const char *type = json_text(json_member(answer, "type"));
    if (held_sort(answer) != HELD_NOT)
        return DELIVERY_HELD;
    return type && problem_is_final(problem_find(type)) ? DELIVERY_REFUSED : DELIVERY_BLOCKED;
}

enum delivery deliver_sort(enum http_outcome outcome, unsigned status, const struct json *answer)
{
    int64_t index;
    switch (outcome) {
    case HTTP_DONE:
        if ((status == 200 || status == 201) && json_integer(json_member(answer, "index"), &index) == 0 && index >= 0)
            return DELIVERY_SENT;
        return DELIVERY_BLOCKED;
    case HTTP_RETRY:
        return DELIVERY_KEPT;
    case HTTP_REFUSED:
        return sort_refusal(answer);
    }
    return DELIVERY_BLOCKED;
}

struct round_trip {
    const struct delivery_way *way;
    struct http_answer *answer;
    const struct delivery_listener *listener;
    struct delivery_count *count;
    enum delivery stopped_by;
    int why; /* errno of a failure */
};

enum delivery deliver_prove(const char *home, const struct response_id *id, const struct slice *jws,
                            const struct slice *answer, const struct note_key *log, struct error *error)
{
    if (receipts_check_answer(jws, answer, log, error) == 0)
        return DELIVERY_SENT;
    return evidence_keep_answer(home, id, jws, answer) == 0 ? DELIVERY_UNPROVEN : DELIVERY_FAILED;
}

static enum delivery file_answer(const struct round_trip *trip, const struct response_id *id, const struct buf *jws,
                                 enum delivery delivery)
{
    const char *home = trip->way->home;
    struct slice signed_text = slice_of(jws), answer_text = slice_of(&trip->answer->body);
    if (delivery == DELIVERY_SENT)
        delivery = deliver_prove(home, id, &signed_text, &answer_text, trip->way->log, &trip->count->unproven);
    int filed = 0;
    if (delivery == DELIVERY_SENT || delivery == DELIVERY_REFUSED)
        filed =
            spool_settle(home, id, delivery == DELIVERY_SENT ? SPOOL_SENT : SPOOL_REFUSED, &signed_text, &answer_text);
    else if (delivery == DELIVERY_HELD)
        filed = spool_put_reason(home, id, &answer_text);
    return filed < 0 ? DELIVERY_FAILED : delivery;
}

static enum delivery send_jws(const struct round_trip *trip, const struct response_id *id, const struct buf *jws)
{
    struct http_request request = {
        .path = "/v1/responses", .content_type = "application/jose", .body = jws->data, .len = jws->len};
    enum http_outcome outcome = http_do(trip->way->http, &request, trip->answer);
    struct json *document = json_parse(buf_text(&trip->answer->body), trip->answer->body.len, NULL);
    enum delivery delivery = deliver_sort(outcome, trip->answer->status, document);
    json_free(document);
    return file_answer(trip, id, jws, delivery);
}

/* What can't be signed anew, since it is no response, goes as it is, and is refused for what it is. */
static int renew_where_held(const struct delivery_way *way, const struct response_id *id)
{
    return !way->key || held_renew(way->home, id, way->key) == 0 || errno == EILSEQ ? 0 : -1;
}

static enum delivery send_one(const struct round_trip *trip, const struct response_id *id)
{
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    enum delivery delivery = DELIVERY_FAILED;
    if (renew_where_held(trip->way, id) == 0 && spool_read(trip->way->home, id, &jws) == 0)
        delivery = send_jws(trip, id, &jws);
    buf_free(&jws);
    return delivery;
}

static int send_next(void *context, const struct response_id *id)
{
    struct round_trip *trip = context;
    if (trip->stopped_by != DELIVERY_SENT) {
        trip->count->kept++;
        return 0;
    }
    enum delivery delivery = send_one(trip, id);
    switch (delivery) {
    case DELIVERY_SENT:
        trip->count->sent++;
        break;
    case DELIVERY_REFUSED:
        trip->count->refused++;
        break;
    case DELIVERY_HELD:
        trip->count->held++;
        break;
    case DELIVERY_KEPT:
    case DELIVERY_BLOCKED:
    case DELIVERY_UNPROVEN:
    case DELIVERY_FAILED:
        trip->why = errno;
        trip->stopped_by = delivery;
        trip->count->kept++;
        return 0;
    }
    if (trip->listener->on_delivered)
        trip->listener->on_delivered(trip->listener->context, id, delivery, trip->answer);
    return 0;
}

enum delivery deliver_all(const struct delivery_way *way, struct http_answer *answer,
                          const struct delivery_listener *listener, struct delivery_count *count)
{
    *count = (struct delivery_count){0};
    struct round_trip trip = {.way = way, .answer = answer, .listener = listener, .count = count};
    if (spool_each(way->home, SPOOL_WAITING, send_next, &trip) != 0)
        return DELIVERY_FAILED;
    errno = trip.why;
    return trip.stopped_by;
}
