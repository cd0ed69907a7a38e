/* Three lists: members, found by thumbprint, current responses, found by (round, member, action), counters by (round,
 * action). The first two are found through open addressing tables of their numbers that double when half full; the
 * third is short. */
#include "collector/audit/fold.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <stdlib.h>
#include <string.h>

#define SMALLEST 1024

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
    struct fold_member *members; /* by number - 1 */
    size_t member_count, member_cap;
    uint32_t *by_thumbprint; /* numbers; 0: an empty slot */
    uint32_t *by_invitation; /* the same, of the first to use it */
    uint8_t (*thumbprints)[SHA256_BYTES]; /* by number - 1 */
    size_t by_size;
    struct current *currents;
    size_t current_count, current_cap;
    uint32_t *by_place; /* places in `currents`, from 1; 0: an empty slot */
    size_t place_size;
    struct counts *counts;
    size_t count_count;
};

struct fold *fold_new(void)
{
    struct fold *fold = mem_calloc(1, sizeof *fold);
    if (!fold)
        return NULL;
    fold->by_size = fold->place_size = SMALLEST;
    fold->by_thumbprint = mem_calloc(SMALLEST, sizeof *fold->by_thumbprint);
    fold->by_invitation = mem_calloc(SMALLEST, sizeof *fold->by_invitation);
    fold->by_place = mem_calloc(SMALLEST, sizeof *fold->by_place);
    if (fold->by_thumbprint && fold->by_invitation && fold->by_place)
        return fold;
    fold_free(fold);
    return NULL;
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
    mem_free(fold->by_thumbprint);
    mem_free(fold->by_invitation);
    mem_free(fold->thumbprints);
    mem_free(fold->currents);
    mem_free(fold->by_place);
    mem_free(fold->counts);
    mem_free(fold);
}

/* Members. */

/* The slot that holds this thumbprint's number, or the empty one where it would go. */
static uint32_t *probe_member(const struct fold *fold, uint32_t *slots, size_t size, const uint8_t *thumbprint)
{
    uint64_t hash;
    memcpy(&hash, thumbprint, sizeof hash);
    size_t i = (size_t)hash & (size - 1);
    while (slots[i] != 0 && memcmp(fold->thumbprints[slots[i] - 1], thumbprint, SHA256_BYTES) != 0)
        i = (i + 1) & (size - 1);
    return &slots[i];
}

/* The same for an invitation. */
static uint32_t *probe_invitation(const struct fold *fold, uint32_t *slots, size_t size, const uint8_t *invitation)
{
    uint64_t hash;
    memcpy(&hash, invitation, sizeof hash);
    size_t i = (size_t)hash & (size - 1);
    while (slots[i] != 0 && memcmp(fold->members[slots[i] - 1].invitation, invitation, SHA256_BYTES) != 0)
        i = (i + 1) & (size - 1);
    return &slots[i];
}

static int grow_lists(struct fold *fold)
{
    if (fold->member_count < fold->member_cap)
        return 0;
    size_t cap = fold->member_cap * 2 + SMALLEST;
    struct fold_member *members = mem_resize(fold->members, cap, sizeof *members);
    if (!members)
        return -1;
    fold->members = members;
    uint8_t(*thumbprints)[SHA256_BYTES] = mem_resize(fold->thumbprints, cap, sizeof *thumbprints);
    if (!thumbprints)
        return -1;
    fold->thumbprints = thumbprints;
    fold->member_cap = cap;
    return 0;
}

static int grow_tables(struct fold *fold)
{
    size_t size = fold->by_size * 2;
    if (fold->member_count * 2 < fold->by_size)
        return 0;
    uint32_t *thumbprints = mem_calloc(size, sizeof *thumbprints), *invitations = mem_calloc(size, sizeof *invitations);
    if (!thumbprints || !invitations) {
        mem_free(thumbprints);
        mem_free(invitations);
        return -1;
    }
    for (uint32_t number = 1; number <= fold->member_count; number++) {
        *probe_member(fold, thumbprints, size, fold->thumbprints[number - 1]) = number;
        uint32_t *first = probe_invitation(fold, invitations, size, fold->members[number - 1].invitation);
        if (*first == 0)
            *first = number;
    }
    mem_free(fold->by_thumbprint);
    mem_free(fold->by_invitation);
    fold->by_thumbprint = thumbprints;
    fold->by_invitation = invitations;
    fold->by_size = size;
    return 0;
}

