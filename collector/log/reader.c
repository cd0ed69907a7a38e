/* One store handle behind a lock, with the tiles read through it. Knows no request; in the walk, what an HTTP thread
 * answers from the log comes through here. */
#include "collector/log/reader.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/trouble.h"
#include <pthread.h>

struct reader {
    pthread_mutex_t lock;
    const char *dsn; /* the caller's */
    struct store *store; /* NULL: closed */
    struct tiles *tiles;
    bool held_off; /* not to be opened now */
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

struct store *reader_take(struct reader *reader)
{
    struct error error;
    pthread_mutex_lock(&reader->lock);
    if (!reader->store && !reader->held_off && open_handle(reader, &error) < 0)
        trouble_met(&unopened, clock_monotonic_us(), "%s", error.text);
    struct store *store = reader->store;
    if (store)
        trouble_passed(&unopened, clock_monotonic_us());
    else
        pthread_mutex_unlock(&reader->lock);
    return store;
}

struct tiles *reader_tiles(struct reader *reader)
{
    return reader->tiles;
}

void reader_give_back(struct reader *reader)
{
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
