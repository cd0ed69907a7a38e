/* A spilled table of members, found by thumbprint and, as they come in order, by enrolment; a sorter of responses;
 * and a list of counters, found by (round, action). Knows no envelope and no signature, and no store. */
#include "collector/audit/fold.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/sorter.h"
#include "base/spill_table.h"
#include "crypto/base64url.h"
#include <errno.h>
#include <string.h>

/* As many as a store can number, so that a place is one number, and places ascend as the store's do. */
#define ROUND_BITS 12
#define MEMBER_BITS 31
#define ACTION_BITS 20
#define MASK(bits) ((INT64_C(1) << (bits)) - 1)

struct member {
    uint8_t thumbprint[SHA256_BYTES];
    struct fold_member shown;
};

/* What is put aside at a place. Slots follow; none: it is an event that says that nothing is current here. */
struct put {
    int64_t index, revision;
};

struct counts {
    int64_t round, action;
    int64_t *counts;
    size_t slots;
};

struct fold {
    struct scratch *scratch;
    struct spill_table *members;
    struct sorter *responses;
    struct counts *counts;
    size_t count_count, count_capacity;
    struct hash by_action; /* of `counts`, index + 1 */

    /* Of fold_next. */
    struct sorted ahead; /* the next that was put, where has_ahead */
    bool has_turned, has_ahead, has_current;
    uint64_t place; /* of what was had last */
    struct fold_current current;
    uint16_t *slots; /* its */
    size_t slot_capacity, current_count;
    struct links links;
    uint8_t *record; /* as it is put */
    size_t record_capacity;
};

struct fold *fold_new(struct scratch *scratch, size_t memory)
{
    struct fold *fold = mem_calloc(1, sizeof *fold);
    if (!fold)
        return NULL;
    fold->scratch = scratch;
    hash_init(&fold->by_action);
    links_init(&fold->links);
    fold->members = spill_table_new(scratch, sizeof(struct member), memory / 2);
    fold->responses = sorter_new(scratch, memory - memory / 2);
    if (fold->members && fold->responses)
        return fold;
    fold_free(fold);
    return NULL;
}

void fold_free(struct fold *fold)
{
    if (!fold)
        return;
    for (size_t i = 0; i < fold->count_count; i++)
        mem_free(fold->counts[i].counts);
    spill_table_free(fold->members);
    sorter_free(fold->responses);
    mem_free(fold->counts);
    mem_free(fold->slots);
    mem_free(fold->record);
    hash_wipe(&fold->by_action);
    mem_free(fold);
}

/* Members. */

enum fold_answer fold_enrol(struct fold *fold, const struct fold_member *member)
{
    char kid[KID_SIZE];
    struct member next;
    memset(&next, 0, sizeof next);
    next.shown = *member;
    key_thumbprint(member->public_key, kid);
    if (base64url_decode_exactly(kid, KID_LENGTH, next.thumbprint, sizeof next.thumbprint) < 0 ||
        spill_table_find(fold->members, next.thumbprint) != 0)
        return FOLD_REFUSED;
    return spill_table_add(fold->members, &next) != 0 ? FOLD_OK : FOLD_FAILED;
}

static const struct member *member_at(struct fold *fold, size_t number)
{
    return spill_table_at(fold->members, (uint32_t)number);
}

int64_t fold_find_enrolment(struct fold *fold, int64_t index)
{
    size_t low = 1, high = fold_member_count(fold) + 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct member *member = member_at(fold, middle);
        if (!member)
            return 0;
        if (member->shown.index < index)
            low = middle + 1;
        else
            high = middle;
    }
    const struct fold_member *found = fold_member(fold, (int64_t)low);
    return found && found->index == index ? (int64_t)low : 0;
}

void fold_revoke(struct fold *fold, int64_t number, bool is_revoked)
{
    struct member *member = spill_table_change(fold->members, (uint32_t)number);
    if (member)
        member->shown.is_revoked = is_revoked;
}

int64_t fold_find_member(struct fold *fold, const char kid[static KID_SIZE], const uint8_t **public_key)
{
    uint8_t thumbprint[SHA256_BYTES];
    if (base64url_decode_exactly(kid, strlen(kid), thumbprint, sizeof thumbprint) < 0)
        return 0;
    uint32_t number = spill_table_find(fold->members, thumbprint);
    const struct member *member = number != 0 ? member_at(fold, number) : NULL;
    if (!member)
        return 0;
    *public_key = member->shown.public_key;
    return number;
}

