/* Members, invitations, current responses, counters: the store's rows are walked, then what the replay has and the
 * store lacks is looked for. The store's numbers are its own: rounds and actions are matched by their ids, members by
 * the order of their enrolments. Knows no entry, and nothing of how the replay came about. */
#include "collector/audit/compare.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <string.h>

/* From the store's numbers to the replay's (0: there is none), and back. */
struct numbers {
    uint32_t *ours; /* by the store's, 0 to `last` */
    int64_t last;
    uint32_t *theirs; /* by ours, 0 to `count` */
    size_t count;
};

struct comparison {
    struct audit_findings *findings;
    const struct replay *replay;
    const struct fold *fold;
    struct store *store;
    struct replay_totals totals;
    struct numbers rounds, actions, members;
    bool *erased, *members_seen; /* by the store's numbers of members */
    int64_t round; /* the store's, whose current responses are being walked */
    int64_t used_by_erased; /* invitations of whom nobody can say any more who used them */
    size_t seen;
    bool no_memory; /* is why a step failed; otherwise the store is */
};

static enum store_result fail_for_memory(struct comparison *c)
{
    c->no_memory = true;
    return STORE_FAILED;
}

/* Numbers. */

static int make_numbers(struct numbers *numbers, size_t last, size_t count)
{
    numbers->ours = mem_calloc(last + 1, sizeof *numbers->ours);
    numbers->theirs = mem_calloc(count + 1, sizeof *numbers->theirs);
    numbers->last = (int64_t)last;
    numbers->count = count;
    return numbers->ours && numbers->theirs ? 0 : -1;
}

static void free_numbers(struct numbers *numbers)
{
    mem_free(numbers->ours);
    mem_free(numbers->theirs);
}

static void match_numbers(struct numbers *numbers, int64_t theirs, uint32_t ours)
{
    if (theirs < 0 || theirs > numbers->last || ours == 0 || ours > numbers->count)
        return;
    numbers->ours[theirs] = ours;
    numbers->theirs[ours] = (uint32_t)theirs;
}

static int64_t number_here(const struct numbers *numbers, int64_t theirs)
{
    return theirs >= 0 && theirs <= numbers->last ? numbers->ours[theirs] : 0;
}

static int64_t number_there(const struct numbers *numbers, int64_t ours)
{
    return ours >= 0 && (uint64_t)ours <= numbers->count ? numbers->theirs[ours] : 0;
}

static int match_round(void *context, int64_t number, const char *id)
{
    struct comparison *c = context;
    match_numbers(&c->rounds, number, history_find_round(replay_history(c->replay), id));
    return 0;
}

static int match_action(void *context, const struct store_action *row)
{
    struct comparison *c = context;
    match_numbers(&c->actions, row->number, history_find_action(replay_history(c->replay), row->action.id));
    return 0;
}

/* Members have their numbers in the order of their enrolments, those that have been erased among them. */
static void match_members(struct comparison *c)
{
    const struct holes *holes = replay_holes(c->replay);
    int64_t theirs = 0;
    size_t hole = 0;
    for (int64_t ours = 1; ours <= (int64_t)c->members.count + 1; ours++) {
        const struct fold_member *member = fold_member(c->fold, ours);
        for (; hole < holes->count && (!member || holes->list[hole].index < member->index); hole++)
            if (holes->list[hole].is_enrolment)
                c->erased[++theirs] = true;
        if (member)
            match_numbers(&c->members, ++theirs, (uint32_t)ours);
    }
}

static bool is_erased_member(const struct comparison *c, int64_t number)
{
    return number >= 1 && number <= c->members.last && c->erased[number];
}

#define ROUNDS_STORED 4095 /* what a store can hold */
#define ACTIONS_STORED 1048575

