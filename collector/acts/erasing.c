/* Gathering, then taking away. Counters are read from the store and written back at once: whoever holds some in memory
 * writes them before and reads them anew after. */
#include "collector/acts/erasing.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/trouble.h"
#include <stdlib.h>
#include <string.h>

void erasing_init(struct erasing *erasing, struct store *store, const struct catalogue *catalogue)
{
    *erasing = (struct erasing){.store = store, .catalogue = catalogue};
}

void erasing_wipe(struct erasing *erasing)
{
    mem_free(erasing->responses);
    mem_free(erasing->members);
    mem_free(erasing->entries);
    *erasing = (struct erasing){.store = NULL};
}

static int fail_erasing(struct erasing *erasing)
{
    return store_fail(erasing->store, &erasing->error);
}

/* Gathering. */

static int gather_entry(struct erasing *erasing, int64_t index)
{
    int64_t *entries = list_grow(erasing->entries, erasing->count, &erasing->capacity, sizeof *entries);
    if (!entries)
        return error_no_memory(&erasing->error);
    erasing->entries = entries;
    entries[erasing->count++] = index;
    return 0;
}

static int keep_response(struct erasing *erasing, const struct erasing_response *response)
{
    struct erasing_response *list =
        list_grow(erasing->responses, erasing->response_count, &erasing->response_capacity, sizeof *list);
    if (!list)
        return error_no_memory(&erasing->error);
    erasing->responses = list;
    list[erasing->response_count++] = *response;
    return 0;
}

/* A response that is there, and the entry that it is current by, with the one before that. */
struct found_response {
    struct erasing_response response;
    int64_t index, replaced;
};

static int note_revision_before(void *context, int64_t before)
{
    return gather_entry(context, before);
}

/* The newest two entries of each; the older of them in `replaced`, where there is one. */
static int gather_newest(struct erasing *erasing, const struct found_response *list, size_t count, int64_t *replaced,
                         size_t *replaced_count)
{
    for (size_t i = 0; i < count; i++) {
        if (keep_response(erasing, &list[i].response) < 0 || gather_entry(erasing, list[i].index) < 0)
            return -1;
        if (list[i].replaced < 0)
            continue;
        if (gather_entry(erasing, list[i].replaced) < 0)
            return -1;
        replaced[(*replaced_count)++] = list[i].replaced;
    }
    return 0;
}

/* The entries of these responses, and all that went before each. */
static int gather_with_revisions(struct erasing *erasing, const struct found_response *list, size_t count)
{
    size_t replaced_count = 0;
    int64_t *replaced = mem_calloc(count + 1, sizeof *replaced);
    if (!replaced)
        return error_no_memory(&erasing->error);
    int result = gather_newest(erasing, list, count, replaced, &replaced_count);
    if (result == 0 &&
        store_revisions_before(erasing->store, replaced, replaced_count, note_revision_before, erasing) != STORE_OK)
        result = fail_erasing(erasing);
    mem_free(replaced);
    return result;
}

int erasing_add_response(struct erasing *erasing, const struct erasing_response *response)
{
    struct store_current current;
    switch (store_current_read(erasing->store, response->round, response->member, response->action, &current)) {
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return 0;
    case STORE_FAILED:
        return fail_erasing(erasing);
    case STORE_OK:
        break;
    }
    const struct found_response found = {*response, current.index, current.replaced};
    return current.index < 0 ? 0 : gather_with_revisions(erasing, &found, 1);
}

struct round_walk {
    int64_t round;
    struct found_response *list;
    size_t count, capacity;
};

static int note_member_action(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    struct round_walk *walk = context;
    if (current->index < 0)
        return 0;
    struct found_response *list = list_grow(walk->list, walk->count, &walk->capacity, sizeof *list);
    if (!list)
        return -1;
    walk->list = list;
    list[walk->count++] = (struct found_response){{walk->round, member, action}, current->index, current->replaced};
    return 0;
}

/* The walk over a round notes what there is, all in one go; revisions are not to be asked for amid it. */
static int gather_member_round(struct erasing *erasing, int64_t round, int64_t member)
{
    struct round_walk walk = {.round = round};
    int result = 0;
    if (store_current_each_of(erasing->store, round, member, note_member_action, &walk) != STORE_OK) {
        error_no_memory(&erasing->error); /* unless the store says otherwise */
        result = fail_erasing(erasing);
    }
    if (result == 0)
        result = gather_with_revisions(erasing, walk.list, walk.count);
    mem_free(walk.list);
    return result;
}

