/* Erasures (PROTOCOL 5b): each text that is gone is named by one event behind it; each event by a member rests on a
 * request by that member; what was asked to go is gone. That an erased entry was that member's can't be seen any
 * more. One request may be answered by several events, one right after the other: what must be true of all of them
 * together is judged when the entry behind them is counted, since by then the last of them has been settled. */
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/audit/replay_state.h"
#include <string.h>

/* Texts that stand in a log once. */

const char *replay_check_spent(struct replay *replay, struct entry *entry)
{
    if (entry->kind == ENTRY_EVENT || entry->kind == ENTRY_MISSING)
        return NULL;
    const struct spent_text *before = spent_find(replay->spent, entry->leaf.bytes);
    if (!before)
        return NULL;
    return replay_fault(
        entry,
        before->is_request
            ? T("it is the request of entry %lld once more", "ze is het verzoek van regel %lld nog eens")
            : T("it is entry %lld once more, which was erased", "ze is regel %lld nog eens, die gewist was"),
        (long long)before->index);
}

/* Of one whose leaf can't be had nothing will be known again. */
const char *replay_note_hole(struct replay *replay, const struct entry *entry, const char *fault)
{
    bool has_leaf = entry->text.len == sizeof entry->leaf.bytes;
    struct spent_text gone = {.index = entry->index};
    memcpy(gone.leaf, entry->leaf.bytes, sizeof gone.leaf);
    if (holes_add(replay->holes, entry->index, entry->erased_by) < 0 ||
        (has_leaf && !fault && spent_add(replay->spent, &gone) < 0))
        return ""; /* nobody will see it: the replay stops */
    return fault;
}

/* Requests. */

static int spend_request(struct replay *replay, const struct entry *entry, int64_t member)
{
    struct spent_text request = {.index = entry->index, .member = member, .is_request = true};
    memcpy(request.leaf, entry->leaf.bytes, sizeof request.leaf);
    return spent_add(replay->spent, &request);
}

const char *replay_ask_erasure(struct replay *replay, struct entry *entry)
{
    const struct own_data_request *request = &entry->request;
    const uint8_t *key;
    if (strcmp(entry->aud, replay->aud) != 0)
        return T("it is for another panel", "ze is voor een ander panel");
    if (!jws_verify(&entry->jws, entry->key))
        return T("its signature does not count", "de handtekening telt niet");
    entry->signature_counts = true;
    int64_t member = fold_find_member(replay->fold, entry->jws.kid, &key);
    struct asked *asked = list_grow(replay->asked, replay->asked_count, &replay->asked_capacity, sizeof *asked);
    if (!asked)
        return replay_out_of_memory(replay);
    replay->asked = asked;
    if (spend_request(replay, entry, member) < 0)
        return replay_out_of_memory(replay);
    struct asked next = {
        .index = entry->index, .answered_by = -1, .is_everything = !request->round, .is_known = member != 0};
    memcpy(next.kid, entry->jws.kid, KID_SIZE);
    if (request->round) {
        next.round = history_find_round(replay->history, request->round);
        next.action = history_find_action(replay->history, request->action);
        if (next.round == 0 || next.action == 0)
            return T("it names a round or an action that there never was",
                     "ze noemt een ronde of actie die er nooit was");
    }
    asked[replay->asked_count++] = next;
    return NULL;
}

static struct asked *find_asked(const struct replay *replay, int64_t index)
{
    for (size_t i = replay->asked_count; i-- > 0;)
        if (replay->asked[i].index == index)
            return &replay->asked[i];
    return NULL;
}

static void forget_asked(struct replay *replay, struct asked *asked)
{
    *asked = replay->asked[--replay->asked_count];
}

static struct stranger stranger_of(const char kid[static KID_SIZE])
{
    struct stranger stranger = {.is_forgotten = false};
    memcpy(stranger.kid, kid, KID_SIZE);
    crypto_sha256(kid, strlen(kid), stranger.digest);
    return stranger;
}

/* Who is known and is not what `is_forgotten` says becomes it. */
static void change_stranger(struct replay *replay, uint32_t number, bool is_forgotten)
{
    struct stranger *known = spill_table_change(replay->strangers, number);
    if (!known || known->is_forgotten == is_forgotten)
        return;
    known->is_forgotten = is_forgotten;
    size_t *from = is_forgotten ? &replay->stranger_count : &replay->forgotten_count;
    size_t *to = is_forgotten ? &replay->forgotten_count : &replay->stranger_count;
    --*from;
    ++*to;
}