static enum store_result match_all(struct comparison *c)
{
    const struct history *history = replay_history(c->replay);
    size_t members = fold_member_count(c->fold);
    size_t enrolled = members + replay_holes(c->replay)->enrolments;
    c->erased = mem_calloc(enrolled + 1, sizeof *c->erased);
    c->members_seen = mem_calloc(enrolled + 1, sizeof *c->members_seen);
    if (!c->erased || !c->members_seen || make_numbers(&c->rounds, ROUNDS_STORED, history_round_count(history)) < 0 ||
        make_numbers(&c->actions, ACTIONS_STORED, history_action_count(history)) < 0 ||
        make_numbers(&c->members, enrolled, members) < 0)
        return fail_for_memory(c);
    match_members(c);
    enum store_result result = store_round_each(c->store, match_round, c);
    return result == STORE_OK ? store_action_each(c->store, match_action, c) : result;
}

/* What a person calls them. */

static const char *name_or_mark(const char *name)
{
    return name ? name : "?";
}

static const char *round_name(const struct comparison *c, int64_t ours)
{
    return name_or_mark(history_round_id(replay_history(c->replay), ours));
}

static const char *action_name(const struct comparison *c, int64_t ours)
{
    return name_or_mark(history_action_id(replay_history(c->replay), ours));
}

static void name_member(const struct comparison *c, int64_t ours, char kid[static KID_SIZE])
{
    const struct fold_member *member = fold_member(c->fold, ours);
    memcpy(kid, "?", 2);
    if (member)
        key_thumbprint(member->public_key, kid);
}

/* Members. */

static void compare_erased_member(struct comparison *c, const struct store_member *stored)
{
    const struct hole *hole = holes_find(replay_holes(c->replay), stored->index);
    if (!hole || !hole->is_enrolment || !is_erased_member(c, stored->number))
        findings_add(c->findings,
                     T("member %lld (entry %lld): erased in the store, and no event says so",
                       "panellid %lld (regel %lld): gewist in de opslag, en geen gebeurtenis zegt het"),
                     (long long)stored->number, (long long)stored->index);
}

static void compare_revoked(const struct comparison *c, const struct store_member *stored,
                            const struct fold_member *recomputed, const char *kid)
{
    bool is_revoked = stored->revoked_at != 0;
    if (c->totals.has_operator && is_revoked != recomputed->is_revoked)
        findings_add(c->findings,
                     is_revoked ? T("member %s: revoked in the store, and no event says so",
                                    "panellid %s: geweerd in de opslag, en geen gebeurtenis zegt het")
                                : T("member %s: revoked by an event, and not in the store",
                                    "panellid %s: geweerd door een gebeurtenis, en niet in de opslag"),
                     kid);
}

static int compare_member(void *context, const struct store_member *stored)
{
    struct comparison *c = context;
    char kid[KID_SIZE];
    if (stored->erased) {
        compare_erased_member(c, stored);
        return 0;
    }
    key_thumbprint(stored->public_key, kid);
    const struct fold_member *recomputed = fold_member(c->fold, number_here(&c->members, stored->number));
    if (!recomputed || recomputed->index != stored->index ||
        memcmp(recomputed->public_key, stored->public_key, KEY_BYTES) != 0) {
        findings_add(
            c->findings,
            T("member %s: the log has no such enrolment", "panellid %s: het logboek heeft geen zulke inschrijving"),
            kid);
        return 0;
    }
    c->members_seen[stored->number] = true;
    compare_revoked(c, stored, recomputed, kid);
    return 0;
}

static enum store_result compare_members(struct comparison *c)
{
    char kid[KID_SIZE];
    enum store_result result = store_member_each(c->store, compare_member, c);
    for (int64_t number = 1; number <= (int64_t)c->members.count && result == STORE_OK; number++) {
        if (c->members_seen[number_there(&c->members, number)])
            continue;
        name_member(c, number, kid);
        findings_add(
            c->findings,
            T("member %s (entry %lld): not among the store's", "panellid %s (regel %lld): niet bij die van de opslag"),
            kid, (long long)fold_member(c->fold, number)->index);
    }
    return result;
}

