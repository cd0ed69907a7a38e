/* The wish lists the hashes by number, which is how the office knows its letters; the event's document lists them
 * ascending, and so tells nobody which letter is whose. */
#include "collector/acts/invitations.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/acts/hashes.h"
#include "collector/acts/kinds.h"
#include "crypto/base64url.h"
#include <stdlib.h>
#include <string.h>

/* Preparing. */

struct numbering {
    int64_t last;
    struct error *error;
};

/* Wishes of invitations hold numbers already. */
static int pass_asked_numbers(void *context, const struct store_wish *wish)
{
    struct numbering *numbering = context;
    int64_t first, count;
    if (strcmp(wish->kind, event_name(EVENT_INVITATIONS_CREATED)) != 0)
        return 0;
    struct json_fault fault;
    struct json *claims = json_parse(wish->claims, wish->claims_len, &fault);
    if (!claims && fault.no_memory)
        return error_no_memory(numbering->error);
    const struct json *from = json_member(claims, "first"), *number = json_member(claims, "count");
    if (from && number && json_integer(from, &first) == 0 && json_integer(number, &count) == 0 &&
        first + count - 1 > numbering->last)
        numbering->last = first + count - 1;
    json_free(claims);
    return 0;
}

/* What is wished for comes first: between the two it may become what there is, but never the other way. */
int act_next_invitation(struct store *store, int64_t *out, struct error *error)
{
    struct invitation_counts counts;
    struct numbering numbering = {.error = error};
    error->kind = ERROR_NONE;
    if (store_wish_each(store, pass_asked_numbers, &numbering) != STORE_OK)
        return error->kind == ERROR_NONE ? store_fail(store, error) : -1;
    if (store_invitation_count(store, &counts) != STORE_OK)
        return store_fail(store, error);
    *out = (counts.last > numbering.last ? counts.last : numbering.last) + 1;
    return 0;
}

int act_prepare_invitations(struct act_wish *wish, const struct act_invitations *invitations)
{
    act_wish_init(wish, EVENT_INVITATIONS_CREATED);
    buf_printf(&wish->claims, "{\"first\":%lld,\"count\":%zu,\"replaces\":%lld}", (long long)invitations->first,
               invitations->count, (long long)invitations->replaces);
    buf_expect(&wish->document, invitations->count * SHA256_BYTES);
    buf_put(&wish->document, invitations->hashes, invitations->count * SHA256_BYTES);
    return act_wish_check(wish);
}

/* Why an invitation that was found can't be withdrawn; NULL: it can. */
static const char *why_not_withdrawn(const struct store_invitation *invitation)
{
    switch (invitation->state) {
    case INVITATION_UNUSED:
        break;
    case INVITATION_USED:
        return T("this invitation has been used; `members revoke` refuses the member's later responses",
                 "deze uitnodiging is gebruikt; `members revoke` weigert latere reacties van het panellid");
    case INVITATION_WITHDRAWN:
        return T("this invitation was withdrawn already", "deze uitnodiging was al ingetrokken");
    }
    return NULL;
}

/* 0: it may be withdrawn. -1: *error says why not, ERROR_REFUSED, or that the store can't be read. */
static int check_withdrawal(struct store *store, const uint8_t hash[static SHA256_BYTES], struct error *error)
{
    struct store_invitation invitation;
    const char *why = NULL;
    switch (store_invitation_find(store, hash, &invitation)) {
    case STORE_OK:
        why = why_not_withdrawn(&invitation);
        break;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        why = T("there is no invitation with this code", "er is geen uitnodiging met deze code");
        break;
    case STORE_FAILED:
        return store_fail(store, error);
    }
    return why ? error_set(error, ERROR_REFUSED, "%s", why) : 0;
}

