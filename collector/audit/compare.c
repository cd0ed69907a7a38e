/* Members, invitations, current responses, counters: the store's rows are walked, then what the fold has and the store
 * lacks is looked for. Knows no entry, and nothing of how the fold came about. */
#include "collector/audit/compare.h"
#include "base/lang.h"
#include "base/mem.h"
#include <string.h>

struct comparison {
    struct audit_findings *findings;
    const struct fold *fold;
    struct store *store;
    const struct catalogue *catalogue;
    int64_t round; /* whose current responses are being walked */
    size_t seen;
    bool *members_seen; /* by number - 1 */
    bool no_memory; /* is why a step failed; otherwise the store is */
};

static enum store_result fail_for_memory(struct comparison *c)
{
    c->no_memory = true;
    return STORE_FAILED;
}

/* Members. */

static int compare_member(void *context, const struct store_member *stored)
{
    struct comparison *c = context;
    char kid[KID_SIZE];
    key_thumbprint(stored->public_key, kid);
    const struct fold_member *recomputed = fold_member(c->fold, stored->number);
    if (!recomputed || recomputed->index != stored->index ||
        memcmp(recomputed->public_key, stored->public_key, KEY_BYTES) != 0)
        findings_add(
            c->findings,
            T("member %s: the log has no such enrolment", "panellid %s: het logboek heeft geen zulke inschrijving"),
            kid);
    else
        c->members_seen[stored->number - 1] = true;
    return 0;
}

static enum store_result compare_stored_members(struct comparison *c)
{
    char kid[KID_SIZE];
    size_t count = fold_member_count(c->fold);
    c->members_seen = mem_calloc(count, sizeof *c->members_seen);
    if (!c->members_seen)
        return fail_for_memory(c);
    enum store_result result = store_member_each(c->store, compare_member, c);
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        const struct fold_member *member = fold_member(c->fold, (int64_t)i + 1);
        key_thumbprint(member->public_key, kid);
        if (!c->members_seen[i])
            findings_add(c->findings,
                         T("member %s (entry %lld): not among the store's",
                           "panellid %s (regel %lld): niet bij die van de opslag"),
                         kid, (long long)member->index);
    }
    mem_free(c->members_seen);
    return result;
}

/* Each enrolment has used up its invitation, and nothing else has. */
static enum store_result compare_invitations(struct comparison *c)
{
    struct invitation_counts counts;
    struct store_invitation stored;
    char kid[KID_SIZE];
    int64_t count = (int64_t)fold_member_count(c->fold);
    for (int64_t number = 1; number <= count; number++) {
        const struct fold_member *member = fold_member(c->fold, number);
        enum store_result found = store_invitation_find(c->store, member->invitation, &stored);
        if (found == STORE_FAILED)
            return STORE_FAILED;
        if (found == STORE_OK && stored.state == INVITATION_USED && stored.member == number)
            continue;
        key_thumbprint(member->public_key, kid);
        findings_add(c->findings,
                     T("invitation of member %s (entry %lld): not marked as used by them",
                       "uitnodiging van panellid %s (regel %lld): niet als door hen gebruikt aangemerkt"),
                     kid, (long long)member->index);
    }
    enum store_result result = store_invitation_count(c->store, &counts);
    if (result == STORE_OK && counts.used > count)
        findings_add(c->findings,
                     counts.used == 1 ? T("invitations: %lld is marked as used, %lld were",
                                          "uitnodigingen: %lld is als gebruikt aangemerkt, %lld zijn het")
                                      : T("invitations: %lld are marked as used, %lld were",
                                          "uitnodigingen: %lld zijn als gebruikt aangemerkt, %lld zijn het"),
                     (long long)counts.used, (long long)count);
    return result;
}

/* Current responses. */

static bool same_current(const struct fold_current *recomputed, const struct store_current *stored)
{
    return recomputed->revision == stored->revision && recomputed->index == stored->index &&
           recomputed->replaced == stored->replaced && recomputed->slot_count == stored->slot_count &&
           memcmp(recomputed->slots, stored->slots, stored->slot_count * sizeof *stored->slots) == 0;
}