size_t fold_member_count(const struct fold *fold)
{
    return spill_table_count(fold->members);
}

const struct fold_member *fold_member(struct fold *fold, int64_t number)
{
    if (number < 1 || (uint64_t)number > fold_member_count(fold))
        return NULL;
    const struct member *member = member_at(fold, (size_t)number);
    return member ? &member->shown : NULL;
}

/* Counters. */

static bool counts_are_of(const void *context, uint32_t number, const void *key)
{
    const struct fold *fold = context;
    const int64_t *place = key;
    return fold->counts[number - 1].round == place[0] && fold->counts[number - 1].action == place[1];
}

static struct counts *find_counts(const struct fold *fold, int64_t round, int64_t action)
{
    const int64_t place[2] = {round, action};
    uint32_t number = hash_find(&fold->by_action, hash_integers(round, 0, action), counts_are_of, fold, place);
    return number != 0 ? &fold->counts[number - 1] : NULL;
}

/* The counters, made when they are not there yet. NULL: no memory. */
static struct counts *need_counts(struct fold *fold, int64_t round, int64_t action, const struct tally_layout *layout)
{
    struct counts *found = find_counts(fold, round, action);
    if (found)
        return found;
    struct counts *all = list_grow(fold->counts, fold->count_count, &fold->count_capacity, sizeof *all);
    if (!all)
        return NULL;
    fold->counts = all;
    if (hash_reserve(&fold->by_action, 1) < 0)
        return NULL;
    struct counts next = {round, action, mem_calloc(layout->slots, sizeof *next.counts), layout->slots};
    if (!next.counts)
        return NULL;
    all[fold->count_count++] = next;
    hash_put(&fold->by_action, hash_integers(round, 0, action), (uint32_t)fold->count_count);
    return &all[fold->count_count - 1];
}

/* `by`: 1, or -1 for what no longer counts. The slots were held against the layout when they were put. */
static void count_current(const struct fold *fold, const struct fold_current *current, int by)
{
    struct counts *counts = find_counts(fold, current->round, current->action);
    for (size_t i = 0; counts && i < current->slot_count; i++)
        counts->counts[current->slots[i]] += by;
}

const int64_t *fold_counts(const struct fold *fold, int64_t round, int64_t action)
{
    const struct counts *found = find_counts(fold, round, action);
    return found ? found->counts : NULL;
}

bool fold_next_counts(const struct fold *fold, size_t *at, int64_t *round, int64_t *action, const int64_t **counts,
                      size_t *slots)
{
    if (*at >= fold->count_count)
        return false;
    const struct counts *next = &fold->counts[(*at)++];
    *round = next->round;
    *action = next->action;
    *counts = next->counts;
    *slots = next->slots;
    return true;
}

/* Putting aside. */

static bool fits_in_bits(int64_t number, unsigned bits)
{
    return number >= 0 && number <= MASK(bits);
}

static bool fits_place(int64_t round, int64_t member, int64_t action)
{
    return fits_in_bits(round, ROUND_BITS) && fits_in_bits(member, MEMBER_BITS) && fits_in_bits(action, ACTION_BITS);
}

static uint64_t number_place(int64_t round, int64_t member, int64_t action)
{
    return (uint64_t)(round << (MEMBER_BITS + ACTION_BITS) | member << ACTION_BITS | action);
}

static bool slots_fit(const struct fold_current *response, const struct tally_layout *layout)
{
    for (size_t i = 0; i < response->slot_count; i++)
        if (response->slots[i] >= layout->slots)
            return false;
    return response->slot_count > 0;
}

static int put_response(struct fold *fold, uint64_t place, const struct put *put, const uint16_t *slots,
                        size_t slot_count)
{
    size_t len = sizeof *put + slot_count * sizeof *slots;
    if (len > fold->record_capacity) {
        uint8_t *record = mem_resize(fold->record, 2 * len, 1);
        if (!record)
            return scratch_fail(fold->scratch, ENOMEM);
        fold->record = record;
        fold->record_capacity = 2 * len;
    }
    memcpy(fold->record, put, sizeof *put);
    if (slot_count > 0)
        memcpy(fold->record + sizeof *put, slots, slot_count * sizeof *slots);
    return sorter_put(fold->responses, place, fold->record, len);
}