int erasing_add_member(struct erasing *erasing, const struct store_member *member)
{
    for (size_t i = 0; i < erasing->member_count; i++)
        if (erasing->members[i].number == member->number)
            return 0; /* named twice */
    struct store_member *members =
        list_grow(erasing->members, erasing->member_count, &erasing->member_capacity, sizeof *members);
    if (!members)
        return error_no_memory(&erasing->error);
    erasing->members = members;
    members[erasing->member_count++] = *member;
    for (size_t i = 0; i < erasing->catalogue->panel->round_count; i++)
        if (gather_member_round(erasing, erasing->catalogue->round_numbers[i], member->number) < 0)
            return -1;
    return gather_entry(erasing, member->index);
}

static int compare_indexes(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int compare_responses(const void *a, const void *b)
{
    const struct erasing_response *x = a, *y = b;
    if (x->round != y->round)
        return x->round < y->round ? -1 : 1;
    if (x->action != y->action)
        return x->action < y->action ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

/* Those of an action together, and each once: any revision names a response, and its member does. */
static void sort_responses(struct erasing *erasing)
{
    size_t kept = 0;
    if (erasing->response_count > 1)
        qsort(erasing->responses, erasing->response_count, sizeof *erasing->responses, compare_responses);
    for (size_t i = 0; i < erasing->response_count; i++)
        if (kept == 0 || compare_responses(&erasing->responses[kept - 1], &erasing->responses[i]) != 0)
            erasing->responses[kept++] = erasing->responses[i];
    erasing->response_count = kept;
}

size_t erasing_gathered(struct erasing *erasing)
{
    size_t kept = 0;
    sort_responses(erasing);
    if (erasing->count > 1)
        qsort(erasing->entries, erasing->count, sizeof *erasing->entries, compare_indexes);
    for (size_t i = 0; i < erasing->count; i++)
        if (kept == 0 || erasing->entries[kept - 1] != erasing->entries[i])
            erasing->entries[kept++] = erasing->entries[i];
    erasing->count = kept;
    return kept;
}

/* Taking away. */

/* The layout of the round of that number; NULL where the panel has none. */
static const struct tally_layout *find_layout(const struct erasing *erasing, int64_t round)
{
    const struct catalogue *catalogue = erasing->catalogue;
    for (size_t i = 0; i < catalogue->panel->round_count; i++)
        if (catalogue->round_numbers[i] == round)
            return catalogue_layout(catalogue, i);
    return NULL;
}

static struct trouble unfit = TROUBLE("ledger", LOG_ERROR);

/* Counters that can't be brought down have been tampered with, which is no reason to keep what is to go: the audit
 * tells. */
static void subtract_slots(const struct tally_layout *layout, int64_t *counts, const struct store_current *current)
{
    if (tally_add(layout, counts, current->slots, current->slot_count, -1) < 0)
        trouble_met(&unfit, clock_monotonic_us(),
                    "counters do not fit what is erased, and are left as they are; run `audit`");
}

/* The counters of one action, brought down by all of its responses that go. */
struct uncounted {
    int64_t round, action;
    const struct tally_layout *layout;
    int64_t *counts;
};

static bool is_same_action(const struct erasing_response *a, const struct erasing_response *b)
{
    return a->round == b->round && a->action == b->action;
}

static int begin_uncounting(struct erasing *erasing, const struct erasing_response *response, struct uncounted *out)
{
    *out = (struct uncounted){response->round, response->action, find_layout(erasing, response->round), NULL};
    if (!out->layout)
        return error_set(&erasing->error, ERROR_DAMAGED, "%s",
                         T("a response is of a round that the panel does not have; run `audit`",
                           "een reactie is van een ronde die het panel niet heeft; voer `audit` uit"));
    if ((out->counts = mem_calloc(out->layout->slots, sizeof *out->counts)) == NULL)
        return error_no_memory(&erasing->error);
    return store_counts_read(erasing->store, out->round, out->action, out->counts, out->layout->slots) == STORE_FAILED
               ? fail_erasing(erasing)
               : 0;
}

/* By the response as it counts now. */
static int uncount_response(struct erasing *erasing, const struct erasing_response *response,
                            const struct uncounted *from)
{
    struct store_current current;
    if (store_current_read(erasing->store, response->round, response->member, response->action, &current) != STORE_OK)
        return fail_erasing(erasing);
    subtract_slots(from->layout, from->counts, &current);
    return 0;
}

/* Of all responses, which are in order; *count is how many actions they are of. */
static int uncount_responses(struct erasing *erasing, struct uncounted *list, size_t *count)
{
    for (size_t i = 0; i < erasing->response_count; i++) {
        const struct erasing_response *response = &erasing->responses[i];
        bool first = i == 0 || !is_same_action(response, response - 1);
        if (first && begin_uncounting(erasing, response, &list[(*count)++]) < 0)
            return -1;
        if (uncount_response(erasing, response, &list[*count - 1]) < 0)
            return -1;
    }
    return 0;
}

static int write_uncounted(struct erasing *erasing, const struct uncounted *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (store_counts_write(erasing->store, list[i].round, list[i].action, list[i].counts, list[i].layout->slots) !=
            STORE_OK)
            return fail_erasing(erasing);
    return 0;
}

/* All is read before anything is written: a database that has told all of it beforehand need not be asked then. */
static int bring_counters_down(struct erasing *erasing)
{
    size_t count = 0;
    struct uncounted *list = mem_calloc(erasing->response_count + 1, sizeof *list);
    if (!list)
        return error_no_memory(&erasing->error);
    int result = uncount_responses(erasing, list, &count);
    if (result == 0)
        result = write_uncounted(erasing, list, count);
    for (size_t i = 0; i < count; i++)
        mem_free(list[i].counts);
    mem_free(list);
    return result;
}

static int tell_responses(struct erasing *erasing, struct store_key *currents, struct store_key *counts)
{
    struct store_wanted wanted = {.currents = currents, .counts = counts, .current_count = erasing->response_count};
    for (size_t i = 0; i < erasing->response_count; i++) {
        const struct erasing_response *r = &erasing->responses[i];
        currents[i] = (struct store_key){.round = r->round, .member = r->member, .action = r->action};
        if (i == 0 || !is_same_action(r, r - 1))
            counts[wanted.counts_count++] = (struct store_key){.round = r->round, .action = r->action};
    }
    return store_foresee(erasing->store, &wanted) == STORE_OK ? 0 : fail_erasing(erasing);
}

static int foresee_responses(struct erasing *erasing)
{
    if (erasing->response_count == 0 || !store_foresees(erasing->store))
        return 0;
    struct store_key *currents = mem_calloc(erasing->response_count, sizeof *currents),
                     *counts = mem_calloc(erasing->response_count, sizeof *counts);
    int result = currents && counts ? tell_responses(erasing, currents, counts) : error_no_memory(&erasing->error);
    mem_free(currents);
    mem_free(counts);
    return result;
}

static int erase_responses(struct erasing *erasing)
{
    if (foresee_responses(erasing) < 0 || bring_counters_down(erasing) < 0)
        return -1;
    for (size_t i = 0; i < erasing->response_count; i++) {
        const struct erasing_response *r = &erasing->responses[i];
        if (store_current_erase(erasing->store, r->round, r->member, r->action) != STORE_OK)
            return fail_erasing(erasing);
    }
    return 0;
}

/* Of a member who goes whole the revisions go too: no response of theirs will ever come again. */
static int erase_member(struct erasing *erasing, struct store_member *member)
{
    char kid[KID_SIZE];
    struct store_member erased = {.number = member->number, .index = member->index, .erased = true};
    key_thumbprint(member->public_key, kid);
    crypto_sha256(kid, KID_LENGTH, erased.kid_hash);
    for (size_t i = 0; i < erasing->catalogue->panel->round_count; i++)
        if (store_current_forget(erasing->store, erasing->catalogue->round_numbers[i], member->number) != STORE_OK)
            return fail_erasing(erasing);
    if (store_member_erase(erasing->store, member->number, erased.kid_hash) != STORE_OK)
        return fail_erasing(erasing);
    *member = erased;
    return 0;
}

int erasing_carry_out(struct erasing *erasing, int64_t event)
{
    if (erase_responses(erasing) < 0)
        return -1;
    for (size_t i = 0; i < erasing->member_count; i++)
        if (erase_member(erasing, &erasing->members[i]) < 0)
            return -1;
    for (size_t i = 0; i < erasing->count; i++)
        if (store_entry_erase(erasing->store, erasing->entries[i]) != STORE_OK ||
            store_erased_add(erasing->store, erasing->entries[i], event + (int64_t)(i / ERASING_EVENT_MAX)) != STORE_OK)
            return fail_erasing(erasing);
    return 0;
}
