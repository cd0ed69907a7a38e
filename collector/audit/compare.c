/* Members, invitations, counters, each against the replay's. The store's numbers are its own: rounds and actions are
 * matched by their ids, members by the order of their enrolments. Knows no entry, and nothing of how the replay came
 * about. */
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/audit/comparison.h"
#include "crypto/base64url.h"
#include <string.h>

static int match_round(void *context, int64_t number, const char *id)
{
    struct comparison *c = context;
    numbers_match(&c->rounds, number, history_find_round(replay_history(c->replay), id));
    return 0;
}

static int match_action(void *context, const struct store_action *row)
{
    struct comparison *c = context;
    numbers_match(&c->actions, row->number, history_find_action(replay_history(c->replay), row->action.id));
    return 0;
}

/* Members have their numbers in the order of their enrolments, those that have been erased among them: at the store's
 * number of each it is noted which is ours, and 0 for one who has been erased. -1: it failed. */
static int match_members(struct comparison *c)
{
    struct holes *holes = replay_holes(c->replay);
    int64_t members = (int64_t)fold_member_count(c->fold), theirs = 0;
    size_t hole = 0;
    for (int64_t ours = 1; ours <= members; ours++) {
        const struct fold_member *member = fold_member(c->fold, ours);
        for (; member && hole < holes_count(holes); hole++) {
            const struct hole *before = holes_at(holes, hole);
            if (!before || before->index > member->index)
                break;
            theirs += before->is_enrolment;
        }
        uint32_t *number = member ? spill_change(c->members, (uint64_t)++theirs) : NULL;
        if (!number)
            return -1;
        *number = (uint32_t)ours;
    }
    return 0;
}

#define NUMBERS_MEMORY ((size_t)16 * 1024 * 1024)
#define ROUNDS_STORED 4095 /* what a store can hold */
#define ACTIONS_STORED 1048575

static enum store_result match_all(struct comparison *c)
{
    const struct history *history = replay_history(c->replay);
    c->enrolled = (int64_t)(fold_member_count(c->fold) + holes_enrolments(replay_holes(c->replay)));
    c->members = spill_new(c->scratch, sizeof(uint32_t), NUMBERS_MEMORY);
    if (!c->members || numbers_make(&c->rounds, ROUNDS_STORED, history_round_count(history)) < 0 ||
        numbers_make(&c->actions, ACTIONS_STORED, history_action_count(history)) < 0)
        return comparison_no_memory(c);
    if (spill_widen(c->members, (uint64_t)c->enrolled + 1) < 0 || match_members(c) < 0)
        return STORE_FAILED;
    enum store_result result = store_round_each(c->store, match_round, c);
    return result == STORE_OK ? store_action_each(c->store, match_action, c) : result;
}

/* Members. */

