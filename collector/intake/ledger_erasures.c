/* A member's request to erase, in its place among a batch (PROTOCOL 5b): the request is appended, what it names goes,
 * and the events that tell so follow at once, in the same commit; after it -wal is emptied, where what was erased would
 * otherwise stand until it is written over. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collector/acts/erasing.h"
#include "collector/intake/check.h"
#include "collector/intake/ledger_inner.h"
#include "collector/state/recorded.h"
#include <string.h>

#define SETTLE_AGAIN_US 400000 /* while somebody reads what was before */

static int refuse_erasure(struct submission *s, enum problem problem, const char *detail)
{
    s->verdict = VERDICT_REFUSED;
    s->problem = problem;
    s->detail = detail;
    return 0;
}

/* Appends to what the submission says was erased. */
static int note_erased_indexes(struct ledger *ledger, struct submission *s, const struct event_indexes *entries)
{
    int64_t *erased = mem_resize(s->erased, s->erased_count + entries->count, sizeof *erased);
    if (!erased)
        return error_no_memory(&ledger->error);
    memcpy(erased + s->erased_count, entries->list, entries->count * sizeof *erased);
    s->erased = erased;
    s->erased_count += entries->count;
    return 0;
}

/* The first answer. */

/* The event that was looked for is there, and is of this kind. */
struct event_look {
    int64_t index;
    bool found;
};

static int look_at_erasing_event(void *context, int64_t index, const char *kind)
{
    struct event_look *look = context;
    look->found = index == look->index && strcmp(kind, event_name(EVENT_ENTRIES_ERASED)) == 0;
    return 0;
}

/* 1: the event at `index` carried out this request, and what it erased is noted; 0: it did not, or there is none. */
static int note_first_event(struct ledger *ledger, struct submission *s, int64_t request, int64_t index)
{
    struct event event;
    struct event_look look = {index, false};
    if (store_event_each(ledger->store, index, 1, look_at_erasing_event, &look) != STORE_OK)
        return ledger_store_failed(ledger);
    if (!look.found)
        return 0;
    if (recorded_read(ledger->store, index, &event, &ledger->error) < 0)
        return -1;
    bool its = strcmp(event.by, "member") == 0 && event.request == request;
    int result = its ? note_erased_indexes(ledger, s, &event.entries) : 0;
    event_free(&event);
    return result < 0 ? -1 : its;
}

static int repeat_answer(struct ledger *ledger, struct submission *s, int64_t request)
{
    int more = 1;
    for (int64_t index = request + 1; more > 0; index++)
        more = note_first_event(ledger, s, request, index);
    s->verdict = VERDICT_REPEATED;
    s->index = request;
    return more;
}

/* Erasing. */

/* The member, where they are one still: who erases everything twice in one batch is none the second time. */
static bool find_own_place(const struct ledger *ledger, const struct submission *s, struct store_member *out)
{
    struct roster_member member;
    for (size_t i = 0; i < ledger->changed_count; i++)
        if (ledger->changed[i].number == s->member && ledger->changed[i].erased)
            return false;
    if (!roster_find(ledger->shared.roster, s->kid, &member))
        return false;
    *out = (struct store_member){.number = member.number, .index = member.index};
    memcpy(out->public_key, member.public_key, KEY_BYTES);
    return true;
}

static int gather_scope(struct erasing *erasing, const struct submission *s, const struct store_member *member)
{
    if (s->everything)
        return erasing_add_member(erasing, member);
    if (s->round < 0 || s->action < 0)
        return 0;
    return erasing_add_response(erasing, &(struct erasing_response){s->round, member->number, s->action});
}

/* Tells of the entries from `first` on, as many as fit into one event. */
static int record_erased(struct ledger *ledger, struct submission *s, const struct erasing *erasing, size_t first)
{
    size_t left = erasing->count - first;
    struct event event = {.kind = EVENT_ENTRIES_ERASED, .by = "member", .request = s->index};
    int64_t enrolment = erasing->member_count > 0 ? erasing->members[0].index : -1;
    event.entries.list = &erasing->entries[first];
    event.entries.count = left < ERASING_EVENT_MAX ? left : ERASING_EVENT_MAX;
    bool has = event.entries.list[0] <= enrolment && enrolment <= event.entries.list[event.entries.count - 1];
    event.enrolments = (struct event_indexes){&enrolment, has ? 1 : 0};
    if (ledger_record(ledger, &event, ledger->catalogue->panel->id, ledger_event_time(ledger)) < 0)
        return -1;
    return note_erased_indexes(ledger, s, &event.entries);
}