/* Invitations. */

static bool was_used_by_erased(struct comparison *c, const struct store_invitation *stored)
{
    bool erased = stored->state == INVITATION_USED && (stored->member == 0 || is_erased_member(c, stored->member));
    c->used_by_erased += erased;
    return erased;
}

static bool same_letter(struct comparison *c, const struct letter *letter, const struct store_invitation *stored)
{
    switch (letter->state) {
    case LETTER_USED: /* by whom is forgotten after a while (PROTOCOL 5c) */
        return stored->state == INVITATION_USED &&
               (stored->member == 0 || number_here(&c->members, stored->member) == letter->member);
    case LETTER_UNUSED:
        return stored->state == INVITATION_UNUSED || was_used_by_erased(c, stored);
    case LETTER_WITHDRAWN:
        return stored->state == INVITATION_WITHDRAWN;
    }
    return false;
}

static void letter_differs(const struct comparison *c, const struct letter *letter)
{
    char kid[KID_SIZE];
    char code[BASE64URL_LENGTH(SHA256_BYTES) + 1];
    const struct fold_member *member = fold_member(c->fold, letter->member);
    base64url_encode(letter->code, SHA256_BYTES, code);
    if (letter->state == LETTER_USED && member) {
        name_member(c, letter->member, kid);
        findings_add(c->findings,
                     T("invitation of member %s (entry %lld): not marked as used by them",
                       "uitnodiging van panellid %s (regel %lld): niet als door hen gebruikt aangemerkt"),
                     kid, (long long)member->index);
    } else {
        findings_add(c->findings,
                     letter->state == LETTER_WITHDRAWN
                         ? T("invitation %s: withdrawn by an event, and not in the store",
                             "uitnodiging %s: ingetrokken door een gebeurtenis, en niet in de opslag")
                         : T("invitation %s: unused as the log says, and not in the store",
                             "uitnodiging %s: ongebruikt volgens het logboek, en niet in de opslag"),
                     code);
    }
}

static void compare_count(const struct comparison *c, const char *state, int64_t stored, int64_t recomputed)
{
    if (stored != recomputed)
        findings_add(c->findings,
                     T("invitations %s: the store has %lld, the log tells of %lld",
                       "uitnodigingen %s: de opslag heeft er %lld, het logboek vertelt van %lld"),
                     state, (long long)stored, (long long)recomputed);
}

/* Before protocol 2 the log tells of invitations that were used alone. */
static enum store_result count_invitations(struct comparison *c)
{
    struct invitation_counts stored;
    const struct letters *letters = replay_letters(c->replay);
    int64_t erased = (int64_t)replay_holes(c->replay)->enrolments;
    int64_t withdrawn = (int64_t)letters_count(letters, LETTER_WITHDRAWN) + c->totals.older_withdrawn;
    enum store_result result = store_invitation_count(c->store, &stored);
    if (result != STORE_OK)
        return result;
    compare_count(c, T("used", "gebruikt"), stored.used, (int64_t)letters_count(letters, LETTER_USED) + erased);
    if (!c->totals.has_operator)
        return STORE_OK;
    compare_count(c, T("unused", "ongebruikt"), stored.unused,
                  (int64_t)letters_count(letters, LETTER_UNUSED) - c->used_by_erased);
    compare_count(c, T("withdrawn", "ingetrokken"), stored.withdrawn, withdrawn);
    return STORE_OK;
}

static enum store_result compare_invitations(struct comparison *c)
{
    const struct letters *letters = replay_letters(c->replay);
    struct store_invitation stored;
    for (size_t i = 0; i < letters_total(letters); i++) {
        const struct letter *letter = letters_at(letters, i);
        enum store_result found = store_invitation_find(c->store, letter->code, &stored);
        if (found == STORE_FAILED)
            return STORE_FAILED;
        if (found != STORE_OK || !same_letter(c, letter, &stored))
            letter_differs(c, letter);
    }
    return count_invitations(c);
}