enum fold_answer fold_respond(struct fold *fold, const struct fold_current *response, const struct tally_layout *layout)
{
    const struct put put = {response->index, response->revision};
    if (!fits_place(response->round, response->member, response->action) || !slots_fit(response, layout))
        return FOLD_REFUSED;
    struct counts *counts = need_counts(fold, response->round, response->action, layout);
    if (!counts) {
        (void)scratch_fail(fold->scratch, ENOMEM);
        return FOLD_FAILED;
    }
    if (counts->slots != layout->slots)
        return FOLD_REFUSED;
    uint64_t place = number_place(response->round, response->member, response->action);
    return put_response(fold, place, &put, response->slots, response->slot_count) < 0 ? FOLD_FAILED : FOLD_OK;
}

void fold_expect_none(struct fold *fold, int64_t round, int64_t member, int64_t action, int64_t event)
{
    const struct put put = {.index = event};
    if (fits_place(round, member, action))
        put_response(fold, number_place(round, member, action), &put, NULL, 0);
}

/* Having it back. */

void fold_turn(struct fold *fold)
{
    fold->has_turned = sorter_turn(fold->responses) == 0;
}

/* The response that is ahead, whose slots stay where they are. */
static void show_ahead(const struct fold *fold, const struct put *put, struct fold_current *out)
{
    uint64_t place = fold->ahead.key;
    *out = (struct fold_current){.round = (int64_t)(place >> (MEMBER_BITS + ACTION_BITS)),
                                 .member = (int64_t)(place >> ACTION_BITS) & MASK(MEMBER_BITS),
                                 .action = (int64_t)place & MASK(ACTION_BITS),
                                 .revision = put->revision,
                                 .index = put->index,
                                 .replaced = -1};
}

static int reserve_slots(struct fold *fold, size_t count)
{
    if (count <= fold->slot_capacity)
        return 0;
    uint16_t *slots = mem_resize(fold->slots, 2 * count, sizeof *slots);
    if (!slots)
        return scratch_fail(fold->scratch, ENOMEM);
    fold->slots = slots;
    fold->slot_capacity = 2 * count;
    return 0;
}

/* Makes what is ahead the current response of its place. */
static enum fold_step take_ahead(struct fold *fold, struct fold_current *next)
{
    size_t len = fold->ahead.len - sizeof(struct put);
    if (fold->has_current) {
        count_current(fold, &fold->current, -1);
        next->replaced = fold->current.index;
        if (fold->current.replaced >= 0)
            links_add(&fold->links, fold->current.index, fold->current.replaced);
    }
    next->slot_count = len / sizeof *fold->slots;
    if (reserve_slots(fold, next->slot_count) < 0)
        return FOLD_END;
    memcpy(fold->slots, (const uint8_t *)fold->ahead.bytes + sizeof(struct put), len);
    next->slots = fold->slots;
    fold->current = *next;
    fold->has_current = true;
    count_current(fold, next, 1);
    return FOLD_COUNTS;
}

enum fold_step fold_next(struct fold *fold, struct fold_current *out, int64_t *event)
{
    struct put put;
    for (;;) {
        if (!fold->has_ahead && fold->has_turned)
            fold->has_ahead = sorter_next(fold->responses, &fold->ahead);
        if (fold->scratch->why != 0)
            return FOLD_END;
        if (fold->has_current && (!fold->has_ahead || fold->ahead.key != fold->place)) {
            fold->has_current = false;
            fold->current_count++;
            *out = fold->current;
            return FOLD_CURRENT;
        }
        if (!fold->has_ahead)
            return FOLD_END;
        fold->has_ahead = false;
        fold->place = fold->ahead.key;
        memcpy(&put, fold->ahead.bytes, sizeof put);
        if (fold->ahead.len == sizeof put) {
            if (!fold->has_current)
                continue;
            *out = fold->current;
            *event = put.index;
            return FOLD_KEPT;
        }
        show_ahead(fold, &put, out);
        return fold->has_current && put.revision <= fold->current.revision ? FOLD_STALE : take_ahead(fold, out);
    }
}

size_t fold_current_count(const struct fold *fold)
{
    return fold->current_count;
}

const struct links *fold_links(const struct fold *fold)
{
    return &fold->links;
}
