/* Three lists: members, found by thumbprint and by enrolment, current responses, found by (round, member, action), and
 * counters, found by (round, action). Knows no envelope and no signature, and no store. */
#include "collector/audit/fold.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <string.h>

struct member {
    struct fold_member shown;
    uint8_t thumbprint[SHA256_BYTES];
};

/* One for each response that counts, so of ten million each byte is ten megabytes. The numbers have no more bits in the
 * store either. */
struct current {
    uint32_t round, member, action;
    uint32_t slot_count;
    int64_t revision, index, replaced;
    uint16_t *slots;
};

struct counts {
    int64_t round, action;
    int64_t *counts;
    size_t slots;
};

struct fold {
    struct member *members; /* by number - 1 */
    size_t member_count, member_capacity;
    struct hash by_thumbprint; /* numbers of members */
    struct current *currents;
    size_t current_count, current_capacity;
    struct hash by_place; /* of `currents`, index + 1 */
    struct counts *counts;
    size_t count_count, count_capacity;
    struct hash by_action; /* of `counts`, index + 1 */
};

/* Where a current response or counters (member 0) belong. */
struct place {
    int64_t round, member, action;
};

struct fold *fold_new(void)
{
    struct fold *fold = mem_calloc(1, sizeof *fold);
    if (!fold)
        return NULL;
    hash_init(&fold->by_thumbprint);
    hash_init(&fold->by_place);
    hash_init(&fold->by_action);
    return fold;
}

void fold_free(struct fold *fold)
{
    if (!fold)
        return;
    for (size_t i = 0; i < fold->current_count; i++)
        mem_free(fold->currents[i].slots);
    for (size_t i = 0; i < fold->count_count; i++)
        mem_free(fold->counts[i].counts);
    mem_free(fold->members);
    mem_free(fold->currents);
    mem_free(fold->counts);
    hash_wipe(&fold->by_thumbprint);
    hash_wipe(&fold->by_place);
    hash_wipe(&fold->by_action);
    mem_free(fold);
}

/* Members. */

static bool has_thumbprint(const void *context, uint32_t number, const void *key)
{
    const struct fold *fold = context;
    return memcmp(fold->members[number - 1].thumbprint, key, SHA256_BYTES) == 0;
}

static uint32_t find_by_thumbprint(const struct fold *fold, const uint8_t thumbprint[static SHA256_BYTES])
{
    return hash_find(&fold->by_thumbprint, hash_digest(thumbprint), has_thumbprint, fold, thumbprint);
}

static struct member *reserve_fold_member(struct fold *fold)
{
    struct member *members = list_grow(fold->members, fold->member_count, &fold->member_capacity, sizeof *members);
    if (!members)
        return NULL;
    fold->members = members;
    return hash_reserve(&fold->by_thumbprint, 1) == 0 ? &members[fold->member_count] : NULL;
}

enum fold_answer fold_enrol(struct fold *fold, const struct fold_member *member)
{
    char kid[KID_SIZE];
    struct member next = {.shown = *member};
    key_thumbprint(member->public_key, kid);
    if (base64url_decode_exactly(kid, KID_LENGTH, next.thumbprint, sizeof next.thumbprint) < 0 ||
        find_by_thumbprint(fold, next.thumbprint) != 0)
        return FOLD_REFUSED;
    struct member *room = reserve_fold_member(fold);
    if (!room)
        return FOLD_NO_MEMORY;
    *room = next;
    uint32_t number = (uint32_t)++fold->member_count;
    hash_put(&fold->by_thumbprint, hash_digest(next.thumbprint), number);
    return FOLD_OK;
}

int64_t fold_find_enrolment(const struct fold *fold, int64_t index)
{
    size_t low = 0, high = fold->member_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fold->members[middle].shown.index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < fold->member_count && fold->members[low].shown.index == index ? (int64_t)low + 1 : 0;
}

void fold_revoke(struct fold *fold, int64_t number, bool is_revoked)
{
    fold->members[number - 1].shown.is_revoked = is_revoked;
}

int64_t fold_find_member(const struct fold *fold, const char kid[static KID_SIZE], const uint8_t **public_key)
{
    uint8_t thumbprint[SHA256_BYTES];
    if (base64url_decode_exactly(kid, strlen(kid), thumbprint, sizeof thumbprint) < 0)
        return 0;
    uint32_t number = find_by_thumbprint(fold, thumbprint);
    if (number != 0)
        *public_key = fold->members[number - 1].shown.public_key;
    return number;
}

size_t fold_member_count(const struct fold *fold)
{
    return fold->member_count;
}

const struct fold_member *fold_member(const struct fold *fold, int64_t number)
{
    return number >= 1 && (uint64_t)number <= fold->member_count ? &fold->members[number - 1].shown : NULL;
}

