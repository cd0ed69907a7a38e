/* Settling and counting, kind by kind. What is wrong with an entry is told once, the first thing of it, when its turn
 * to be counted comes; an enrolment that should not have been joins all the same, so that one fault is not told again
 * with each of its responses. */
#include "collector/audit/replay.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/audit/replay_state.h"
#include <stdio.h>
#include <string.h>

struct replay *replay_new(const struct replay_setup *setup)
{
    struct replay *replay = mem_calloc(1, sizeof *replay);
    if (!replay)
        return NULL;
    replay->setup = *setup;
    replay->last_iat = INT64_MIN;
    replay->ending = -1;
    replay->fold = fold_new(setup->scratch, setup->memory / 16 * 9);
    replay->history = history_new();
    replay->letters = letters_new(setup->scratch, setup->memory / 8);
    replay->strangers = spill_table_new(setup->scratch, sizeof(struct stranger), setup->memory / 16);
    replay->holes = holes_new(setup->scratch, setup->memory / 16);
    replay->spent = spent_new(setup->scratch, setup->memory / 16);
    if (replay->spent && replay->holes && replay->fold && replay->history && replay->letters && replay->strangers)
        return replay;
    replay_free(replay);
    return NULL;
}

void replay_free(struct replay *replay)
{
    if (!replay)
        return;
    fold_free(replay->fold);
    history_free(replay->history);
    letters_free(replay->letters);
    holes_free(replay->holes);
    spent_free(replay->spent);
    mem_free(replay->asked);
    spill_table_free(replay->strangers);
    mem_free(replay->released);
    mem_free(replay->followed);
    mem_free(replay);
}

int replay_start_older(struct replay *replay, int64_t size, const struct enactment *older)
{
    struct enactment next = *older;
    next.is_older = true;
    next.when = INT64_MIN;
    replay->totals.older = size;
    if (history_enact(replay->history, &next) < 0)
        return -1;
    snprintf(replay->aud, sizeof replay->aud, "%s", history_law(replay->history)->catalogue->panel->id);
    return 0;
}

/* Settling. */

static bool is_before_protocol_2(const struct replay *replay, const struct entry *entry)
{
    return entry->index < replay->totals.older;
}

static const char *check_panel_named(const struct replay *replay, const struct entry *entry)
{
    return strcmp(entry->aud, replay->aud) == 0 ? NULL : T("it is for another panel", "ze is voor een ander panel");
}

/* Nobody knows how a letter of before protocol 2 was made: its use shows that it was. 0: there is none, or it
 * failed. */
static uint32_t find_letter(struct replay *replay, const struct entry *entry)
{
    uint32_t letter = letters_find(replay->letters, entry->invitation);
    if (letter != 0 || !is_before_protocol_2(replay, entry) ||
        letters_add(replay->letters, entry->invitation, 1) != LETTERS_OK)
        return letter;
    return letters_total(replay->letters);
}

static const char *use_letter(struct replay *replay, struct entry *entry, int64_t member)
{
    uint32_t number = find_letter(replay, entry);
    const struct letter *letter = number != 0 ? letters_at(replay->letters, number) : NULL;
    if (!letter)
        return T("its invitation was never created", "de uitnodiging is nooit gemaakt");
    if (letter->state == LETTER_WITHDRAWN)
        return T("its invitation had been withdrawn", "de uitnodiging was ingetrokken");
    if (letter->state == LETTER_USED)
        return T("its invitation was used before", "de uitnodiging is al eerder gebruikt");
    letters_set(replay->letters, number, LETTER_USED, member);
    return NULL;
}

static const char *settle_enrolment(struct replay *replay, struct entry *entry)
{
    const char *fault = check_panel_named(replay, entry);
    struct fold_member member = {.index = entry->index};
    if (fault)
        return fault;
    memcpy(member.public_key, entry->key, KEY_BYTES);
    switch (fold_enrol(replay->fold, &member)) {
    case FOLD_REFUSED:
        return T("its key has enrolled before", "de sleutel is al eerder ingeschreven");
    case FOLD_FAILED:
    case FOLD_OK:
        break;
    }
    fault = use_letter(replay, entry, (int64_t)fold_member_count(replay->fold));
    return !fault && replay_knows_erased(replay, entry->jws.kid)
               ? T("its key is that of a member who was erased", "de sleutel is die van een panellid dat gewist is")
               : fault;
}