/* Who asked while their enrolment is not there: for one response, it must have been erased since; for everything, it
 * went by that. */
static void note_stranger(struct replay *replay, const struct asked *asked)
{
    struct stranger stranger = stranger_of(asked->kid);
    uint32_t number = spill_table_find(replay->strangers, stranger.digest);
    stranger.is_forgotten = asked->is_everything;
    if (number != 0)
        change_stranger(replay, number, asked->is_everything);
    else if (spill_table_add(replay->strangers, &stranger) != 0)
        ++*(asked->is_everything ? &replay->forgotten_count : &replay->stranger_count);
}

bool replay_knows_erased(struct replay *replay, const char kid[static KID_SIZE])
{
    return spill_table_count(replay->strangers) > 0 &&
           spill_table_find(replay->strangers, stranger_of(kid).digest) != 0;
}

bool replay_is_forgotten(const struct replay *replay, const uint8_t kid_hash[static SHA256_BYTES])
{
    uint32_t number = spill_table_find(replay->strangers, kid_hash);
    const struct stranger *stranger = number != 0 ? spill_table_at(replay->strangers, number) : NULL;
    return stranger && stranger->is_forgotten;
}

size_t replay_forgotten(const struct replay *replay)
{
    return replay->forgotten_count;
}

/* Events. */