static void compare_erased_member(struct comparison *c, const struct store_member *stored)
{
    const struct hole *hole = holes_find(replay_holes(c->replay), stored->index);
    bool is_told = hole && hole->is_enrolment && comparison_is_erased(c, stored->number);
    c->forgotten += replay_is_forgotten(c->replay, stored->kid_hash);
    if (!is_told && !replay_has_failed(c->replay))
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

/* Whether the log has this enrolment; if not, that is told. */
static bool compare_enrolment(struct comparison *c, const struct store_member *stored)
{
    char kid[KID_SIZE];
    const struct fold_member *recomputed = fold_member(c->fold, comparison_member(c, stored->number));
    key_thumbprint(stored->public_key, kid);
    if (recomputed && recomputed->index == stored->index &&
        memcmp(recomputed->public_key, stored->public_key, KEY_BYTES) == 0) {
        compare_revoked(c, stored, recomputed, kid);
        return true;
    }
    if (!replay_has_failed(c->replay))
        findings_add(
            c->findings,
            T("member %s: the log has no such enrolment", "panellid %s: het logboek heeft geen zulke inschrijving"),
            kid);
    return false;
}

/* Tells of those that the store lacks, from the number that is next to below `number`. */
static void miss_members(struct comparison *c, int64_t number)
{
    char kid[KID_SIZE];
    for (; c->next_member < number && c->next_member <= c->enrolled; c->next_member++) {
        int64_t ours = comparison_member(c, c->next_member);
        const struct fold_member *member = ours != 0 ? fold_member(c->fold, ours) : NULL;
        if (!member)
            continue;
        int64_t index = member->index;
        comparison_name_member(c, ours, kid);
        findings_add(
            c->findings,
            T("member %s (entry %lld): not among the store's", "panellid %s (regel %lld): niet bij die van de opslag"),
            kid, (long long)index);
    }
}

static int compare_member(void *context, const struct store_member *stored)
{
    struct comparison *c = context;
    bool is_there = !stored->erased && compare_enrolment(c, stored);
    if (stored->erased)
        compare_erased_member(c, stored);
    miss_members(c, stored->number);
    if (is_there)
        c->next_member = stored->number + 1;
    return replay_has_failed(c->replay) ? -1 : 0;
}

static enum store_result compare_members(struct comparison *c)
{
    c->next_member = 1;
    enum store_result result = store_member_each(c->store, compare_member, c);
    if (result == STORE_OK)
        miss_members(c, INT64_MAX);
    return result;
}

/* Invitations. */

static bool was_used_by_erased(struct comparison *c, const struct store_invitation *stored)
{
    bool erased = stored->state == INVITATION_USED && (stored->member == 0 || comparison_is_erased(c, stored->member));
    c->used_by_erased += erased;
    return erased;
}

static bool same_letter(struct comparison *c, const struct letter *letter, const struct store_invitation *stored)
{
    switch (letter->state) {
    case LETTER_USED: /* by whom is forgotten after a while (PROTOCOL 5c) */
        return stored->state == INVITATION_USED &&
               (stored->member == 0 || comparison_member(c, stored->member) == letter->member);
    case LETTER_UNUSED:
        return (stored->state == INVITATION_UNUSED && stored->member == 0) || was_used_by_erased(c, stored);
    case LETTER_WITHDRAWN:
        return stored->state == INVITATION_WITHDRAWN && stored->member == 0;
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
        key_thumbprint(member->public_key, kid);
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
    int64_t erased = (int64_t)holes_enrolments(replay_holes(c->replay));
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

static int compare_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                              const struct store_invitation *stored)
{
    (void)number;
    struct comparison *c = context;
    struct letters *letters = replay_letters(c->replay);
    uint32_t found = letters_find(letters, hash);
    const struct letter *letter = found != 0 ? letters_at(letters, found) : NULL;
    if (letter && same_letter(c, letter, stored))
        letters_see(letters, found);
    return replay_has_failed(c->replay) ? -1 : 0;
}

/* One that the walk has not come by as it should be: it is otherwise in the store, or not there. */
static enum store_result compare_unseen(struct comparison *c, const struct letter *letter)
{
    struct store_invitation stored;
    enum store_result found = store_invitation_find(c->store, letter->code, &stored);
    if (found != STORE_FAILED && (found != STORE_OK || !same_letter(c, letter, &stored)))
        letter_differs(c, letter);
    return found == STORE_FAILED ? STORE_FAILED : STORE_OK;
}

/* All of the store's in one walk; a row that can't be read ends it, and then the others are asked for one by one. */
static enum store_result compare_invitations(struct comparison *c)
{
    struct letters *letters = replay_letters(c->replay);
    if (store_invitation_each(c->store, compare_invitation, c) != STORE_OK &&
        store_error(c->store)->kind != ERROR_DAMAGED)
        return STORE_FAILED;
    enum store_result result = STORE_OK;
    for (uint32_t number = 1; number <= letters_total(letters) && result == STORE_OK; number++) {
        const struct letter *letter = letters_at(letters, number);
        if (!letter)
            return STORE_FAILED;
        if (!letter->is_seen)
            result = compare_unseen(c, letter);
    }
    return result == STORE_OK ? count_invitations(c) : result;
}

/* Counters. */

/* Counters that can't be read differ too, whatever the reason but want of memory. `recomputed` NULL: each is 0. */
static enum store_result compare_counts(struct comparison *c, int64_t round, int64_t action, const int64_t *recomputed,
                                        size_t slots)
{
    const char *action_id = comparison_action_name(c, action), *round_id = comparison_round_name(c, round);
    int64_t *stored = mem_calloc(slots, sizeof *stored);
    if (!stored)
        return comparison_no_memory(c);
    enum store_result result = store_counts_read(c->store, numbers_there(&c->rounds, round),
                                                 numbers_there(&c->actions, action), stored, slots);
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
    int64_t ours = numbers_here(&c->rounds, round), its_action = numbers_here(&c->actions, action);
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
        if (layout && found.list[i][1] != 0 && holes_count(replay_holes(c->replay)) > 0)
            result = compare_counts(c, found.list[i][0], found.list[i][1], NULL, layout->slots);
        else
            findings_add(c->findings,
                         T("counters of action %s in round %s: the log has no response to it",
                           "tellers van actie %s in ronde %s: het logboek heeft er geen reactie op"),
                         comparison_action_name(c, found.list[i][1]), comparison_round_name(c, found.list[i][0]));
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

static int tell_why_not(const struct comparison *c)
{
    if (c->is_told)
        return -1;
    if (c->no_memory)
        return error_no_memory(c->error);
    return replay_has_failed(c->replay) ? replay_check(c->replay, c->error) : store_fail(c->store, c->error);
}

int compare_folds(const struct replay *replay, const struct currents *currents, struct store *store,
                  struct audit_findings *findings, struct error *error)
{
    enum store_result (*const steps[])(struct comparison *) = {
        match_all,        compare_members, compare_erasures, compare_invitations,
        compare_currents, compare_links,   compare_tallies,
    };
    struct comparison c = {.findings = findings,
                           .replay = replay,
                           .fold = replay_fold(replay),
                           .currents = *currents,
                           .store = store,
                           .error = error};
    int result = 0;
    replay_totals(replay, &c.totals);
    c.scratch = replay_scratch(replay);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && result == 0; i++)
        if (steps[i](&c) != STORE_OK)
            result = tell_why_not(&c);
    numbers_free(&c.rounds);
    numbers_free(&c.actions);
    spill_free(c.members);
    return result;
}