/* Current responses. */

static uint64_t hash_place(const struct place *place)
{
    return hash_integers(place->round, place->member, place->action);
}

static bool current_is_at(const void *context, uint32_t number, const void *key)
{
    const struct fold *fold = context;
    const struct current *current = &fold->currents[number - 1];
    const struct place *place = key;
    return current->round == place->round && current->member == place->member && current->action == place->action;
}

static struct current *find_current(const struct fold *fold, const struct place *place)
{
    uint32_t number = hash_find(&fold->by_place, hash_place(place), current_is_at, fold, place);
    return number != 0 ? &fold->currents[number - 1] : NULL;
}

static int reserve_current(struct fold *fold)
{
    struct current *currents =
        list_grow(fold->currents, fold->current_count, &fold->current_capacity, sizeof *currents);
    if (!currents)
        return -1;
    fold->currents = currents;
    return hash_reserve(&fold->by_place, 1);
}

static void show_current(const struct current *current, struct fold_current *out)
{
    *out = (struct fold_current){.round = current->round,
                                 .member = current->member,
                                 .action = current->action,
                                 .revision = current->revision,
                                 .index = current->index,
                                 .replaced = current->replaced,
                                 .slots = current->slots,
                                 .slot_count = current->slot_count};
}

static bool counts_are_of(const void *context, uint32_t number, const void *key)
{
    const struct fold *fold = context;
    const struct place *place = key;
    return fold->counts[number - 1].round == place->round && fold->counts[number - 1].action == place->action;
}

static struct counts *find_counts(const struct fold *fold, int64_t round, int64_t action)
{
    const struct place place = {.round = round, .action = action};
    uint32_t number = hash_find(&fold->by_action, hash_place(&place), counts_are_of, fold, &place);
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

static bool fits_place(const struct fold_current *response)
{
    return response->round >= 0 && response->round <= UINT32_MAX && response->member >= 0 &&
           response->member <= UINT32_MAX && response->action >= 0 && response->action <= UINT32_MAX &&
           response->slot_count <= UINT32_MAX;
}

static struct current make_current(const struct fold_current *response, int64_t replaced, uint16_t *slots)
{
    return (struct current){.round = (uint32_t)response->round,
                            .member = (uint32_t)response->member,
                            .action = (uint32_t)response->action,
                            .slot_count = (uint32_t)response->slot_count,
                            .revision = response->revision,
                            .index = response->index,
                            .replaced = replaced,
                            .slots = slots};
}

/* Counts the new slots, and no longer those of the response before. The new ones first: they may be refused, while what
 * was once added can always be taken back. */
static int count_slots(const struct tally_layout *layout, struct counts *counts, const struct fold_current *response,
                       const struct current *before)
{
    if (tally_add(layout, counts->counts, response->slots, response->slot_count, 1) < 0)
        return -1;
    return before ? tally_add(layout, counts->counts, before->slots, before->slot_count, -1) : 0;
}

enum fold_answer fold_respond(struct fold *fold, const struct fold_current *response, const struct tally_layout *layout)
{
    const struct place place = {response->round, response->member, response->action};
    if (!fits_place(response))
        return FOLD_REFUSED;
    if (reserve_current(fold) < 0)
        return FOLD_NO_MEMORY;
    struct current *before = find_current(fold, &place);
    if (before && response->revision <= before->revision)
        return FOLD_REFUSED;
    struct counts *counts = need_counts(fold, response->round, response->action, layout);
    uint16_t *slots = mem_calloc(response->slot_count, sizeof *slots);
    if (!counts || !slots) {
        mem_free(slots);
        return FOLD_NO_MEMORY;
    }
    memcpy(slots, response->slots, response->slot_count * sizeof *slots);
    if (counts->slots != layout->slots || count_slots(layout, counts, response, before) < 0) {
        mem_free(slots);
        return FOLD_REFUSED;
    }
    if (before) {
        mem_free(before->slots);
        *before = make_current(response, before->index, slots);
    } else {
        fold->currents[fold->current_count++] = make_current(response, -1, slots);
        hash_put(&fold->by_place, hash_place(&place), (uint32_t)fold->current_count);
    }
    return FOLD_OK;
}

size_t fold_current_count(const struct fold *fold)
{
    return fold->current_count;
}

bool fold_find_current(const struct fold *fold, int64_t round, int64_t member, int64_t action, struct fold_current *out)
{
    const struct current *found = find_current(fold, &(struct place){round, member, action});
    if (found)
        show_current(found, out);
    return found != NULL;
}

bool fold_next_current(const struct fold *fold, size_t *at, struct fold_current *out)
{
    if (*at >= fold->current_count)
        return false;
    show_current(&fold->currents[(*at)++], out);
    return true;
}

/* Counters. */

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
