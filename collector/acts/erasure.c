/* An entry -> whose it is -> the wish, by the store's numbers -> gathered anew where it is carried out, so that what
 * was answered meanwhile goes too. */
#include "collector/acts/erasure.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/acts/kinds.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/response.h"
#include <stdlib.h>
#include <string.h>

static const char *const reasons[] = {"order", "unlawful-content", "request", "retention"};

bool act_is_erasure_reason(const char *reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reason, reasons[i]) == 0)
            return true;
    return false;
}

/* Whose an entry is. */

struct author {
    const char *kid;
    struct store_member member;
    bool found;
};

static int compare_author(void *context, const struct store_member *member)
{
    struct author *author = context;
    char kid[KID_SIZE];
    if (member->erased)
        return 0;
    key_thumbprint(member->public_key, kid);
    author->found = strcmp(kid, author->kid) == 0;
    author->member = *member;
    return author->found;
}

static int find_entry_author(struct erasing *erasing, const char *kid, struct store_member *out)
{
    struct author author = {.kid = kid};
    if (store_member_each(erasing->store, compare_author, &author) == STORE_FAILED && !author.found)
        return store_fail(erasing->store, &erasing->error);
    if (!author.found)
        return error_set(
            &erasing->error, ERROR_DAMAGED, "%s",
            T("the entry is of no member; run `audit`", "de regel is van geen panellid; voer `audit` uit"));
    *out = author.member;
    return 0;
}

static int add_response(struct erasing *erasing, const struct jws *jws, const struct response *response)
{
    const struct catalogue *catalogue = erasing->catalogue;
    struct store_member member;
    int round = panel_find_round(catalogue->panel, response->round);
    int action = action_list_find(catalogue->actions, response->action);
    if (round < 0 || action < 0)
        return error_set(&erasing->error, ERROR_DAMAGED, "%s",
                         T("the response is of a round or action that the panel does not have; run `audit`",
                           "de reactie is van een ronde of actie die het panel niet heeft; voer `audit` uit"));
    if (find_entry_author(erasing, jws->kid, &member) < 0)
        return -1;
    return erasing_add_response(erasing, &(struct erasing_response){catalogue->round_numbers[round], member.number,
                                                                    catalogue->action_numbers[action]});
}

static int add_of_response(struct erasing *erasing, const struct jws *jws)
{
    struct buf payload;
    struct response response;
    int result = -1;
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(jws, &payload) < 0)
        error_no_memory(&erasing->error);
    else if (response_parse(buf_text(&payload), payload.len, &response, &erasing->error) == 0) {
        result = add_response(erasing, jws, &response);
        response_free(&response);
    }
    buf_free(&payload);
    return result;
}

static int add_of_enrolment(struct erasing *erasing, const struct jws *jws)
{
    struct store_member member;
    return find_entry_author(erasing, jws->kid, &member) < 0 ? -1 : erasing_add_member(erasing, &member);
}

static int add_of_entry(struct erasing *erasing, int64_t index, const struct buf *entry)
{
    struct jws jws;
    if (jws_parse(buf_text(entry), entry->len, RESPONSE_TYP, &jws, NULL) == 0)
        return add_of_response(erasing, &jws);
    if (jws_parse(buf_text(entry), entry->len, ENROLMENT_TYP, &jws, NULL) == 0)
        return add_of_enrolment(erasing, &jws);
    return error_set(
        &erasing->error, ERROR_REFUSED,
        T("entry %lld is no response and no enrolment: events and requests to erase stay",
          "regel %lld is geen reactie en geen aanmelding: gebeurtenissen en verzoeken om te wissen blijven"),
        (long long)index);
}

int act_gather_entry(struct erasing *erasing, int64_t index)
{
    struct buf entry;
    int result = -1;
    buf_init(&entry, JWS_MAX);
    switch (store_entry_read(erasing->store, index, &entry)) {
    case STORE_OK:
        result = add_of_entry(erasing, index, &entry);
        break;
    case STORE_ERASED:
        error_set(&erasing->error, ERROR_REFUSED, T("entry %lld was erased already", "regel %lld was al gewist"),
                  (long long)index);
        break;
    case STORE_NONE:
        error_set(&erasing->error, ERROR_REFUSED, T("the log has no entry %lld", "het logboek heeft geen regel %lld"),
                  (long long)index);
        break;
    case STORE_FAILED:
        store_fail(erasing->store, &erasing->error);
        break;
    }
    buf_free(&entry);
    return result;
}

/* The wish. */

static bool goes_whole(const struct erasing *erasing, int64_t member)
{
    for (size_t i = 0; i < erasing->member_count; i++)
        if (erasing->members[i].number == member)
            return true;
    return false;
}

static void put_wish(struct buf *out, const struct erasing *erasing, const char *reason, const char *reference)
{
    const char *before = "";
    buf_put_text(out, "{\"members\":[");
    for (size_t i = 0; i < erasing->member_count; i++)
        buf_printf(out, "%s%lld", i > 0 ? "," : "", (long long)erasing->members[i].number);
    buf_put_text(out, "],\"responses\":[");
    for (size_t i = 0; i < erasing->response_count; i++) {
        const struct erasing_response *response = &erasing->responses[i];
        if (goes_whole(erasing, response->member))
            continue;
        buf_printf(out, "%s[%lld,%lld,%lld]", before, (long long)response->round, (long long)response->member,
                   (long long)response->action);
        before = ",";
    }
    buf_printf(out, "],\"reason\":\"%s\"", reason);
    if (reference) {
        uint8_t hash[SHA256_BYTES];
        crypto_sha256(reference, strlen(reference), hash);
        buf_put_text(out, ",\"reference\":\"");
        base64url_put(out, hash, sizeof hash);
        buf_put_char(out, '"');
    }
    buf_put_char(out, '}');
}

