/* POST /v1/access: all that is kept of a member, for who has the member's key (PROTOCOL 5c). Made on the HTTP thread
 * from one moment of the store. Nothing of it is logged but that it was. */
#include "base/clock.h"
#include "base/json.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/acts/erasing.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/ops/metrics.h"
#include "crypto/jws.h"
#include "panel/response.h"

#define RETRY_SECONDS "60"

static const char kept_beside[] =
    "{\"nl\":\"Van uw uitnodiging: dat die gebruikt is, en het nummer ervan. Van elk antwoord: het nummer van de "
    "laatste "
    "herziening, ook als het gewist is. Wat van u gewist is staat in het logboek nog als hash, met het verzoek erom. "
    "In "
    "tellingen en gepubliceerde tabellen staat niemand afzonderlijk. Wie u bent weet de verzamelaar niet.\","
    "\"en\":\"Of your invitation: that it was used, and its number. Of each answer: the number of its last revision, "
    "also "
    "where it was erased. What was erased of yours stands in the log as a hash still, with the request for it. In "
    "counts "
    "and published tables nobody stands apart. Who you are the collector does not know.\"}";

/* One answer on its way. */
struct showing {
    struct store *store;
    struct buf *out;
    const char *before; /* a comma, from the second entry on */
    bool unread; /* an entry is not what it must be */
};

/* What a response says of itself beside its bytes. */
static void put_response_names(struct buf *out, const char *jws, size_t len)
{
    struct jws parts;
    struct response response;
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    if (jws_parse(jws, len, RESPONSE_TYP, &parts, NULL) == 0 && jws_decode_payload(&parts, &payload) == 0 &&
        response_parse(buf_text(&payload), payload.len, &response, NULL) == 0) {
        buf_put_text(out, ",\"round\":");
        json_put_text(out, response.round);
        buf_put_text(out, ",\"action\":");
        json_put_text(out, response.action);
        buf_printf(out, ",\"revision\":%lld", (long long)response.revision);
        response_free(&response);
    }
    buf_free(&payload);
}

static int put_kept_entry(void *context, int64_t index, const char *jws, size_t len)
{
    struct showing *showing = context;
    if (len == 0) {
        showing->unread = true;
        return -1;
    }
    buf_printf(showing->out, "%s{\"index\":%lld,\"state\":\"kept\"", showing->before, (long long)index);
    put_response_names(showing->out, jws, len);
    buf_put_text(showing->out, ",\"jws\":");
    json_put_string(showing->out, jws, len);
    buf_put_char(showing->out, '}');
    showing->before = ",";
    return 0;
}

/* A list of what a walk gives, to be read once the walk is over. */
struct requests {
    int64_t *list;
    size_t count, capacity;
};

static int note_request(void *context, int64_t request)
{
    struct requests *requests = context;
    int64_t *list = list_grow(requests->list, requests->count, &requests->capacity, sizeof *list);
    if (!list)
        return -1;
    requests->list = list;
    list[requests->count++] = request;
    return 0;
}

/* What the member has asked to be erased is theirs too, and is never erased. */
static int put_requests(struct showing *showing, int64_t member)
{
    struct requests requests = {.list = NULL};
    int result = -1;
    if (store_erasure_each(showing->store, member, note_request, &requests) == STORE_OK &&
        store_entry_each(showing->store, requests.list, requests.count, put_kept_entry, showing) == STORE_OK)
        result = 0;
    mem_free(requests.list);
    return result;
}

static int put_entries_of(struct showing *showing, const struct catalogue *catalogue, const struct store_member *member)
{
    struct erasing all;
    erasing_init(&all, showing->store, catalogue);
    int result = -1;
    if (erasing_add_member(&all, member) == 0 &&
        store_entry_each(showing->store, all.entries, erasing_gathered(&all), put_kept_entry, showing) == STORE_OK)
        result = put_requests(showing, member->number);
    erasing_wipe(&all);
    return result;
}

static int put_own_member(struct showing *showing, const struct catalogue *catalogue,
                          const struct access_request *request, const struct store_member *member)
{
    char when[CLOCK_TEXT_SIZE];
    clock_format(member->enrolled_at, when);
    buf_printf(showing->out, "{\"kid\":\"%s\",\"enrolment\":{\"index\":%lld,\"at\":\"%s\"},\"stratum\":null,",
               request->kid, (long long)member->index, when);
    buf_printf(showing->out, "\"revoked\":%s,\"entries\":[", member->revoked_at != 0 ? "true" : "false");
    if (put_entries_of(showing, catalogue, member) < 0 || showing->unread)
        return -1;
    buf_printf(showing->out, "],\"kept\":%s}", kept_beside);
    return 0;
}

/* From one moment of the store, so that nothing is shown in two states. */
static int put_access(struct service *service, const struct access_request *request, struct buf *out)
{
    struct error error;
    struct store_member member;
    struct store *store = snapshots_take(service->snapshots, &error);
    if (!store)
        return -1;
    struct showing showing = {.store = store, .out = out, .before = ""};
    struct catalogue *catalogue = catalogue_load(store, &error);
    int result = -1;
    if (catalogue && store_member_read(store, request->member.number, &member) == STORE_OK && !member.erased)
        result = put_own_member(&showing, catalogue, request, &member);
    catalogue_release(catalogue);
    snapshots_give_back(service->snapshots, store);
    return result;
}

static void answer_access(struct http_exchange *x, struct service *service, const struct access_request *request)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    if (put_access(service, request, &body) < 0) {
        buf_free(&body);
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
        return;
    }
    metrics_note_access();
    http_answer(x, 200, "application/json", &body);
}

/* Whether it was not answered before; if it was, or nobody can tell, the answer has been set. */
static bool is_new_request(struct http_exchange *x, struct service *service, const struct access_request *request)
{
    switch (replays_note(service->replays, request->member.number, request->jti, clock_now())) {
    case REPLAY_NEW:
        return true;
    case REPLAY_SEEN:
        http_answer_problem(x, PROBLEM_REPLAYED, "This very request was answered before; sign another.", NULL);
        return false;
    case REPLAY_TOO_MANY:
        http_answer_problem(x, PROBLEM_TOO_MANY, "This member has asked as often as one may for now; ask again later.",
                            ",\"retryAfter\":" RETRY_SECONDS);
        http_answer_header(x, "Retry-After", RETRY_SECONDS);
        return false;
    case REPLAY_FULL:
        break;
    }
    http_answer_problem(x, PROBLEM_UNAVAILABLE, "Too many have asked for their data just now; ask again later.", NULL);
    http_answer_header(x, "Retry-After", RETRY_SECONDS);
    return false;
}

void api_access_post(struct http_exchange *x, void *context)
{
    struct service *service = context;
    const struct buf *body = http_body(x);
    struct refusal refusal;
    struct access_request request;
    refusal_init(&refusal);
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    int admitted =
        submit_access(service->shared.roster, catalogue, buf_text(body), body->len, clock_now(), &request, &refusal);
    catalogue_release(catalogue);
    if (admitted < 0) {
        api_answer_refused(x, &refusal);
    } else if (is_new_request(x, service, &request)) {
        answer_access(x, service, &request);
    }
    refusal_free(&refusal);
}
