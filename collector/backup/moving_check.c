/* What is there now, read back: the root of its tree is that of the entries and of the store that was copied; its
 * counters are those, and follow from its own current responses. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/backup/moving_state.h"
#include "collector/log/tree.h"
#include <string.h>

/* The counters of a round, by action. */
struct vector {
    int64_t *counts; /* NULL: none */
    size_t slots;
};

struct reading {
    struct moving *moving;
    struct vector *list; /* by the action's number */
    size_t count;
    int64_t currents, members;
    bool differs;
};

static int tell_difference(struct moving *m, const char *what)
{
    return error_set(m->error, ERROR_DAMAGED,
                     T("%s of the copy are not those of the store that was copied; run `audit` on that one",
                       "%s van de kopie zijn niet die van de opslag die gekopieerd is; voer daarop `audit` uit"),
                     what);
}

static int check_log(struct moving *m)
{
    struct merkle_head from, to;
    struct merkle_hash root;
    merkle_edge_root(&m->edge, &root);
    if (tree_head(m->from, &from, m->error) < 0 || tree_head(m->to, &to, m->error) < 0)
        return -1;
    if (from.size != to.size || !merkle_equal(&from.root, &to.root) || !merkle_equal(&from.root, &root))
        return tell_difference(m, T("the entries", "de regels"));
    m->moved.head = to;
    return 0;
}

/* Counters. */

static struct vector *vector_at(struct reading *reading, int64_t action)
{
    size_t number = (size_t)action;
    if (number >= reading->count) {
        size_t room = 2 * (number + 1);
        struct vector *list = mem_resize(reading->list, room, sizeof *list);
        if (!list)
            return NULL;
        memset(list + reading->count, 0, (room - reading->count) * sizeof *list);
        reading->list = list;
        reading->count = room;
    }
    return &reading->list[number];
}

static int take_counts(void *context, int64_t action, const int64_t *counts, size_t slots)
{
    struct reading *reading = context;
    struct vector *vector = vector_at(reading, action);
    int64_t *copy = vector ? mem_calloc(slots, sizeof *copy) : NULL;
    if (!copy)
        return moving_no_memory(reading->moving);
    memcpy(copy, counts, slots * sizeof *copy);
    mem_free(vector->counts);
    *vector = (struct vector){copy, slots};
    return 0;
}

static int compare_copied_counts(void *context, int64_t action, const int64_t *counts, size_t slots)
{
    struct reading *reading = context;
    const struct vector *vector = vector_at(reading, action);
    if (!vector)
        return moving_no_memory(reading->moving);
    reading->differs |=
        !vector->counts || vector->slots != slots || memcmp(vector->counts, counts, slots * sizeof *counts) != 0;
    return 0;
}

static int take_off(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    (void)member;
    struct reading *reading = context;
    const struct vector *vector = vector_at(reading, action);
    if (!vector)
        return moving_no_memory(reading->moving);
    reading->currents++;
    for (size_t i = 0; i < current->slot_count; i++)
        if (current->slots[i] < vector->slots)
            vector->counts[current->slots[i]]--;
        else
            reading->differs = true;
    return 0;
}

/* Frees them; whether all have come to nothing. */
static bool end_vectors(struct reading *reading)
{
    bool all = true;
    for (size_t i = 0; i < reading->count; i++) {
        for (size_t slot = 0; slot < reading->list[i].slots; slot++)
            all = all && reading->list[i].counts[slot] == 0;
        mem_free(reading->list[i].counts);
    }
    mem_free(reading->list);
    reading->list = NULL;
    reading->count = 0;
    return all;
}

/* A walk of `to`. */
static int walked_copy(struct moving *m, enum store_result result)
{
    if (result == STORE_OK)
        return 0;
    return m->is_told ? -1 : store_fail(m->to, m->error);
}

static int check_copied_round(struct reading *reading, int64_t round)
{
    struct moving *m = reading->moving;
    int result = moving_walked(m, store_counts_each_in(m->from, round, take_counts, reading));
    if (result == 0)
        result = walked_copy(m, store_counts_each_in(m->to, round, compare_copied_counts, reading));
    if (result == 0)
        result = walked_copy(m, store_current_each(m->to, round, take_off, reading));
    bool all = end_vectors(reading);
    if (result == 0 && (reading->differs || !all))
        result = tell_difference(m, T("the counters", "de tellers"));
    return result;
}

static int count_member(void *context, const struct store_member *member)
{
    (void)member;
    struct reading *reading = context;
    reading->members++;
    return 0;
}

static int check_invitations(struct moving *m)
{
    struct invitation_counts from, to;
    if (store_invitation_count(m->from, &from) != STORE_OK)
        return moving_walked(m, STORE_FAILED);
    if (store_invitation_count(m->to, &to) != STORE_OK)
        return store_fail(m->to, m->error);
    return from.unused == to.unused && from.used == to.used && from.withdrawn == to.withdrawn && from.last == to.last
               ? 0
               : tell_difference(m, T("the invitations", "de uitnodigingen"));
}

int moving_check(struct moving *m)
{
    struct reading reading = {.moving = m};
    if (check_log(m) < 0 || check_invitations(m) < 0)
        return -1;
    for (size_t i = 0; i < m->round_count; i++)
        if (check_copied_round(&reading, m->rounds[i]) < 0)
            return -1;
    if (walked_copy(m, store_member_each(m->to, count_member, &reading)) < 0)
        return -1;
    if (reading.currents != m->moved.currents || reading.members != m->moved.members)
        return tell_difference(m, T("the rows", "de rijen"));
    return 0;
}
