/* POST /v1/access: all that is kept of a member, for who has the member's key (PROTOCOL 5c). Made from one moment of
 * the store on a thread for that, since a member may have thousands of entries, into a file, and sent from there.
 * Nothing of it is logged but that it was. */
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/acts/erasing.h"
#include "collector/api/looking.h"
#include "collector/api/made.h"
#include "collector/api/resources.h"
#include "collector/api/shared.h"
#include "collector/api/troubles.h"
#include "collector/ops/metrics.h"
#include "crypto/jws.h"
#include "panel/response.h"
#include <string.h>

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

/* An answer on its way. */
struct access_making {
    struct made made;
    struct access_request request;
    struct catalogue *catalogue; /* of that moment */
    struct erasing all; /* what there is of the member, gathered as for erasing */
    struct buf chunk; /* to be put into the file */
    const char *before; /* a comma, from the second of a list on */
};

static void release_access(void *attachment)
{
    struct access_making *making = attachment;
    erasing_wipe(&making->all);
    buf_free(&making->chunk);
    catalogue_release(making->catalogue);
    made_wipe(&making->made);
    mem_free(making);
}

static struct access_making *making_of(struct made *made)
{
    return (struct access_making *)((char *)made - offsetof(struct access_making, made));
}

/* Puts the chunk into the file where it has grown to one. */
static int write_when_full(struct access_making *making)
{
    if (making->chunk.len < MADE_CHUNK && buf_check(&making->chunk) == 0)
        return 0;
    int result = made_append(&making->made, &making->chunk);
    buf_reset(&making->chunk);
    return result;
}

/* What a response says of itself beside its bytes. -1: no memory. */
static int put_response_names(struct buf *out, const char *jws, size_t len)
{
    struct jws parts;
    struct response response;
    struct buf payload;
    struct error why = {0};
    buf_init(&payload, JWS_MAX);
    if (jws_parse(jws, len, RESPONSE_TYP, &parts, &why) == 0 && jws_decode_payload(&parts, &payload) == 0 &&
        response_parse(buf_text(&payload), payload.len, &response, &why) == 0) {
        buf_put_text(out, ",\"round\":");
        json_put_text(out, response.round);
        buf_put_text(out, ",\"action\":");
        json_put_text(out, response.action);
        buf_printf(out, ",\"revision\":%lld", (long long)response.revision);
        response_free(&response);
    }
    int result = buf_check(&payload) < 0 || why.kind == ERROR_MEMORY ? -1 : 0;
    buf_free(&payload);
    return result;
}

static int put_kept_entry(void *context, int64_t index, const char *jws, size_t len)
{
    struct access_making *making = context;
    if (len == 0)
        return error_set(&making->made.error, ERROR_DAMAGED,
                         T("entry %lld is erased, and is still a member's; run `audit`",
                           "regel %lld is gewist, en nog van een panellid; voer `audit` uit"),
                         (long long)index);
    buf_printf(&making->chunk, "%s{\"index\":%lld,\"state\":\"kept\"", making->before, (long long)index);
    if (put_response_names(&making->chunk, jws, len) < 0)
        return error_no_memory(&making->made.error);
    buf_put_text(&making->chunk, ",\"jws\":");
    json_put_string(&making->chunk, jws, len);
    buf_put_char(&making->chunk, '}');
    making->before = ",\n";
    return write_when_full(making);
}

/* Of a walk: what stopped it here is the reason, and else what the store says. */
static int end_walk(struct access_making *making, enum store_result result)
{
    if (result == STORE_OK)
        return 0;
    return making->made.error.kind != ERROR_NONE ? -1 : store_fail(making->made.store, &making->made.error);
}