static void current_differs(struct comparison *c, int64_t member, int64_t action, int64_t index)
{
    findings_add(
        c->findings,
        T("current response of member %lld to action %lld in round %lld (entry %lld): not what the log says",
          "huidige reactie van panellid %lld op actie %lld in ronde %lld (regel %lld): niet wat het logboek zegt"),
        (long long)member, (long long)action, (long long)c->round, (long long)index);
}

static int compare_current(void *context, int64_t member, int64_t action, const struct store_current *stored)
{
    struct comparison *c = context;
    struct fold_current recomputed;
    bool known = fold_find_current(c->fold, c->round, member, action, &recomputed);
    c->seen += known;
    if (!known || !same_current(&recomputed, stored))
        current_differs(c, member, action, stored->index);
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
        enum store_result found =
            store_current_read(c->store, recomputed.round, recomputed.member, recomputed.action, &stored);
        if (found == STORE_FAILED)
            return STORE_FAILED;
        c->round = recomputed.round;
        if (found == STORE_NONE)
            current_differs(c, recomputed.member, recomputed.action, recomputed.index);
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

static const char *round_name(const struct catalogue *catalogue, int64_t number)
{
    for (size_t i = 0; i < catalogue->panel->round_count; i++)
        if (catalogue->round_numbers[i] == number)
            return catalogue->panel->rounds[i].id;
    return "?";
}

static const char *action_name(const struct catalogue *catalogue, int64_t number)
{
    for (size_t i = 0; i < catalogue->actions->count; i++)
        if (catalogue->action_numbers[i] == number)
            return catalogue->actions->list[i].id;
    return "?";
}

/* Counters that can't be read differ too, whatever the reason. */
static enum store_result compare_counts(struct comparison *c, int64_t round, int64_t action, const int64_t *recomputed,
                                        size_t slots)
{
    const char *action_id = action_name(c->catalogue, action), *round_id = round_name(c->catalogue, round);
    int64_t *stored = mem_calloc(slots, sizeof *stored);
    if (!stored)
        return fail_for_memory(c);
    enum store_result result = store_counts_read(c->store, round, action, stored, slots);
    if (result == STORE_FAILED)
        findings_add(c->findings, T("counters of action %s in round %s: %s", "tellers van actie %s in ronde %s: %s"),
                     action_id, round_id, store_error(c->store)->text);
    for (size_t i = 0; i < slots && result != STORE_FAILED; i++)
        if (stored[i] != recomputed[i])
            findings_add(c->findings,
                         T("counter %zu of action %s in round %s: %lld is stored, %lld follows from the log",
                           "teller %zu van actie %s in ronde %s: %lld is opgeslagen, %lld volgt uit het logboek"),
                         i, action_id, round_id, (long long)stored[i], (long long)recomputed[i]);
    mem_free(stored);
    return STORE_OK;
}

static int compare_counted(void *context, int64_t round, int64_t action)
{
    struct comparison *c = context;
    c->seen++;
    if (!fold_counts(c->fold, round, action))
        findings_add(c->findings,
                     T("counters of action %s in round %s: the log has no response to it",
                       "tellers van actie %s in ronde %s: het logboek heeft er geen reactie op"),
                     action_name(c->catalogue, action), round_name(c->catalogue, round));
    return 0;
}

static enum store_result compare_tallies(struct comparison *c)
{
    int64_t round, action;
    const int64_t *counts;
    size_t place = 0, slots;
    enum store_result result = store_counts_each(c->store, compare_counted, c);
    while (result == STORE_OK && fold_next_counts(c->fold, &place, &round, &action, &counts, &slots))
        result = compare_counts(c, round, action, counts, slots);
    return result;
}

int compare_store(const struct fold *fold, const struct catalogue *catalogue, struct store *store,
                  struct audit_findings *findings, struct error *error)
{
    enum store_result (*const steps[])(struct comparison *) = {compare_stored_members, compare_invitations,
                                                               compare_currents, compare_tallies};
    struct comparison c = {.findings = findings, .fold = fold, .store = store, .catalogue = catalogue};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i](&c) != STORE_OK)
            return c.no_memory ? error_no_memory(error) : store_fail(store, error);
    return 0;
}
