/* One store handle behind a lock, with the tiles read through it. Knows no request; in the walk, what an HTTP thread
 * answers from the log comes through here. */
#include "collector/log/reader.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/trouble.h"
#include <pthread.h>

#define RETRY_US INT64_C(1000000)

struct reader {
    pthread_mutex_t lock;
    const char *dsn; /* the caller's */
    struct store *store; /* NULL: closed */
    struct tiles *tiles;
    bool held_off; /* not to be opened now */
    unsigned patience; /* in seconds; 0: not bounded */
    reader_away_fn *is_away; /* NULL: not bounded */
    void *context;
    int64_t not_before; /* it is opened again, on the monotonic clock */
};

static struct trouble unopened = TROUBLE("reader", LOG_ERROR); /* of all of them */

static void drop_handle(struct reader *reader)
{
    tiles_free(reader->tiles);
    store_close(reader->store);
    reader->tiles = NULL;
    reader->store = NULL;
}

static int open_handle(struct reader *reader, struct error *error)
{
    reader->store = store_open(reader->dsn, STORE_EXISTING, error);
    if (!reader->store)
        return -1;
    if (reader->patience > 0)
        store_be_patient(reader->store, reader->patience);
    reader->tiles = tiles_new(reader->store);
    if (reader->tiles)
        return 0;
    drop_handle(reader);
    return error_no_memory(error);
}

struct reader *reader_open(const char *dsn, struct error *error)
{
    struct reader *reader = mem_calloc(1, sizeof *reader);
    if (!reader || pthread_mutex_init(&reader->lock, NULL) != 0) {
        mem_free(reader);
        error_no_memory(error);
        return NULL;
    }
    reader->dsn = dsn;
    if (open_handle(reader, error) == 0)
        return reader;
    reader_close(reader);
    return NULL;
}

void reader_close(struct reader *reader)
{
    if (!reader)
        return;
    drop_handle(reader);
    pthread_mutex_destroy(&reader->lock);
    mem_free(reader);
}

void reader_bound(struct reader *reader, unsigned seconds, reader_away_fn *is_away, void *context)
{
    if (!store_is_remote(reader->dsn))
        return;
    reader->patience = seconds;
    reader->is_away = is_away;
    reader->context = context;
    if (reader->store)
        store_be_patient(reader->store, seconds);
}

/* Whoever comes to a store that is away would wait for it in turn, each holding up all others. */
static void rest_from_opening(struct reader *reader)
{
    if (reader->is_away)
        reader->not_before = clock_monotonic_us() + RETRY_US;
}

static bool may_be_opened(const struct reader *reader)
{
    if (!reader->is_away)
        return !reader->held_off;
    return !reader->held_off && clock_monotonic_us() >= reader->not_before && !reader->is_away(reader->context);
}

static void try_opening(struct reader *reader)
{
    struct error error;
    if (open_handle(reader, &error) == 0)
        return;
    rest_from_opening(reader);
    trouble_met(&unopened, clock_monotonic_us(), "%s", error.text);
}

struct store *reader_take(struct reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    if (!reader->store && may_be_opened(reader))
        try_opening(reader);
    struct store *store = reader->store;
    if (store)
        trouble_passed(&unopened, clock_monotonic_us());
    else
        pthread_mutex_unlock(&reader->lock);
    return store;
}

bool reader_is_fit(struct reader *reader)
{
    if (reader->is_away || pthread_mutex_trylock(&reader->lock) != 0)
        return true;
    if (!reader->store && may_be_opened(reader))
        try_opening(reader);
    bool fit = reader->store != NULL;
    pthread_mutex_unlock(&reader->lock);
    return fit;
}

struct tiles *reader_tiles(struct reader *reader)
{
    return reader->tiles;
}

void reader_give_back(struct reader *reader)
{
    if (store_is_cut(reader->store)) {
        drop_handle(reader);
        rest_from_opening(reader);
    }
    pthread_mutex_unlock(&reader->lock);
}

void reader_let_go(struct reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    reader->held_off = true;
    drop_handle(reader);
    pthread_mutex_unlock(&reader->lock);
}

void reader_resume(struct reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    reader->held_off = false;
    pthread_mutex_unlock(&reader->lock);
}
