/* The office knows its letters by number; the event's document lists their hashes ascending, and so tells nobody which
 * letter is whose. */
#include "collector/acts/invitations.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/acts/hashes.h"
#include "collector/acts/kinds.h"
#include "crypto/base64url.h"
#include <stdlib.h>
#include <string.h>

#define STAGED_AT_ONCE 4096 /* rows in one transaction: some hundredths of a second */
#define PAUSE_MS_MAX 10 /* between two of them */
#define CLEARING_PAUSE_MS 5 /* between two parts that are taken away */
#define ABANDONED_AFTER 3600 /* seconds */

static int64_t last_of(const struct act_invitations *invitations)
{
    return invitations->first + (int64_t)invitations->count - 1;
}

/* Taking away. */

static enum store_result clear_handout(struct store *store, int64_t last)
{
    for (unsigned part = 0; part < STORE_HANDOUT_PARTS; part++) {
        enum store_result result = store_handout_clear(store, last, part);
        if (result == STORE_FAILED)
            return STORE_FAILED;
        if (result == STORE_OK)
            clock_sleep_ms(CLEARING_PAUSE_MS);
    }
    return STORE_OK;
}

/* STORE_NONE: it was opened, or none is there. As long as there are rows of it, who begins the next finds its numbers
 * taken. */
static enum store_result give_up_handout(struct store *store, int64_t last)
{
    enum store_result result = store_handout_close(store, last);
    if (result == STORE_OK)
        result = clear_handout(store, last);
    if (result == STORE_OK && store_handout_end(store, last) == STORE_FAILED)
        result = STORE_FAILED;
    return result;
}

/* What was cut off. */

struct lasts {
    int64_t *list;
    size_t count, capacity;
    int64_t before; /* begun before that moment */
    struct error *error;
};

static int add_last(struct lasts *lasts, int64_t last)
{
    int64_t *list = list_grow(lasts->list, lasts->count, &lasts->capacity, sizeof *list);
    if (!list)
        return error_no_memory(lasts->error);
    lasts->list = list;
    lasts->list[lasts->count++] = last;
    return 0;
}

/* What can't be read here is refused where it is carried out. */
static int note_asked(void *context, const struct store_wish *wish)
{
    struct lasts *asked = context;
    int64_t first, count;
    struct json_fault fault;
    if (strcmp(wish->kind, event_name(EVENT_INVITATIONS_CREATED)) != 0)
        return 0;
    struct json *claims = json_parse(wish->claims, wish->claims_len, &fault);
    if (!claims && fault.no_memory)
        return error_no_memory(asked->error);
    const struct json *from = json_member(claims, "first"), *number = json_member(claims, "count");
    bool is_read = from && number && json_integer(from, &first) == 0 && json_integer(number, &count) == 0 &&
                   first > 0 && first < INT64_MAX - ACT_INVITATIONS_MAX && count > 0 && count <= ACT_INVITATIONS_MAX;
    int result = is_read ? add_last(asked, first + count - 1) : 0;
    json_free(claims);
    return result;
}

static int note_abandoned(void *context, int64_t last, int64_t since)
{
    struct lasts *abandoned = context;
    return since < abandoned->before ? add_last(abandoned, last) : 0;
}

static bool has_last(const struct lasts *lasts, int64_t last)
{
    for (size_t i = 0; i < lasts->count; i++)
        if (lasts->list[i] == last)
            return true;
    return false;
}

static int give_up_abandoned(struct store *store, const struct lasts *abandoned, const struct lasts *asked)
{
    for (size_t i = 0; i < abandoned->count; i++)
        if (!has_last(asked, abandoned->list[i]) && give_up_handout(store, abandoned->list[i]) == STORE_FAILED)
            return store_fail(store, asked->error);
    return 0;
}

/* What is asked for is read first: between the two it may have been carried out, and then it is not told as begun. */
int act_tidy_invitations(struct store *store, int64_t now, struct error *error)
{
    struct lasts asked = {.error = error}, abandoned = {.before = now - ABANDONED_AFTER, .error = error};
    int result = 0;
    if (store_wish_each(store, note_asked, &asked) != STORE_OK ||
        store_handout_each(store, note_abandoned, &abandoned) != STORE_OK)
        result = store_fail(store, error);
    if (result == 0)
        result = give_up_abandoned(store, &abandoned, &asked);
    mem_free(asked.list);
    mem_free(abandoned.list);
    return result;
}

/* Preparing. */

/* As `result` says; -1, and *error is set, also where the commit failed. */
static int end_staging(struct store *store, enum store_result result, struct error *error)
{
    if (result == STORE_OK && store_commit(store) == STORE_OK)
        return 0;
    if (result == STORE_NONE)
        error_set(error, ERROR_REFUSED, "%s",
                  T("these invitations were begun more than an hour ago and have been taken away; create them again",
                    "deze uitnodigingen zijn meer dan een uur geleden begonnen en weggehaald; maak ze opnieuw"));
    else
        (void)store_fail(store, error);
    store_rollback(store);
    return -1;
}