/* Current responses. */

static bool same_current(const struct fold_current *recomputed, const struct store_current *stored)
{
    return recomputed->revision == stored->revision && recomputed->index == stored->index &&
           recomputed->replaced == stored->replaced && recomputed->slot_count == stored->slot_count &&
           memcmp(recomputed->slots, stored->slots, stored->slot_count * sizeof *stored->slots) == 0;
}

/* All numbers are ours. */
static void current_differs(const struct comparison *c, int64_t round, int64_t member, int64_t action, int64_t index)
{
    char kid[KID_SIZE];
    name_member(c, member, kid);
    findings_add(c->findings,
                 T("current response of member %s to action %s in round %s (entry %lld): not what the log says",
                   "huidige reactie van panellid %s op actie %s in ronde %s (regel %lld): niet wat het logboek zegt"),
                 kid, action_name(c, action), round_name(c, round), (long long)index);
}

static int compare_current(void *context, int64_t member, int64_t action, const struct store_current *stored)
{
    struct comparison *c = context;
    struct fold_current recomputed;
    int64_t round = number_here(&c->rounds, c->round);
    int64_t ours = number_here(&c->members, member), its_action = number_here(&c->actions, action);
    bool known = fold_find_current(c->fold, round, ours, its_action, &recomputed);
    c->seen += known;
    if (known ? !same_current(&recomputed, stored) : stored->index >= 0)
        current_differs(c, round, ours, its_action, stored->index);
    return 0;
}

static int note_last_round(void *context, int64_t number, const char *id)
{
    (void)id;
    struct comparison *c = context;
    /* The walk over rounds is under way on the same handle, so their numbers are kept and walked after it. */
    if (number > c->round)
        c->round = number;
    return 0;
}

/* Names those that the store lacks. */
static enum store_result find_missing(struct comparison *c)
{
    struct fold_current recomputed;
    struct store_current stored;
    size_t place = 0;
    while (fold_next_current(c->fold, &place, &recomputed)) {
        enum store_result found = store_current_read(c->store, number_there(&c->rounds, recomputed.round),
                                                     number_there(&c->members, recomputed.member),
                                                     number_there(&c->actions, recomputed.action), &stored);
        if (found == STORE_FAILED)
            return STORE_FAILED;
        if (found == STORE_NONE)
            current_differs(c, recomputed.round, recomputed.member, recomputed.action, recomputed.index);
    }
    return STORE_OK;
}

static enum store_result compare_currents(struct comparison *c)
{
    c->round = 0;
    c->seen = 0;
    enum store_result result = store_round_each(c->store, note_last_round, c);
    int64_t last = c->round;
    for (c->round = 1; c->round <= last && result == STORE_OK; c->round++)
        result = store_current_each(c->store, c->round, compare_current, c);
    if (result == STORE_OK && c->seen < fold_current_count(c->fold))
        result = find_missing(c);
    return result;
}

/* Counters. */

/* Counters that can't be read differ too, whatever the reason but want of memory. `recomputed` NULL: each is 0. */
static enum store_result compare_counts(struct comparison *c, int64_t round, int64_t action, const int64_t *recomputed,
                                        size_t slots)
{
    const char *action_id = action_name(c, action), *round_id = round_name(c, round);
    int64_t *stored = mem_calloc(slots, sizeof *stored);
    if (!stored)
        return fail_for_memory(c);
    enum store_result result =
        store_counts_read(c->store, number_there(&c->rounds, round), number_there(&c->actions, action), stored, slots);
    bool no_memory = result == STORE_FAILED && store_error(c->store)->kind == ERROR_MEMORY;
    if (result == STORE_FAILED && !no_memory)
        findings_add(c->findings, T("counters of action %s in round %s: %s", "tellers van actie %s in ronde %s: %s"),
                     action_id, round_id, store_error(c->store)->text);
    for (size_t i = 0; i < slots && result != STORE_FAILED; i++)
        if (stored[i] != (recomputed ? recomputed[i] : 0))
            findings_add(c->findings,
                         T("counter %zu of action %s in round %s: %lld is stored, %lld follows from the log",
                           "teller %zu van actie %s in ronde %s: %lld is opgeslagen, %lld volgt uit het logboek"),
                         i, action_id, round_id, (long long)stored[i], (long long)(recomputed ? recomputed[i] : 0));
    mem_free(stored);
    return no_memory ? STORE_FAILED : STORE_OK;
}