static int note_effects(struct ledger *ledger, const struct submission *s, const struct erasing *erasing)
{
    const struct store_erasure erasure = {.request = s->index, .member = s->member, .leaf = s->leaf};
    if (store_erasure_add(ledger->store, &erasure) != STORE_OK)
        return ledger_store_failed(ledger);
    for (size_t i = 0; i < erasing->member_count; i++)
        if (ledger_note_member(ledger, &erasing->members[i]) < 0)
            return -1;
    ledger->erased = true;
    ledger->settle_after = 0; /* before this answer, whoever read a moment ago */
    return 0;
}

int ledger_hand_over_counters(struct ledger *ledger)
{
    if (counters_write(ledger->counters, ledger->store, &ledger->error) < 0)
        return -1;
    counters_forget(ledger->counters);
    return 0;
}

static int carry_out_erasure(struct ledger *ledger, struct submission *s, struct erasing *erasing)
{
    if (ledger_hand_over_counters(ledger) < 0)
        return -1;
    if (ledger_append(ledger, s->jws, s->jws_len, &s->leaf, &s->index) < 0)
        return -1;
    if (erasing_carry_out(erasing, ledger->size) < 0) {
        ledger->error = erasing->error;
        return -1;
    }
    for (size_t first = 0; first < erasing->count; first += ERASING_EVENT_MAX)
        if (record_erased(ledger, s, erasing, first) < 0)
            return -1;
    s->verdict = VERDICT_ACCEPTED;
    return note_effects(ledger, s, erasing);
}

static int erase_scope(struct ledger *ledger, struct submission *s, const struct store_member *member)
{
    struct erasing erasing;
    int result;
    erasing_init(&erasing, ledger->store, ledger->catalogue);
    if (gather_scope(&erasing, s, member) < 0) {
        ledger->error = erasing.error;
        result = -1;
    } else if (erasing_gathered(&erasing) == 0) {
        result = refuse_erasure(s, PROBLEM_NOTHING_TO_ERASE,
                                "There is nothing of this member in that scope that is not erased.");
    } else {
        result = carry_out_erasure(ledger, s, &erasing);
    }
    erasing_wipe(&erasing);
    return result;
}

int ledger_apply_erasure(struct ledger *ledger, struct submission *s)
{
    struct store_erasure before;
    struct store_member member;
    if (!ledger->shared.operator_key) {
        s->verdict = VERDICT_UNAVAILABLE; /* nobody can sign what happens */
        return 0;
    }
    switch (store_erasure_find(ledger->store, &s->leaf, &before)) {
    case STORE_OK:
        return repeat_answer(ledger, s, before.request);
    case STORE_FAILED:
        return ledger_store_failed(ledger);
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        break;
    }
    if (!find_own_place(ledger, s, &member))
        return refuse_erasure(s, PROBLEM_NOT_VERIFIED, CHECK_SIGNATURE_DETAIL);
    if (!s->iat_fits)
        return refuse_erasure(s, PROBLEM_INVALID_CLAIMS, CHECK_CLOCK_DETAIL);
    return erase_scope(ledger, s, &member);
}

/* What is left in the files. */

void ledger_settle_erasure(struct ledger *ledger)
{
    int64_t now = clock_monotonic_us();
    if (!ledger->erased || now < ledger->settle_after)
        return;
    ledger->settle_after = now + SETTLE_AGAIN_US;
    switch (store_settle_erasure(ledger->store)) {
    case STORE_OK:
        ledger->erased = ledger->settling_failed = false;
        ledger->settle_after = 0;
        break;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        break;
    case STORE_FAILED:
        if (!ledger->settling_failed)
            log_error("store: -wal, in which what was erased may still stand, can't be emptied: %s",
                      store_error(ledger->store)->text);
        ledger->settling_failed = true;
        break;
    }
}