int act_set_aside(struct store *store, size_t count, int64_t now, int64_t *first, struct error *error)
{
    int64_t last;
    if (store_begin_invitations(store) != STORE_OK)
        return store_fail(store, error);
    enum store_result result = store_handout_last(store, &last);
    if (result == STORE_OK)
        result = store_handout_begin(store, last + (int64_t)count, now);
    if (end_staging(store, result, error) < 0)
        return -1;
    *first = last + 1;
    return 0;
}

static int compare_numbered(const void *a, const void *b)
{
    return memcmp(((const struct store_numbered *)a)->hash, ((const struct store_numbered *)b)->hash, SHA256_BYTES);
}

/* As the database likes to have them, and as the document names them: in the order of the hashes. */
static struct store_numbered *sort_invitations(const struct act_invitations *invitations)
{
    struct store_numbered *sorted = mem_calloc(invitations->count, sizeof *sorted);
    for (size_t i = 0; sorted && i < invitations->count; i++) {
        memcpy(sorted[i].hash, invitations->hashes[i], SHA256_BYTES);
        sorted[i].number = invitations->first + (int64_t)i;
    }
    if (sorted)
        qsort(sorted, invitations->count, sizeof *sorted, compare_numbered);
    return sorted;
}

/* Where one at a time writes, who waits gets in between: the store is left alone for as long as it was held. */
static int stage_some(struct store *store, int64_t last, const struct store_numbered *some, size_t count,
                      struct error *error)
{
    if (store_begin_invitations(store) != STORE_OK)
        return store_fail(store, error);
    int64_t begun = clock_monotonic_us();
    if (end_staging(store, store_handout_add(store, last, some, count), error) < 0)
        return -1;
    int64_t took = (clock_monotonic_us() - begun) / 1000;
    clock_sleep_ms(took < PAUSE_MS_MAX ? took : PAUSE_MS_MAX);
    return 0;
}

int act_stage_invitations(struct store *store, const struct act_invitations *invitations, struct buf *codes,
                          struct error *error)
{
    int result = 0;
    struct store_numbered *sorted = sort_invitations(invitations);
    if (!sorted)
        return error_no_memory(error);
    buf_expect(codes, invitations->count * SHA256_BYTES);
    for (size_t i = 0; i < invitations->count; i++)
        buf_put(codes, sorted[i].hash, SHA256_BYTES);
    if (buf_check(codes) < 0)
        result = error_no_memory(error);
    for (size_t i = 0; i < invitations->count && result == 0; i += STAGED_AT_ONCE) {
        size_t left = invitations->count - i;
        result =
            stage_some(store, last_of(invitations), sorted + i, left < STAGED_AT_ONCE ? left : STAGED_AT_ONCE, error);
    }
    mem_free(sorted);
    return result;
}

int act_prepare_invitations(struct act_wish *wish, struct store *store, const struct act_invitations *invitations,
                            const struct buf *codes, struct error *error)
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256(codes->data, codes->len, hash);
    if (store_document_add(store, hash, codes->data, codes->len) != STORE_OK)
        return store_fail(store, error);
    act_wish_init(wish, EVENT_INVITATIONS_CREATED);
    buf_printf(&wish->claims, "{\"first\":%lld,\"count\":%zu,\"replaces\":%lld,\"codes\":\"",
               (long long)invitations->first, invitations->count, (long long)invitations->replaces);
    base64url_put(&wish->claims, hash, sizeof hash);
    buf_put_text(&wish->claims, "\"}");
    return act_wish_check(wish) == 0 ? 0 : error_no_memory(error);
}

int act_give_up_invitations(struct store *store, const struct act_invitations *invitations, const struct buf *codes,
                            struct error *error)
{
    uint8_t hash[SHA256_BYTES];
    enum store_result result = give_up_handout(store, last_of(invitations));
    if (result == STORE_OK && codes->len > 0) {
        crypto_sha256(codes->data, codes->len, hash);
        if (store_document_remove(store, hash) == STORE_FAILED)
            result = STORE_FAILED;
    }
    return result == STORE_FAILED ? store_fail(store, error) : 0;
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

/* All was put there before, so that this is short: one row of the handing out, and nobody waits for it. */
enum act_result act_create_invitations(struct act_work *work)
{
    int64_t first;
    size_t len;
    struct event *event = &work->event;
    if (act_claim_integer(work, "first", &first) < 0 || act_claim_integer(work, "count", &event->count) < 0 ||
        act_claim_integer(work, "replaces", &event->replaces) < 0 || act_claim_hash(work, "codes", event->codes) < 0)
        return act_bad_claims(work);
    if (first < 1 || first > INT64_MAX - ACT_INVITATIONS_MAX || event->count < 1 ||
        event->count > ACT_INVITATIONS_MAX || event->replaces < 0 || event->replaces > event->count)
        return act_bad_claims(work);
    enum store_result result = store_document_size(work->store, event->codes, &len);
    if (result == STORE_OK)
        result = len == (size_t)event->count * SHA256_BYTES ? store_handout_open(work->store, first + event->count - 1)
                                                            : STORE_NONE;
    if (result == STORE_OK)
        return ACT_DONE;
    return result == STORE_FAILED
               ? act_store_failed(work)
               : act_refuse(work, "%s",
                            T("these invitations are not there any more, or can be used already; create them again",
                              "deze uitnodigingen zijn er niet meer, of kunnen al gebruikt worden; maak ze opnieuw"));
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