/* The places of counters without a response that counts, walked after the walk that finds them. */
struct uncounted {
    struct comparison *comparison;
    int64_t (*list)[2]; /* round and action, ours */
    size_t count, capacity;
};

static int note_uncounted(void *context, int64_t round, int64_t action)
{
    struct uncounted *found = context;
    struct comparison *c = found->comparison;
    int64_t ours = number_here(&c->rounds, round), its_action = number_here(&c->actions, action);
    if (fold_counts(c->fold, ours, its_action))
        return 0;
    int64_t(*list)[2] = list_grow(found->list, found->count, &found->capacity, sizeof *list);
    if (!list) {
        c->no_memory = true;
        return -1;
    }
    found->list = list;
    list[found->count][0] = ours;
    list[found->count++][1] = its_action;
    return 0;
}

static const struct tally_layout *layout_of(const struct comparison *c, int64_t round)
{
    const struct law *law = replay_law(c->replay);
    const char *id = history_round_id(replay_history(c->replay), round);
    int place = law && id ? panel_find_round(law->catalogue->panel, id) : -1;
    return place >= 0 ? catalogue_layout(law->catalogue, (size_t)place) : NULL;
}

/* Where all that was counted has been erased, zeros are left. */
static enum store_result compare_uncounted(struct comparison *c)
{
    struct uncounted found = {.comparison = c};
    enum store_result result = store_counts_each(c->store, note_uncounted, &found);
    for (size_t i = 0; i < found.count && result == STORE_OK; i++) {
        const struct tally_layout *layout = layout_of(c, found.list[i][0]);
        if (layout && found.list[i][1] != 0 && replay_holes(c->replay)->count > 0)
            result = compare_counts(c, found.list[i][0], found.list[i][1], NULL, layout->slots);
        else
            findings_add(c->findings,
                         T("counters of action %s in round %s: the log has no response to it",
                           "tellers van actie %s in ronde %s: het logboek heeft er geen reactie op"),
                         action_name(c, found.list[i][1]), round_name(c, found.list[i][0]));
    }
    mem_free(found.list);
    return result;
}

static enum store_result compare_tallies(struct comparison *c)
{
    int64_t round, action;
    const int64_t *counts;
    size_t place = 0, slots;
    enum store_result result = compare_uncounted(c);
    while (result == STORE_OK && fold_next_counts(c->fold, &place, &round, &action, &counts, &slots))
        result = compare_counts(c, round, action, counts, slots);
    return result;
}

int compare_folds(const struct replay *replay, struct store *store, struct audit_findings *findings,
                  struct error *error)
{
    enum store_result (*const steps[])(struct comparison *) = {match_all, compare_members, compare_invitations,
                                                               compare_currents, compare_tallies};
    struct comparison c = {.findings = findings, .replay = replay, .fold = replay_fold(replay), .store = store};
    int result = 0;
    replay_totals(replay, &c.totals);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && result == 0; i++)
        if (steps[i](&c) != STORE_OK)
            result = c.no_memory ? error_no_memory(error) : store_fail(store, error);
    free_numbers(&c.rounds);
    free_numbers(&c.actions);
    free_numbers(&c.members);
    mem_free(c.erased);
    mem_free(c.members_seen);
    return result;
}
