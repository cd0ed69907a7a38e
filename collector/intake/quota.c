/* Sets of a few slots, found by the key's hash: a key is looked for, and makes room for itself, within its set.
 * Knows no member and no response. */
#include "collector/intake/quota.h"
#include "base/hash.h"
#include "base/mem.h"
#include <stddef.h>

#define SET_SLOTS 8

struct quota_slot {
    uint64_t key;
    int64_t begun; /* the window */
    uint32_t count; /* in it; 0: an empty slot */
};

struct quota {
    unsigned most;
    int64_t seconds;
    size_t sets; /* a power of two */
    struct quota_slot slots[];
};

struct quota *quota_new(unsigned most, int64_t seconds, unsigned keys)
{
    size_t sets = 1;
    while (sets * SET_SLOTS < keys)
        sets *= 2;
    struct quota *quota = mem_calloc(1, sizeof *quota + sets * SET_SLOTS * sizeof quota->slots[0]);
    if (!quota)
        return NULL;
    quota->most = most;
    quota->seconds = seconds;
    quota->sets = sets;
    return quota;
}

void quota_free(struct quota *quota)
{
    mem_free(quota);
}

static size_t first_slot(const struct quota *quota, uint64_t key)
{
    return ((size_t)hash_integers((int64_t)key, 0, 0) & (quota->sets - 1)) * SET_SLOTS;
}

/* A window that is over counts no longer; nor does one that begins later, by a clock that has been set back. */
static bool is_running(const struct quota *quota, const struct quota_slot *slot, int64_t now)
{
    return slot->count > 0 && now >= slot->begun && now - slot->begun < quota->seconds;
}

int64_t quota_wait(const struct quota *quota, uint64_t key, int64_t now)
{
    if (!quota)
        return 0;
    const struct quota_slot *set = &quota->slots[first_slot(quota, key)];
    for (size_t i = 0; i < SET_SLOTS; i++)
        if (set[i].key == key && is_running(quota, &set[i], now))
            return set[i].count < quota->most ? 0 : set[i].begun + quota->seconds - now;
    return 0;
}

/* The key's own slot, or the one of its set that is most dispensable. */
static struct quota_slot *find_slot(struct quota *quota, uint64_t key, int64_t now)
{
    struct quota_slot *set = &quota->slots[first_slot(quota, key)], *best = set;
    for (size_t i = 0; i < SET_SLOTS; i++) {
        if (set[i].key == key && set[i].count > 0)
            return &set[i];
        bool over = !is_running(quota, &set[i], now), best_over = !is_running(quota, best, now);
        if ((over && !best_over) || (over == best_over && set[i].begun < best->begun))
            best = &set[i];
    }
    return best;
}

void quota_note(struct quota *quota, uint64_t key, int64_t now)
{
    if (!quota)
        return;
    struct quota_slot *slot = find_slot(quota, key, now);
    if (slot->key != key || !is_running(quota, slot, now))
        *slot = (struct quota_slot){.key = key, .begun = now};
    slot->count++;
}

void quota_take_back(struct quota *quota, uint64_t key)
{
    if (!quota)
        return;
    struct quota_slot *set = &quota->slots[first_slot(quota, key)];
    for (size_t i = 0; i < SET_SLOTS; i++)
        if (set[i].key == key && set[i].count > 0) {
            set[i].count--;
            return;
        }
}
