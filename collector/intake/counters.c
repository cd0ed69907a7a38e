/* Vectors found by round and action, and the list of those that differ from the store. Knows no submission. */
#include "collector/intake/counters.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"

struct cached_counts {
    int64_t round, action;
    const struct tally_layout *layout;
    int64_t *counts;
    bool taken; /* since the last write */
    struct cached_counts *next_taken;
};

struct counters {
    struct cached_counts **list;
    size_t count, capacity;
    struct hash index; /* of the list */
    struct cached_counts *taken;
};

struct counters *counters_new(void)
{
    struct counters *counters = mem_calloc(1, sizeof *counters);
    if (counters)
        hash_init(&counters->index);
    return counters;
}

static void free_cached(struct cached_counts *cached)
{
    if (!cached)
        return;
    mem_free(cached->counts);
    mem_free(cached);
}

void counters_forget(struct counters *counters)
{
    while (counters->count > 0)
        free_cached(counters->list[--counters->count]);
    hash_wipe(&counters->index);
    counters->taken = NULL;
}

void counters_free(struct counters *counters)
{
    if (!counters)
        return;
    counters_forget(counters);
    mem_free(counters->list);
    mem_free(counters);
}

static bool is_of(const void *context, uint32_t number, const void *key)
{
    const struct counters *counters = context;
    const struct cached_counts *cached = counters->list[number - 1], *wanted = key;
    return cached->round == wanted->round && cached->action == wanted->action;
}

static struct cached_counts *read_cached(struct store *store, const struct cached_counts *wanted, struct error *error)
{
    size_t slots = wanted->layout->slots;
    struct cached_counts *cached = mem_calloc(1, sizeof *cached);
    int64_t *counts = mem_calloc(slots, sizeof *counts);
    if (!cached || !counts)
        error_no_memory(error);
    else if (store_counts_read(store, wanted->round, wanted->action, counts, slots) == STORE_FAILED)
        store_fail(store, error);
    else {
        *cached = *wanted;
        cached->counts = counts;
        return cached;
    }
    mem_free(counts);
    mem_free(cached);
    return NULL;
}

/* Room for one more in list and index. */
static int reserve_one(struct counters *counters)
{
    struct cached_counts **list =
        list_grow(counters->list, counters->count, &counters->capacity, sizeof(struct cached_counts *));
    if (!list)
        return -1;
    counters->list = list;
    return hash_reserve(&counters->index, 1);
}

static struct cached_counts *find_or_read(struct counters *counters, struct store *store,
                                          const struct cached_counts *wanted, struct error *error)
{
    uint64_t hash = hash_integers(wanted->round, wanted->action, 0);
    uint32_t number = hash_find(&counters->index, hash, is_of, counters, wanted);
    if (number != 0)
        return counters->list[number - 1];
    if (reserve_one(counters) < 0) {
        error_no_memory(error);
        return NULL;
    }
    struct cached_counts *cached = read_cached(store, wanted, error);
    if (!cached)
        return NULL;
    counters->list[counters->count++] = cached;
    hash_put(&counters->index, hash, (uint32_t)counters->count);
    return cached;
}

int64_t *counters_take(struct counters *counters, struct store *store, int64_t round, int64_t action,
                       const struct tally_layout *layout, struct error *error)
{
    struct cached_counts wanted = {.round = round, .action = action, .layout = layout};
    struct cached_counts *cached = find_or_read(counters, store, &wanted, error);
    if (!cached)
        return NULL;
    if (!cached->taken) {
        cached->taken = true;
        cached->next_taken = counters->taken;
        counters->taken = cached;
    }
    return cached->counts;
}

int counters_write(struct counters *counters, struct store *store, struct error *error)
{
    for (; counters->taken; counters->taken = counters->taken->next_taken) {
        const struct cached_counts *cached = counters->taken;
        if (store_counts_write(store, cached->round, cached->action, cached->counts, cached->layout->slots) != STORE_OK)
            return store_fail(store, error);
        counters->taken->taken = false;
    }
    return 0;
}
