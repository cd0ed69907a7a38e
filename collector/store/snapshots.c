/* A stack of idle handles behind a lock. Knows no table: who lends a handle reads with it what they like. */
#include "collector/store/snapshots.h"
#include "base/lang.h"
#include "base/mem.h"
#include <pthread.h>

struct snapshots {
    pthread_mutex_t lock;
    const char *dsn;
    enum store_mode mode;
    size_t most, lent, idle_count;
    struct store **idle; /* room for `most` */
    bool held_off; /* none is to be opened now */
};

struct snapshots *snapshots_new(const char *dsn, enum store_mode mode, size_t most)
{
    struct snapshots *snapshots = mem_calloc(1, sizeof *snapshots);
    struct store **idle = mem_calloc(most, sizeof(struct store *));
    if (!snapshots || !idle || pthread_mutex_init(&snapshots->lock, NULL) != 0) {
        mem_free(idle);
        mem_free(snapshots);
        return NULL;
    }
    snapshots->dsn = dsn;
    snapshots->mode = mode;
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

/* Counts one more as lent. *idle: one that is open already, or NULL. -1: *error says why not. */
static int count_lent(struct snapshots *snapshots, struct store **idle, struct error *error)
{
    pthread_mutex_lock(&snapshots->lock);
    bool full = snapshots->lent == snapshots->most, held_off = snapshots->held_off;
    if (!full && !held_off) {
        *idle = snapshots->idle_count > 0 ? snapshots->idle[--snapshots->idle_count] : NULL;
        snapshots->lent++;
    }
    pthread_mutex_unlock(&snapshots->lock);
    if (held_off)
        return error_set(error, ERROR_IO, "%s",
                         T("the store is being opened again", "de opslag wordt opnieuw geopend"));
    if (full)
        return error_set(error, ERROR_BUSY,
                         T("%zu tables are on their way already", "er zijn al %zu tabellen onderweg"), snapshots->most);
    return 0;
}

/* Takes one back; `idle` may be NULL for one that is closed. */
static void take_back(struct snapshots *snapshots, struct store *idle)
{
    pthread_mutex_lock(&snapshots->lock);
    snapshots->lent--;
    if (idle && snapshots->held_off)
        store_close(idle);
    else if (idle)
        snapshots->idle[snapshots->idle_count++] = idle;
    pthread_mutex_unlock(&snapshots->lock);
}

struct store *snapshots_take(struct snapshots *snapshots, struct error *error)
{
    struct store *store = NULL;
    if (count_lent(snapshots, &store, error) < 0)
        return NULL;
    if (!store)
        store = store_open(snapshots->dsn, snapshots->mode, error);
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

bool snapshots_let_go(struct snapshots *snapshots)
{
    pthread_mutex_lock(&snapshots->lock);
    snapshots->held_off = true;
    while (snapshots->idle_count > 0)
        store_close(snapshots->idle[--snapshots->idle_count]);
    bool all = snapshots->lent == 0;
    pthread_mutex_unlock(&snapshots->lock);
    return all;
}

void snapshots_resume(struct snapshots *snapshots)
{
    pthread_mutex_lock(&snapshots->lock);
    snapshots->held_off = false;
    pthread_mutex_unlock(&snapshots->lock);
}

bool snapshots_are_wanted(struct snapshots *snapshots)
{
    pthread_mutex_lock(&snapshots->lock);
    bool wanted = snapshots->held_off;
    pthread_mutex_unlock(&snapshots->lock);
    return wanted;
}