enum fold_answer fold_enrol(struct fold *fold, const struct fold_member *member)
{
    char kid[KID_SIZE];
    uint8_t thumbprint[SHA256_BYTES];
    key_thumbprint(member->public_key, kid);
    if (grow_lists(fold) || grow_tables(fold) || fold->member_count == UINT32_MAX - 1)
        return FOLD_NO_MEMORY;
    if (base64url_decode_exactly(kid, KID_LENGTH, thumbprint, sizeof thumbprint))
        return FOLD_REFUSED;
    uint32_t *slot = probe_member(fold, fold->by_thumbprint, fold->by_size, thumbprint);
    if (*slot != 0)
        return FOLD_REFUSED;
    memcpy(fold->thumbprints[fold->member_count], thumbprint, sizeof thumbprint);
    fold->members[fold->member_count++] = *member;
    *slot = (uint32_t)fold->member_count;
    uint32_t *first = probe_invitation(fold, fold->by_invitation, fold->by_size, member->invitation);
    if (*first == 0)
        *first = (uint32_t)fold->member_count;
    return FOLD_OK;
}

int64_t fold_find_invitation(const struct fold *fold, const uint8_t invitation[static SHA256_BYTES])
{
    return *probe_invitation(fold, fold->by_invitation, fold->by_size, invitation);
}

int64_t fold_find_member(const struct fold *fold, const char kid[static KID_SIZE], const uint8_t **public_key)
{
    uint8_t thumbprint[SHA256_BYTES];
    if (base64url_decode_exactly(kid, strlen(kid), thumbprint, sizeof thumbprint))
        return 0;
    uint32_t number = *probe_member(fold, fold->by_thumbprint, fold->by_size, thumbprint);
    if (number != 0)
        *public_key = fold->members[number - 1].public_key;
    return number;
}

size_t fold_member_count(const struct fold *fold)
{
    return fold->member_count;
}

const struct fold_member *fold_member(const struct fold *fold, int64_t number)
{
    return number >= 1 && (uint64_t)number <= fold->member_count ? &fold->members[number - 1] : NULL;
}

/* Current responses. */

/* The slot of `table` that leads to this response, or the empty one where it would. */
static uint32_t *probe_current(const struct fold *fold, uint32_t *table, size_t size, int64_t round, int64_t member,
                               int64_t action)
{
    uint64_t hash = ((uint64_t)member * 0x9e3779b97f4a7c15u ^ (uint64_t)action * 0xc2b2ae3d27d4eb4fu ^ (uint64_t)round);
    hash ^= hash >> 29;
    size_t i = (size_t)(hash * 0xbf58476d1ce4e5b9u >> 20) & (size - 1);
    for (; table[i] != 0; i = (i + 1) & (size - 1)) {
        const struct current *current = &fold->currents[table[i] - 1];
        if (current->round == round && current->member == member && current->action == action)
            break;
    }
    return &table[i];
}

static int grow_places(struct fold *fold)
{
    if (fold->current_count * 2 < fold->place_size)
        return 0;
    size_t size = fold->place_size * 2;
    uint32_t *larger = mem_calloc(size, sizeof *larger);
    if (!larger)
        return -1;
    for (size_t i = 0; i < fold->current_count; i++) {
        const struct current *current = &fold->currents[i];
        *probe_current(fold, larger, size, current->round, current->member, current->action) = (uint32_t)i + 1;
    }
    mem_free(fold->by_place);
    fold->by_place = larger;
    fold->place_size = size;
    return 0;
}

