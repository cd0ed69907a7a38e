/* The store's folds against those of the audit: members, current responses, counters. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/audit.h"
#include <stdio.h>
#include <string.h>

struct comparison {
    struct audit *audit;
    const struct fold *fold;
    struct store *store;
    const struct catalogue *catalogue;
    int64_t round; /* whose current responses are being walked */
    size_t seen;
};

/* --- members --------------------------------------------------------------------------------------------------------------- */

static int compare_member(void *context, const struct store_member *stored)
{
    struct comparison *c = context;
    char kid[KID_SIZE];
    key_thumbprint(stored->public_key, kid);
    const struct fold_member *worked = fold_member(c->fold, stored->number);
    if (worked == NULL || worked->index != stored->index || memcmp(worked->public_key, stored->public_key, KEY_BYTES) != 0)
        audit_differs(
            c->audit,
            T("member %s: the log has no such enrolment", "panellid %s: het logboek heeft geen zulke inschrijving"), kid);
    else
        c->seen++;
    return 0;
}

static enum store_result compare_members(struct comparison *c)
{
    c->seen = 0;
    enum store_result result = c->store->ops->member_each(c->store, compare_member, c);
    if (result == STORE_OK && c->seen < fold_member_count(c->fold))
        audit_differs(c->audit,
                      T("members: %zu of %zu enrolments in the log have no member",
                        "panelleden: %zu van %zu inschrijvingen in het logboek hebben geen panellid"),
                      fold_member_count(c->fold) - c->seen, fold_member_count(c->fold));
    return result;
}

/* --- current responses ----------------------------------------------------------------------------------------------------- */

static bool same_current(const struct fold_current *worked, const struct store_current *stored)
{
    return worked->revision == stored->revision && worked->index == stored->index && worked->replaced == stored->replaced &&
           worked->slot_count == stored->slot_count &&
           memcmp(worked->slots, stored->slots, stored->slot_count * sizeof *stored->slots) == 0;
}

static void current_differs(struct comparison *c, int64_t member, int64_t action, int64_t index)
{
    audit_differs(
        c->audit,
        T("current response of member %lld to action %lld in round %lld (entry %lld): not what the log says",
          "huidige reactie van panellid %lld op actie %lld in ronde %lld (regel %lld): niet wat het logboek zegt"),
        (long long)member, (long long)action, (long long)c->round, (long long)index);
}

static int compare_current(void *context, int64_t member, int64_t action, const struct store_current *stored)
{
    struct comparison *c = context;
    struct fold_current worked;
    bool known = fold_find_current(c->fold, c->round, member, action, &worked);
    c->seen += known;
    if (!known || !same_current(&worked, stored))
        current_differs(c, member, action, stored->index);
    return 0;
}

static int compare_round(void *context, int64_t number, const char *id)
{
    (void)id;
    struct comparison *c = context;
    /* The walk over rounds is under way on the same handle, so their numbers are kept and walked after it. */
    if (number > c->round)
        c->round = number;
    return 0;
}

static enum store_result compare_currents(struct comparison *c)
{
    c->round = 0;
    c->seen = 0;
    enum store_result result = c->store->ops->round_each(c->store, compare_round, c);
    int64_t last = c->round;
    for (c->round = 1; c->round <= last && result == STORE_OK; c->round++)
        result = c->store->ops->current_each(c->store, c->round, compare_current, c);
    if (result == STORE_OK && c->seen < fold_current_count(c->fold))
        audit_differs(c->audit, T("current responses: %zu of %zu are missing", "huidige reacties: %zu van %zu ontbreken"),
                      fold_current_count(c->fold) - c->seen, fold_current_count(c->fold));
    return result;
}

/* --- counters -------------------------------------------------------------------------------------------------------------- */

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

static enum store_result compare_counts(struct comparison *c, int64_t round, int64_t action, const int64_t *worked,
                                        size_t slots)
{
    int64_t *stored = mem_calloc(slots, sizeof *stored);
    if (stored == NULL) {
        snprintf(c->store->error, sizeof c->store->error, "%s", T("out of memory", "te weinig geheugen"));
        return STORE_FAILED;
    }
    enum store_result result = c->store->ops->counts_read(c->store, round, action, stored, slots);
    for (size_t i = 0; i < slots && result != STORE_FAILED; i++)
        if (stored[i] != worked[i])
            audit_differs(c->audit,
                          T("counter %zu of action %s in round %s: %lld is stored, %lld follows from the log",
                            "teller %zu van actie %s in ronde %s: %lld is opgeslagen, %lld volgt uit het logboek"),
                          i, action_name(c->catalogue, action), round_name(c->catalogue, round), (long long)stored[i],
                          (long long)worked[i]);
    mem_free(stored);
    return result == STORE_FAILED ? STORE_FAILED : STORE_OK;
}

static int compare_counted(void *context, int64_t round, int64_t action)
{
    struct comparison *c = context;
    c->seen++;
    if (fold_counts(c->fold, round, action) == NULL)
        audit_differs(c->audit,
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
    enum store_result result = c->store->ops->counts_each(c->store, compare_counted, c);
    while (result == STORE_OK && fold_next_counts(c->fold, &place, &round, &action, &counts, &slots))
        result = compare_counts(c, round, action, counts, slots);
    return result;
}

int audit_compare(struct audit *audit, struct store *store, const char **error)
{
    struct comparison c = {.audit = audit, .fold = audit_fold(audit), .store = store, .catalogue = audit_catalogue(audit)};
    *error = store->error;
    return compare_members(&c) == STORE_OK && compare_currents(&c) == STORE_OK && compare_tallies(&c) == STORE_OK ? 0 : -1;
}