/* What stands against a response whose round is known, by the events before it. */
static const char *check_round_is_open(struct replay *replay, struct entry *entry)
{
    const struct round *round = &entry->law->catalogue->panel->rounds[entry->ballot.round];
    int64_t closed = history_closed_by(replay->history, entry->law->rounds[entry->ballot.round]);
    if (closed >= 0)
        return replay_fault(entry,
                            T("its round had been closed by entry %lld", "de ronde was gesloten door regel %lld"),
                            (long long)closed);
    if (replay->last_iat >= round->closes_at || entry->iat - IAT_TOLERANCE >= round->closes_at)
        return T("it came after its round was over", "ze kwam nadat de ronde voorbij was");
    if (entry->has_context && !history_had(replay->history, entry->context, round->opens_at))
        return T("what it says to have been shown was not in force since its round opened",
                 "wat ze zegt getoond te hebben was niet van kracht sinds de ronde openging");
    return NULL;
}

static const char *settle_response(struct replay *replay, struct entry *entry)
{
    const uint8_t *key = NULL;
    if (!entry->law)
        return T("no panel was in force", "er was geen panel van kracht");
    if (entry->read_by != entry->law)
        entry_read_answers(entry, entry->law);
    if (entry->fault || !entry->has_ballot)
        return entry->fault;
    entry->member = fold_find_member(replay->fold, entry->jws.kid, &key);
    if (entry->member == 0)
        return T("nobody with this key has enrolled", "niemand met deze sleutel is ingeschreven");
    memcpy(entry->key, key, KEY_BYTES);
    entry->has_key = true;
    if (is_before_protocol_2(replay, entry))
        return NULL;
    const struct fold_member *member = fold_member(replay->fold, entry->member);
    if (member && member->is_revoked)
        return T("its member had been revoked", "het panellid was geweerd");
    return check_round_is_open(replay, entry);
}

static const char *settle_event(struct replay *replay, struct entry *entry)
{
    if (is_before_protocol_2(replay, entry))
        return T("an event, where the log knew none yet", "een gebeurtenis, waar het logboek er nog geen kende");
    return replay_apply_event(replay, entry);
}

/* An enrolment that stood there before joins all the same. */
static const char *settle_kind(struct replay *replay, struct entry *entry)
{
    const char *spent = replay_check_spent(replay, entry);
    switch (entry->kind) {
    case ENTRY_MISSING:
        return T("it is missing", "ze ontbreekt");
    case ENTRY_ERASED:
        return replay_note_hole(replay, entry, spent);
    case ENTRY_ENROLMENT: {
        const char *fault = settle_enrolment(replay, entry);
        return spent ? spent : fault;
    }
    case ENTRY_RESPONSE:
        return spent ? spent : settle_response(replay, entry);
    case ENTRY_EVENT:
        return settle_event(replay, entry);
    case ENTRY_ERASURE:
        return spent ? spent : replay_ask_erasure(replay, entry);
    case ENTRY_NOTHING:
        break;
    }
    return entry->fault;
}

int replay_settle(struct replay *replay, struct entry *entry, struct error *error)
{
    entry->law = law_hold(history_law(replay->history));
    if (entry->why.kind != ERROR_MEMORY) /* it could be taken apart */
        entry->fault = settle_kind(replay, entry);
    replay->settled = entry->index + 1;
    if (entry->why.kind == ERROR_MEMORY)
        replay_out_of_memory(replay);
    return replay_check(replay, error);
}

/* Counting. */

static void tell_entry(const struct replay *replay, const struct entry *entry, const char *what)
{
    findings_add(replay->setup.findings, T("entry %lld: %s", "regel %lld: %s"), (long long)entry->index, what);
}

static void tell_stale(const struct replay *replay, int64_t index)
{
    findings_add(
        replay->setup.findings,
        T("entry %lld: it can't follow on the entries before it", "regel %lld: ze kan niet volgen op de regels ervoor"),
        (long long)index);
}