int act_prepare_erasure(struct act_wish *wish, const struct erasing *erasing, const char *reason, const char *reference,
                        struct error *error)
{
    if (erasing->count == 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("there is nothing there that is not erased", "daar is niets dat niet gewist is"));
    act_wish_init(wish, EVENT_ENTRIES_ERASED);
    put_wish(&wish->claims, erasing, reason, reference);
    if (buf_check(&wish->claims) == 0)
        return 0;
    act_wish_wipe(wish);
    return error_no_memory(error);
}

/* Carrying out. */

static int read_number(const struct json *value, int64_t *out)
{
    return value ? json_integer(value, out) : -1;
}

/* A member who has erased everything meanwhile leaves nothing to do. */
static int gather_wished_member(struct erasing *erasing, const struct json *value)
{
    int64_t number;
    struct store_member member;
    if (read_number(value, &number) < 0)
        return 0;
    switch (store_member_read(erasing->store, number, &member)) {
    case STORE_OK:
        return member.erased ? 0 : erasing_add_member(erasing, &member);
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return 0;
    case STORE_FAILED:
        break;
    }
    return store_fail(erasing->store, &erasing->error);
}

static int gather_wished_response(struct erasing *erasing, const struct json *value)
{
    struct erasing_response response;
    const struct json *part = json_first(value);
    if (read_number(part, &response.round) < 0 || read_number(part = json_next(part), &response.member) < 0 ||
        read_number(json_next(part), &response.action) < 0)
        return 0;
    return erasing_add_response(erasing, &response);
}

static int gather_wish(struct erasing *erasing, const struct json *claims)
{
    for (const struct json *one = json_first(json_member(claims, "members")); one; one = json_next(one))
        if (gather_wished_member(erasing, one) < 0)
            return -1;
    for (const struct json *one = json_first(json_member(claims, "responses")); one; one = json_next(one))
        if (gather_wished_response(erasing, one) < 0)
            return -1;
    return 0;
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The lists are the work's from here on. -1: no memory. */
static int take_lists(struct act_work *work, struct erasing *erasing)
{
    size_t count = erasing->member_count;
    int64_t *enrolments = mem_calloc(count > 0 ? count : 1, sizeof *enrolments);
    if (!enrolments)
        return -1;
    for (size_t i = 0; i < count; i++)
        enrolments[i] = erasing->members[i].index;
    if (count > 1)
        qsort(enrolments, count, sizeof *enrolments, compare_numbers);
    work->own_lists[0] = erasing->entries;
    work->own_lists[1] = enrolments;
    work->event.entries = (struct event_indexes){erasing->entries, erasing->count};
    work->event.enrolments = (struct event_indexes){enrolments, count};
    erasing->entries = NULL;
    return 0;
}

/* Leaves the first of its entries to the event, with the enrolments that are among them, and gives the others: what
 * would have all of them follow on it. */
static struct event split_event(struct event *event)
{
    struct event rest = *event;
    size_t among = 0;
    event->entries.count = ERASING_EVENT_MAX;
    rest.entries.list += ERASING_EVENT_MAX;
    rest.entries.count -= ERASING_EVENT_MAX;
    while (among < event->enrolments.count && event->enrolments.list[among] < rest.entries.list[0])
        among++;
    event->enrolments.count = among;
    rest.enrolments.list += among;
    rest.enrolments.count -= among;
    return rest;
}

/* As many events as name all entries. -1: no memory. */
static int fill_events(struct act_work *work)
{
    size_t more = (work->event.entries.count - 1) / ERASING_EVENT_MAX;
    work->more = more > 0 ? mem_calloc(more, sizeof *work->more) : NULL;
    if (more > 0 && !work->more)
        return -1;
    for (struct event *event = &work->event; work->more_count < more; event = &work->more[work->more_count++])
        work->more[work->more_count] = split_event(event);
    return 0;
}

static enum act_result carry_out_gathered(struct act_work *work, struct erasing *erasing)
{
    if (erasing_carry_out(erasing, work->index) < 0) {
        work->error = erasing->error;
        return ACT_FAILED;
    }
    for (size_t i = 0; i < erasing->member_count; i++)
        if (act_note_member(work, &erasing->members[i]) < 0)
            return act_no_memory(work);
    return take_lists(work, erasing) < 0 || fill_events(work) < 0 ? act_no_memory(work) : ACT_DONE;
}

static enum act_result erase_wished(struct act_work *work, struct erasing *erasing)
{
    if (gather_wish(erasing, work->claims) < 0) {
        work->error = erasing->error;
        return ACT_FAILED;
    }
    if (erasing_gathered(erasing) == 0)
        return act_refuse(work, "%s",
                          T("there is nothing there that is not erased", "daar is niets dat niet gewist is"));
    return carry_out_gathered(work, erasing);
}

enum act_result act_erase_entries(struct act_work *work)
{
    struct erasing erasing;
    work->event.by = "operator";
    work->event.request = -1;
    if (act_claim_text(work, "reason", &work->event.reason) < 0 || !act_is_erasure_reason(work->event.reason))
        return act_bad_claims(work);
    if (json_member(work->claims, "reference")) {
        if (act_claim_hash(work, "reference", work->event.reference) < 0)
            return act_bad_claims(work);
        work->event.has_reference = true;
    }
    erasing_init(&erasing, work->store, work->catalogue);
    enum act_result result = erase_wished(work, &erasing);
    erasing_wipe(&erasing);
    return result;
}