static bool indexes_have(const struct event_indexes *indexes, int64_t index)
{
    size_t low = 0, high = indexes->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (indexes->list[middle] < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < indexes->count && indexes->list[low] == index;
}

static const char *check_entries(const struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    for (size_t i = 0; i < event->entries.count; i++) {
        const struct hole *hole = holes_find(replay->holes, event->entries.list[i]);
        if (!hole)
            return replay_fault(entry,
                                T("entry %lld, which it says is erased, is still there",
                                  "regel %lld, die volgens haar gewist is, is er nog"),
                                (long long)event->entries.list[i]);
        if (hole->erased_by >= 0)
            return replay_fault(entry,
                                T("entry %lld had been erased by entry %lld", "regel %lld was gewist door regel %lld"),
                                (long long)hole->index, (long long)hole->erased_by);
    }
    for (size_t i = 0; i < event->enrolments.count; i++)
        if (!indexes_have(&event->entries, event->enrolments.list[i]))
            return T("an enrolment that it names is not among its entries",
                     "een inschrijving die ze noemt staat niet bij haar regels");
    return event->entries.count > 0 ? NULL : T("it erases nothing", "ze wist niets");
}

/* By a member: one of the events, without a gap, that carry out what was asked for before. */
static const char *check_request(struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    struct asked *asked = find_asked(replay, event->request);
    if (!asked || (asked->answered_by >= 0 && asked->answered_by != entry->index - 1))
        return replay_fault(
            entry, T("entry %lld is no request that was still open", "regel %lld is geen verzoek dat nog openstond"),
            (long long)event->request);
    if (event->entries.list[event->entries.count - 1] >= asked->index)
        return T("it erases what came after the request", "ze wist wat na het verzoek kwam");
    if (!asked->is_known)
        note_stranger(replay, asked);
    asked->answered_by = entry->index;
    asked->enrolments += event->enrolments.count;
    return NULL;
}

const char *replay_erase(struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    bool by_member = strcmp(event->by, "member") == 0;
    const char *fault = check_entries(replay, entry);
    if (!fault && by_member)
        fault = check_request(replay, entry);
    if (fault)
        return fault;
    if (!by_member)
        replay->enrolments_by_operator += event->enrolments.count;
    for (size_t i = 0; i < event->entries.count; i++) {
        int64_t index = event->entries.list[i];
        holes_cover(replay->holes, index, entry->index, indexes_have(&event->enrolments, index));
    }
    return NULL;
}

/* What is wrong with all that was erased on that request. */
static const char *check_erased(const struct asked *asked)
{
    if (asked->enrolments != (asked->is_everything ? 1u : 0u))
        return T("it erases another number of enrolments than was asked",
                 "ze wist een ander aantal inschrijvingen dan gevraagd was");
    if (asked->is_everything && asked->is_known)
        return T("the enrolment of who asked is still there", "de inschrijving van wie het vroeg is er nog");
    return NULL;
}

/* Whether the response is gone is seen when its place is come by. */
static void expect_gone(const struct replay *replay, const struct asked *asked)
{
    const uint8_t *key;
    int64_t member = fold_find_member(replay->fold, asked->kid, &key);
    if (member != 0)
        fold_expect_none(replay->fold, asked->round, member, asked->action, asked->answered_by);
}

void replay_tell_kept(struct replay *replay, const struct fold_current *kept, int64_t event)
{
    findings_add(replay->setup.findings,
                 T("entry %lld: the response that it says is erased is still there, as entry %lld",
                   "regel %lld: de reactie die volgens haar gewist is, is er nog, als regel %lld"),
                 (long long)event, (long long)kept->index);
}

void replay_tell_erasure(struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    if (strcmp(event->by, "member") != 0) {
        findings_note(replay->setup.findings,
                      event->entries.count == 1 ? T("entry %lld: the operator erased %zu entry (%s)",
                                                    "regel %lld: de beheerder wiste %zu regel (%s)")
                                                : T("entry %lld: the operator erased %zu entries (%s)",
                                                    "regel %lld: de beheerder wiste %zu regels (%s)"),
                      (long long)entry->index, event->entries.count, event->reason);
        return;
    }
    replay->ending = event->request;
}

void replay_end_erasure(struct replay *replay, int64_t index)
{
    struct asked *asked = replay->ending < 0 ? NULL : find_asked(replay, replay->ending);
    if (!asked || asked->answered_by >= index)
        return;
    const char *fault = check_erased(asked);
    if (fault)
        findings_add(replay->setup.findings, T("entry %lld: %s", "regel %lld: %s"), (long long)asked->answered_by,
                     fault);
    if (!asked->is_everything)
        expect_gone(replay, asked);
    forget_asked(replay, asked);
    replay->ending = -1;
}

/* At the end. */

static void tell_uncovered(const struct replay *replay)
{
    for (size_t i = 0; i < holes_count(replay->holes); i++) {
        const struct hole *hole = holes_at(replay->holes, i);
        if (hole && hole->erased_by < 0)
            findings_add(replay->setup.findings,
                         T("entry %lld: its text is missing, and no event says that it was erased",
                           "regel %lld: de tekst ontbreekt, en geen gebeurtenis zegt dat ze gewist is"),
                         (long long)hole->index);
        else if (hole && hole->told != HOLE_NOT_ASKED && hole->told != hole->erased_by)
            findings_add(replay->setup.findings,
                         T("entry %lld: erased by entry %lld, and who asks for it is told otherwise",
                           "regel %lld: gewist door regel %lld, en wie ernaar vraagt hoort iets anders"),
                         (long long)hole->index, (long long)hole->erased_by);
    }
}

/* Enrolments that the operator erased, as a retention rule asks, may be those of the strangers; who asked for
 * everything is none by now. */
static void tell_strangers(const struct replay *replay)
{
    if (replay->stranger_count <= replay->enrolments_by_operator)
        return;
    for (uint32_t number = 1; number <= spill_table_count(replay->strangers); number++) {
        const struct stranger *stranger = spill_table_at(replay->strangers, number);
        if (stranger && !stranger->is_forgotten)
            findings_add(replay->setup.findings,
                         T("an erasure was asked for by %s, who was no member",
                           "een wissing is gevraagd door %s, die geen panellid was"),
                         stranger->kid);
    }
}

void replay_end_erasures(struct replay *replay)
{
    replay_end_erasure(replay, INT64_MAX);
    tell_uncovered(replay);
    for (size_t i = 0; i < replay->asked_count; i++)
        findings_add(replay->setup.findings,
                     T("entry %lld: an erasure was asked for, and no event says that it was done",
                       "regel %lld: er is wissing gevraagd, en geen gebeurtenis zegt dat die gedaan is"),
                     (long long)replay->asked[i].index);
    tell_strangers(replay);
    if (holes_enrolments(replay->holes) >
        letters_count(replay->letters, LETTER_UNUSED) + (replay->totals.older > 0 ? (size_t)replay->totals.letters : 0))
        findings_add(replay->setup.findings, "%s",
                     T("more enrolments have been erased than invitations are left that they can have used",
                       "er zijn meer inschrijvingen gewist dan er uitnodigingen over zijn die ze kunnen hebben "
                       "gebruikt"));
}
