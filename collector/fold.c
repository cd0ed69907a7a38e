/* Three tables: members by thumbprint, current responses by (round, member, action), counters by (round, action). The first two are open addressing
 * tables that double when half full; the third is short. */
#include "collector/fold.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <stdlib.h>
#include <string.h>

#define SMALLEST 1024

struct current {
    int64_t round, member, action; /* round 0: an empty slot */
    int64_t revision, index, replaced;
    uint16_t *slots;
    size_t slot_count;
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
    size_t current_count, current_size;
    struct counts *counts;
    size_t count_count;
};

struct fold *fold_new(void)
{
    struct fold *fold = mem_calloc(1, sizeof *fold);
    if (fold == NULL)
        return NULL;
    fold->by_size = fold->current_size = SMALLEST;
    fold->by_thumbprint = mem_calloc(SMALLEST, sizeof *fold->by_thumbprint);
    fold->by_invitation = mem_calloc(SMALLEST, sizeof *fold->by_invitation);
    fold->currents = mem_calloc(SMALLEST, sizeof *fold->currents);
    if (fold->by_thumbprint != NULL && fold->by_invitation != NULL && fold->currents != NULL)
        return fold;
    fold_free(fold);
    return NULL;
}

void fold_free(struct fold *fold)
{
    if (fold == NULL)
        return;
    for (size_t i = 0; fold->currents != NULL && i < fold->current_size; i++)
        mem_free(fold->currents[i].slots);
    for (size_t i = 0; i < fold->count_count; i++)
        mem_free(fold->counts[i].counts);
    mem_free(fold->members);
    mem_free(fold->by_thumbprint);
    mem_free(fold->by_invitation);
    mem_free(fold->thumbprints);
    mem_free(fold->currents);
    mem_free(fold->counts);
    mem_free(fold);
}

/* --- members --------------------------------------------------------------------------------------------------------------- */

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
    if (members == NULL)
        return -1;
    fold->members = members;
    uint8_t(*thumbprints)[SHA256_BYTES] = mem_resize(fold->thumbprints, cap, sizeof *thumbprints);
    if (thumbprints == NULL)
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
    if (thumbprints == NULL || invitations == NULL) {
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

/* --- current responses ----------------------------------------------------------------------------------------------------- */

static struct current *probe_current(struct current *currents, size_t size, int64_t round, int64_t member, int64_t action)
{
    uint64_t hash = ((uint64_t)member * 0x9e3779b97f4a7c15u ^ (uint64_t)action * 0xc2b2ae3d27d4eb4fu ^ (uint64_t)round);
    hash ^= hash >> 29;
    size_t i = (size_t)(hash * 0xbf58476d1ce4e5b9u >> 20) & (size - 1);
    while (currents[i].round != 0 &&
           (currents[i].round != round || currents[i].member != member || currents[i].action != action))
        i = (i + 1) & (size - 1);
    return &currents[i];
}

static int grow_currents(struct fold *fold)
{
    if (fold->current_count * 2 < fold->current_size)
        return 0;
    size_t size = fold->current_size * 2;
    struct current *larger = mem_calloc(size, sizeof *larger);
    if (larger == NULL)
        return -1;
    for (size_t i = 0; i < fold->current_size; i++) {
        const struct current *old = &fold->currents[i];
        if (old->round != 0)
            *probe_current(larger, size, old->round, old->member, old->action) = *old;
    }
    mem_free(fold->currents);
    fold->currents = larger;
    fold->current_size = size;
    return 0;
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
    if (found != NULL)
        return found;
    struct counts *more = mem_resize(fold->counts, fold->count_count + 1, sizeof *more);
    if (more == NULL)
        return NULL;
    fold->counts = more;
    int64_t *counts = mem_calloc(layout->slots, sizeof *counts);
    if (counts == NULL)
        return NULL;
    more[fold->count_count] = (struct counts){round, action, counts, layout->slots};
    return &more[fold->count_count++];
}

enum fold_answer fold_respond(struct fold *fold, const struct fold_current *response, const struct tally_layout *layout)
{
    if (grow_currents(fold))
        return FOLD_NO_MEMORY;
    struct current *current =
        probe_current(fold->currents, fold->current_size, response->round, response->member, response->action);
    bool is_new = current->round == 0;
    if (!is_new && response->revision <= current->revision)
        return FOLD_REFUSED;
    struct counts *counts = need_counts(fold, response->round, response->action, layout);
    uint16_t *slots = mem_calloc(response->slot_count, sizeof *slots);
    if (counts == NULL || slots == NULL) {
        mem_free(slots);
        return FOLD_NO_MEMORY;
    }
    memcpy(slots, response->slots, response->slot_count * sizeof *slots);
    /* The new ones first: they may be refused, while what was once added can always be taken back. */
    if (tally_add(layout, counts->counts, slots, response->slot_count, 1) ||
        (!is_new && tally_add(layout, counts->counts, current->slots, current->slot_count, -1))) {
        mem_free(slots);
        return FOLD_REFUSED;
    }
    mem_free(current->slots);
    *current = (struct current){response->round,
                                response->member,
                                response->action,
                                response->revision,
                                response->index,
                                is_new ? -1 : current->index,
                                slots,
                                response->slot_count};
    fold->current_count += is_new;
    return FOLD_OK;
}

size_t fold_current_count(const struct fold *fold)
{
    return fold->current_count;
}

bool fold_find_current(const struct fold *fold, int64_t round, int64_t member, int64_t action, struct fold_current *out)
{
    const struct current *current = probe_current(fold->currents, fold->current_size, round, member, action);
    if (current->round == 0)
        return false;
    show_current(current, out);
    return true;
}

bool fold_next_current(const struct fold *fold, size_t *place, struct fold_current *out)
{
    for (; *place < fold->current_size; (*place)++)
        if (fold->currents[*place].round != 0) {
            show_current(&fold->currents[(*place)++], out);
            return true;
        }
    return false;
}

/* --- counters -------------------------------------------------------------------------------------------------------------- */

const int64_t *fold_counts(const struct fold *fold, int64_t round, int64_t action)
{
    const struct counts *found = find_counts(fold, round, action);
    return found != NULL ? found->counts : NULL;
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