int act_prepare_withdrawal(struct act_wish *wish, struct store *store, const uint8_t hash[static SHA256_BYTES],
                           struct error *error)
{
    if (check_withdrawal(store, hash, error) < 0)
        return -1;
    act_wish_init(wish, EVENT_INVITATION_WITHDRAWN);
    buf_put_text(&wish->claims, "{\"code\":\"");
    base64url_put(&wish->claims, hash, SHA256_BYTES);
    buf_put_text(&wish->claims, "\"}");
    return act_wish_check(wish) == 0 ? 0 : error_no_memory(error);
}

/* Carrying out. */

/* A new invitation, as the database likes to have them: in the order of the hashes. */
struct numbered {
    uint8_t hash[SHA256_BYTES];
    int64_t number;
};

static int compare_numbered(const void *a, const void *b)
{
    return memcmp(((const struct numbered *)a)->hash, ((const struct numbered *)b)->hash, SHA256_BYTES);
}

static struct numbered *sort_invitations(const struct act_work *work, int64_t first)
{
    size_t count = (size_t)work->event.count;
    const uint8_t *hash = work->document;
    struct numbered *sorted = mem_calloc(count, sizeof *sorted);
    for (size_t i = 0; sorted && i < count; i++, hash += SHA256_BYTES) {
        memcpy(sorted[i].hash, hash, SHA256_BYTES);
        sorted[i].number = first + (int64_t)i;
    }
    if (sorted)
        qsort(sorted, count, sizeof *sorted, compare_numbered);
    return sorted;
}

static enum act_result add_invitations(struct act_work *work, const struct numbered *sorted)
{
    struct buf codes;
    size_t count = (size_t)work->event.count;
    buf_init(&codes, ACT_DOCUMENT_MAX);
    buf_expect(&codes, count * SHA256_BYTES);
    for (size_t i = 0; i < count; i++) {
        buf_put(&codes, sorted[i].hash, SHA256_BYTES);
        if (store_invitation_add(work->store, sorted[i].number, sorted[i].hash) == STORE_OK)
            continue;
        buf_free(&codes);
        return act_store_failed(work);
    }
    return act_keep_document(work, &codes, work->event.codes) == 0 ? ACT_DONE : act_no_memory(work);
}

enum act_result act_create_invitations(struct act_work *work)
{
    int64_t first;
    struct invitation_counts counts;
    struct event *event = &work->event;
    if (act_claim_integer(work, "first", &first) < 0 || act_claim_integer(work, "count", &event->count) < 0 ||
        act_claim_integer(work, "replaces", &event->replaces) < 0)
        return act_bad_claims(work);
    if (first < 1 || event->count < 1 || event->count > ACT_INVITATIONS_MAX || event->replaces < 0 ||
        event->replaces > event->count || work->document_len != (size_t)event->count * SHA256_BYTES)
        return act_bad_claims(work);
    if (store_invitation_count(work->store, &counts) != STORE_OK)
        return act_store_failed(work);
    if (first <= counts.last)
        return act_refuse(work, "%s",
                          T("other invitations have these numbers by now; create them again",
                            "andere uitnodigingen hebben deze nummers inmiddels; maak ze opnieuw"));
    struct numbered *sorted = sort_invitations(work, first);
    if (!sorted)
        return act_no_memory(work);
    enum act_result result = add_invitations(work, sorted);
    mem_free(sorted);
    return result;
}

enum act_result act_withdraw_invitation(struct act_work *work)
{
    static const struct store_invitation withdrawn = {.state = INVITATION_WITHDRAWN, .member = 0};
    if (act_claim_hash(work, "code", work->event.code) < 0)
        return act_bad_claims(work);
    if (check_withdrawal(work->store, work->event.code, &work->error) < 0)
        return work->error.kind == ERROR_REFUSED ? ACT_REFUSED : ACT_FAILED;
    if (store_invitation_mark(work->store, work->event.code, &withdrawn) != STORE_OK)
        return act_store_failed(work);
    return ACT_DONE;
}

bool act_invitation_is_in(const struct buf *document, const uint8_t hash[static SHA256_BYTES])
{
    return hashes_document_has(document, hash);
}
