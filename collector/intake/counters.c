/* A hash table of counter vectors, and the list of those that differ from the store. */
#include "collector/intake/counters.h"
#include "base/lang.h"
#include "base/mem.h"
#include <stdio.h>

#define BUCKETS 1024

struct tally {
    int64_t round, action;
    const struct tally_layout *layout;
    int64_t *counts;
    bool taken; /* since the last write */
    struct tally *next; /* in its bucket */
    struct tally *next_taken;
};

struct counters {
    struct tally *buckets[BUCKETS];
    struct tally *taken;
};

struct counters *counters_new(void)
{
    return mem_calloc(1, sizeof(struct counters));
}

void counters_forget(struct counters *counters)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        while (counters->buckets[i]) {
            struct tally *gone = counters->buckets[i];
            counters->buckets[i] = gone->next;
            mem_free(gone->counts);
            mem_free(gone);
        }
    }
    counters->taken = NULL;
}

void counters_free(struct counters *counters)
{
    if (!counters)
        return;
    counters_forget(counters);
    mem_free(counters);
}

static struct tally *read_tally(struct store *store, int64_t round, int64_t action, const struct tally_layout *layout)
{
    struct tally *tally = mem_calloc(1, sizeof *tally);
    if (!tally || (tally->counts = mem_calloc(layout->slots, sizeof *tally->counts)) == NULL) {
        mem_free(tally);
        snprintf(store->error, sizeof store->error, "%s", T("out of memory", "te weinig geheugen"));
        return NULL;
    }
    tally->round = round;
    tally->action = action;
    tally->layout = layout;
    if (store_counts_read(store, round, action, tally->counts, layout->slots) == STORE_FAILED) {
        mem_free(tally->counts);
        mem_free(tally);
        return NULL;
    }
    return tally;
}

int64_t *counters_take(struct counters *counters, struct store *store, int64_t round, int64_t action,
                       const struct tally_layout *layout)
{
    struct tally **bucket = &counters->buckets[((uint64_t)round * 31 + (uint64_t)action) % BUCKETS];
    struct tally *tally = *bucket;
    while (tally && (tally->round != round || tally->action != action))
        tally = tally->next;
    if (!tally) {
        tally = read_tally(store, round, action, layout);
        if (!tally)
            return NULL;
        tally->next = *bucket;
        *bucket = tally;
    }
    if (!tally->taken) {
        tally->taken = true;
        tally->next_taken = counters->taken;
        counters->taken = tally;
    }
    return tally->counts;
}

enum store_result counters_write(struct counters *counters, struct store *store)
{
    for (; counters->taken; counters->taken = counters->taken->next_taken) {
        const struct tally *tally = counters->taken;
        if (store_counts_write(store, tally->round, tally->action, tally->counts, tally->layout->slots) != STORE_OK)
            return STORE_FAILED;
        counters->taken->taken = false;
    }
    return STORE_OK;
}
