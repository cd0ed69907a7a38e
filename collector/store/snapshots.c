/* A stack of idle handles behind a lock. Knows no table: who lends a handle reads with it what they like. */
#include "collector/store/snapshots.h"
#include "base/lang.h"
#include "base/mem.h"
#include <pthread.h>

struct snapshots {
    pthread_mutex_t lock;
    const char *dsn;
    size_t most, lent, idle_count;
    struct store **idle; /* room for `most` */
};

struct snapshots *snapshots_new(const char *dsn, size_t most)
{
    struct snapshots *snapshots = mem_calloc(1, sizeof *snapshots);
    struct store **idle = mem_calloc(most, sizeof(struct store *));
    if (!snapshots || !idle || pthread_mutex_init(&snapshots->lock, NULL) != 0) {
        mem_free(idle);
        mem_free(snapshots);
        return NULL;
    }
    snapshots->dsn = dsn;
    snapshots->most = most;
    snapshots->idle = idle;
    return snapshots;
}

void snapshots_free(struct snapshots *snapshots)
{
    if (!snapshots)
        return;
    while (snapshots->idle_count > 0)
        store_close(snapshots->idle[--snapshots->idle_count]);
    mem_free(snapshots->idle);
    pthread_mutex_destroy(&snapshots->lock);
    mem_free(snapshots);
}

/* Counts one more as lent. *idle: one that is open already, or NULL. -1: there are too many. */
static int count_lent(struct snapshots *snapshots, struct store **idle)
{
    pthread_mutex_lock(&snapshots->lock);
    bool full = snapshots->lent == snapshots->most;
    *idle = !full && snapshots->idle_count > 0 ? snapshots->idle[--snapshots->idle_count] : NULL;
    snapshots->lent += full ? 0 : 1;
    pthread_mutex_unlock(&snapshots->lock);
    return full ? -1 : 0;
}

/* Takes one back; `idle` may be NULL for one that is closed. */
static void take_back(struct snapshots *snapshots, struct store *idle)
{
    pthread_mutex_lock(&snapshots->lock);
    snapshots->lent--;
    if (idle)
        snapshots->idle[snapshots->idle_count++] = idle;
    pthread_mutex_unlock(&snapshots->lock);
}

struct store *snapshots_take(struct snapshots *snapshots, struct error *error)
{
    struct store *store;
    if (count_lent(snapshots, &store) < 0) {
        error_set(error, ERROR_IO, T("%zu tables are on their way already", "er zijn al %zu tabellen onderweg"),
                  snapshots->most);
        return NULL;
    }
    if (!store)
        store = store_open(snapshots->dsn, STORE_EXISTING, error);
    if (store && store_begin_reading(store) == STORE_OK)
        return store;
    if (store)
        store_fail(store, error);
    store_close(store);
    take_back(snapshots, NULL);
    return NULL;
}

void snapshots_give_back(struct snapshots *snapshots, struct store *store)
{
    store_rollback(store);
    take_back(snapshots, store);
}