static int put_listed_entries(struct access_making *making, const int64_t *indexes, size_t count)
{
    return end_walk(making, store_entry_each(making->made.store, indexes, count, put_kept_entry, making));
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
static int put_requests(struct access_making *making, int64_t member)
{
    struct requests requests = {.list = NULL};
    int result = end_walk(making, store_erasure_each(making->made.store, member, note_request, &requests));
    if (result == 0)
        result = put_listed_entries(making, requests.list, requests.count);
    mem_free(requests.list);
    return result;
}

/* What was gathered takes memory until all is written. */
static int put_entries_of(struct access_making *making, const struct store_member *member)
{
    struct erasing *all = &making->all;
    erasing_init(all, making->made.store, making->catalogue);
    if (erasing_add_member(all, member) < 0) {
        making->made.error = all->error;
        return -1;
    }
    size_t bytes = all->capacity * sizeof *all->entries + all->response_capacity * sizeof *all->responses;
    if (http_charge(making->made.exchange, bytes) < 0)
        return error_no_memory(&making->made.error);
    return put_listed_entries(making, all->entries, erasing_gathered(all)) < 0 ? -1
                                                                               : put_requests(making, member->number);
}

/* What was erased. */

struct erased_walk {
    struct access_making *making;
    size_t round; /* of the catalogue */
};

static int put_erased_response(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    const struct erased_walk *walk = context;
    struct access_making *making = walk->making;
    int place = current->index < 0 ? catalogue_find_action(making->catalogue, action) : -1;
    (void)member;
    if (place < 0)
        return 0;
    buf_printf(&making->chunk, "%s{\"round\":", making->before);
    json_put_text(&making->chunk, making->catalogue->panel->rounds[walk->round].id);
    buf_put_text(&making->chunk, ",\"action\":");
    json_put_text(&making->chunk, making->catalogue->actions->list[place].id);
    buf_printf(&making->chunk, ",\"revision\":%lld}", (long long)current->revision);
    making->before = ",\n";
    return write_when_full(making);
}

/* Of each response that was erased, and not given again, what is kept: how high its last revision was. */
static int put_erased_responses(struct access_making *making, int64_t member)
{
    struct erased_walk walk = {.making = making};
    making->before = "";
    for (; walk.round < making->catalogue->panel->round_count; walk.round++) {
        int64_t number = making->catalogue->round_numbers[walk.round];
        if (end_walk(making, store_current_each_of(making->made.store, number, member, put_erased_response, &walk)) < 0)
            return -1;
    }
    return 0;
}

/* The answer. */

static int put_own_member(struct access_making *making, const struct store_member *member)
{
    char when[CLOCK_TEXT_SIZE];
    struct buf *out = &making->chunk;
    clock_format(member->enrolled_at, when);
    buf_printf(out, "{\"kid\":\"%s\",\"enrolment\":{\"index\":%lld,\"at\":\"%s\"},\"stratum\":null,",
               making->request.kid, (long long)member->index, when);
    buf_printf(out, "\"revoked\":%s,\"entries\":[", member->revoked_at != 0 ? "true" : "false");
    if (put_entries_of(making, member) < 0)
        return -1;
    buf_put_text(out, "],\"erased\":[");
    if (put_erased_responses(making, member->number) < 0)
        return -1;
    buf_printf(out, "],\"kept\":%s}", kept_beside);
    return made_append(&making->made, out);
}

static int fail_moment(struct made *made)
{
    return store_fail(made->store, &made->error);
}

/* From one moment of the store, so that nothing is shown in two states. */
static int make_access(struct made *made)
{
    struct access_making *making = making_of(made);
    struct store_member member;
    if (made_take_moment(made, made->service->snapshots) < 0 || made_open_file(made) < 0)
        return -1;
    making->catalogue = catalogue_load(made->store, &made->error);
    if (!making->catalogue)
        return -1;
    if (store_member_read(made->store, making->request.member.number, &member) != STORE_OK)
        return fail_moment(made);
    if (member.erased)
        return error_set(&made->error, ERROR_REFUSED, "%s",
                         T("the member has erased everything meanwhile", "het panellid heeft intussen alles gewist"));
    if (memcmp(member.public_key, making->request.member.public_key, KEY_BYTES) != 0)
        return error_set(&made->error, ERROR_IO, "%s",
                         T("the member's number is another's after a failover of the store",
                           "het nummer van het panellid is na een failover van de opslag dat van een ander"));
    return put_own_member(making, &member);
}

static struct api_troubles troubles = API_TROUBLES("access");

static void answer_access(struct http_exchange *x, void *context)
{
    struct service *service = context;
    struct access_making *making = http_attachment(x);
    if (making->made.error.kind == ERROR_NONE) {
        api_trouble_passed(&troubles);
        metrics_note_access();
        made_answer(&making->made, "application/json");
        return;
    }
    replays_take_back(service->replays, making->request.member.number, making->request.jti);
    api_trouble_met(&troubles, &making->made.error);
    http_answer_problem(x, PROBLEM_UNAVAILABLE, API_LOG_UNREADABLE_DETAIL, NULL);
}

static void begin_access(struct http_exchange *x, struct service *service, const struct access_request *request)
{
    struct access_making *making = mem_calloc(1, sizeof *making);
    if (!making) {
        replays_take_back(service->replays, request->member.number, request->jti);
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_NO_MEMORY_DETAIL, NULL);
        return;
    }
    made_init(&making->made, x, service, make_access);
    making->request = *request;
    making->before = "";
    buf_init(&making->chunk, SIZE_MAX);
    http_attach(x, making, release_access);
    made_begin(&making->made, answer_access);
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

/* Who is nobody that is known here may have enrolled at another collector a moment ago. */
static int check_access(struct http_exchange *x, struct service *service, struct access_request *request,
                        struct refusal *refusal)
{
    const struct buf *body = http_body(x);
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    int result =
        submit_access(service->shared.roster, catalogue, buf_text(body), body->len, clock_now(), request, refusal);
    catalogue_release(catalogue);
    return result;
}

/* After a look, where one was needed. */
static void give_access(struct http_exchange *x, struct service *service, bool seen)
{
    struct refusal refusal;
    struct access_request request;
    refusal_init(&refusal);
    if (check_access(x, service, &request, &refusal) == 0) {
        if (is_new_request(x, service, &request))
            begin_access(x, service, &request);
    } else if (refusal.problem == PROBLEM_NOT_VERIFIED && !seen) {
        http_answer_problem(x, PROBLEM_UNAVAILABLE, API_UNSEEN_DETAIL, NULL);
    } else {
        api_answer_refused(x, &refusal);
    }
    refusal_free(&refusal);
}

void api_access_post(struct http_exchange *x, void *context)
{
    api_look(x, context, give_access);
}