/* Makes room for one more in both; where it goes, NULL when there is no memory. */
static struct current *grow_currents(struct fold *fold)
{
    if (!fold->currents || fold->current_count == fold->current_cap) {
        size_t cap = fold->current_cap + fold->current_cap / 2 + SMALLEST;
        struct current *more = cap <= UINT32_MAX ? mem_resize(fold->currents, cap, sizeof *more) : NULL;
        if (!more)
            return NULL;
        fold->currents = more;
        fold->current_cap = cap;
    }
    return grow_places(fold) == 0 ? &fold->currents[fold->current_count] : NULL;
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

static struct counts *find_counts(const struct fold *fold, int64_t round, int64_t action)
{
    for (size_t i = 0; i < fold->count_count; i++)
        if (fold->counts[i].round == round && fold->counts[i].action == action)
            return &fold->counts[i];
    return NULL;
}

/* The counters, made when they are not there yet. */
static struct counts *need_counts(struct fold *fold, int64_t round, int64_t action, const struct tally_layout *layout)
{
    struct counts *found = find_counts(fold, round, action);
    if (found)
        return found;
    struct counts *more = mem_resize(fold->counts, fold->count_count + 1, sizeof *more);
    if (!more)
        return NULL;
    fold->counts = more;
    int64_t *counts = mem_calloc(layout->slots, sizeof *counts);
    if (!counts)
        return NULL;
    more[fold->count_count] = (struct counts){round, action, counts, layout->slots};
    return &more[fold->count_count++];
}

static bool fits_place(const struct fold_current *response)
{
    return response->round >= 0 && response->round <= UINT32_MAX && response->member >= 0 &&
           response->member <= UINT32_MAX && response->action >= 0 && response->action <= UINT32_MAX &&
           response->slot_count <= UINT32_MAX;
}

static struct current as_current(const struct fold_current *response, int64_t replaced, uint16_t *slots)
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

enum fold_answer fold_respond(struct fold *fold, const struct fold_current *response, const struct tally_layout *layout)
{
    if (!fits_place(response))
        return FOLD_REFUSED;
    struct current *room = grow_currents(fold);
    if (!room)
        return FOLD_NO_MEMORY;
    uint32_t *place =
        probe_current(fold, fold->by_place, fold->place_size, response->round, response->member, response->action);
    struct current *before = *place != 0 ? &fold->currents[*place - 1] : NULL;
    if (before && response->revision <= before->revision)
        return FOLD_REFUSED;
    struct counts *counts = need_counts(fold, response->round, response->action, layout);
    uint16_t *slots = mem_calloc(response->slot_count, sizeof *slots);
    if (!counts || !slots) {
        mem_free(slots);
        return FOLD_NO_MEMORY;
    }
    memcpy(slots, response->slots, response->slot_count * sizeof *slots);
    /* The new ones first: they may be refused, while what was once added can always be taken back. */
    if (tally_add(layout, counts->counts, slots, response->slot_count, 1) ||
        (before && tally_add(layout, counts->counts, before->slots, before->slot_count, -1))) {
        mem_free(slots);
        return FOLD_REFUSED;
    }
    if (before) {
        mem_free(before->slots);
        *before = as_current(response, before->index, slots);
    } else {
        *room = as_current(response, -1, slots);
        *place = (uint32_t)++fold->current_count;
    }
    return FOLD_OK;
}

size_t fold_current_count(const struct fold *fold)
{
    return fold->current_count;
}

bool fold_find_current(const struct fold *fold, int64_t round, int64_t member, int64_t action, struct fold_current *out)
{
    uint32_t place = *probe_current(fold, fold->by_place, fold->place_size, round, member, action);
    if (place == 0)
        return false;
    show_current(&fold->currents[place - 1], out);
    return true;
}

bool fold_next_current(const struct fold *fold, size_t *place, struct fold_current *out)
{
    if (*place >= fold->current_count)
        return false;
    show_current(&fold->currents[(*place)++], out);
    return true;
}

/* Counters. */

const int64_t *fold_counts(const struct fold *fold, int64_t round, int64_t action)
{
    const struct counts *found = find_counts(fold, round, action);
    return found ? found->counts : NULL;
}

bool fold_next_counts(const struct fold *fold, size_t *place, int64_t *round, int64_t *action, const int64_t **counts,
                      size_t *slots)
{
    if (*place >= fold->count_count)
        return false;
    const struct counts *next = &fold->counts[(*place)++];
    *round = next->round;
    *action = next->action;
    *counts = next->counts;
    *slots = next->slots;
    return true;
}