static int count_response(struct replay *replay, struct entry *entry, struct error *error)
{
    const struct law *law = entry->law;
    const struct tally_layout *layout = catalogue_layout(law->catalogue, entry->ballot.round);
    struct fold_current response = {.round = law->rounds[entry->ballot.round],
                                    .member = entry->member,
                                    .action = law->actions[entry->ballot.action],
                                    .revision = entry->revision,
                                    .index = entry->index,
                                    .slot_count = tally_slot_count(&entry->ballot)};
    uint16_t *slots = mem_calloc(response.slot_count, sizeof *slots);
    if (!slots)
        return error_no_memory(error);
    tally_slots(layout, &entry->ballot, slots);
    response.slots = slots;
    enum fold_answer answer = fold_respond(replay->fold, &response, layout);
    mem_free(slots);
    entry->counts = answer == FOLD_OK;
    if (answer == FOLD_REFUSED)
        tell_stale(replay, entry->index);
    return replay_check(replay, error);
}

int replay_count(struct replay *replay, struct entry *entry, struct error *error)
{
    replay->counted = entry->index;
    replay_end_erasure(replay, entry->index);
    if (entry->fault)
        tell_entry(replay, entry, entry->fault);
    else if (entry->kind == ENTRY_ERASED)
        return 0;
    else if (!entry->signature_counts)
        tell_entry(replay, entry, T("its signature does not count", "de handtekening telt niet"));
    else if (entry->kind == ENTRY_RESPONSE)
        return count_response(replay, entry, error);
    else if (entry->kind == ENTRY_EVENT)
        replay_tell_event(replay, entry);
    return replay_check(replay, error);
}

int replay_end(struct replay *replay, struct error *error)
{
    replay_end_erasures(replay);
    if (replay->totals.older > replay->settled)
        replay->totals.older = replay->settled;
    if (replay->totals.older > 0 && replay->is_upgraded)
        findings_note(
            replay->setup.findings,
            T("%lld entries of before protocol 2: judged by the panel definition and the action list that "
              "were in force when it came",
              "%lld regels van voor protocol 2: beoordeeld naar de paneldefinitie en de actielijst die golden "
              "toen het kwam"),
            (long long)replay->totals.older);
    fold_turn(replay->fold);
    return replay_check(replay, error);
}

enum fold_step replay_next(struct replay *replay, struct fold_current *out)
{
    for (;;) {
        int64_t event;
        enum fold_step step = fold_next(replay->fold, out, &event);
        switch (step) {
        case FOLD_STALE:
            tell_stale(replay, out->index);
            break;
        case FOLD_KEPT:
            replay_tell_kept(replay, out, event);
            break;
        case FOLD_END:
        case FOLD_COUNTS:
        case FOLD_CURRENT:
            return step;
        }
    }
}

/* What fails. */

bool replay_has_failed(const struct replay *replay)
{
    return replay->stop.kind != ERROR_NONE || replay->setup.scratch->why != 0;
}

int replay_check(const struct replay *replay, struct error *error)
{
    if (replay->stop.kind == ERROR_NONE)
        return scratch_check(replay->setup.scratch, error);
    *error = replay->stop;
    return -1;
}

/* What there is. */

struct scratch *replay_scratch(const struct replay *replay)
{
    return replay->setup.scratch;
}

struct law *replay_law(const struct replay *replay)
{
    return history_law(replay->history);
}

struct fold *replay_fold(const struct replay *replay)
{
    return replay->fold;
}

const struct history *replay_history(const struct replay *replay)
{
    return replay->history;
}

struct letters *replay_letters(const struct replay *replay)
{
    return replay->letters;
}

struct holes *replay_holes(const struct replay *replay)
{
    return replay->holes;
}

const struct followed *replay_followed(const struct replay *replay, size_t *count)
{
    *count = replay->followed_count;
    return replay->followed;
}

struct audit_findings *replay_findings(const struct replay *replay)
{
    return replay->setup.findings;
}

struct spent *replay_spent(const struct replay *replay)
{
    return replay->spent;
}

void replay_totals(const struct replay *replay, struct replay_totals *out)
{
    *out = replay->totals;
}
