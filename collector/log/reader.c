/* One store handle behind a lock, with the tiles read through it. Knows no request; in the walk, what an HTTP thread
 * answers from the log comes through here. */
#include "collector/log/reader.h"
#include "base/mem.h"
#include <pthread.h>

struct reader {
    pthread_mutex_t lock;
    struct store *store;
    struct tiles *tiles;
};

struct reader *reader_open(const char *dsn, struct error *error)
{
    struct reader *reader = mem_calloc(1, sizeof *reader);
    if (!reader || pthread_mutex_init(&reader->lock, NULL) != 0) {
        mem_free(reader);
        error_no_memory(error);
        return NULL;
    }
    reader->store = store_open(dsn, STORE_EXISTING, error);
    reader->tiles = reader->store ? tiles_new(reader->store) : NULL;
    if (reader->tiles)
        return reader;
    if (reader->store)
        error_no_memory(error);
    reader_close(reader);
    return NULL;
}

void reader_close(struct reader *reader)
{
    if (!reader)
        return;
    tiles_free(reader->tiles);
    store_close(reader->store);
    pthread_mutex_destroy(&reader->lock);
    mem_free(reader);
}

struct store *reader_take(struct reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    return reader->store;
}

struct tiles *reader_tiles(struct reader *reader)
{
    return reader->tiles;
}

void reader_give_back(struct reader *reader)
{
    pthread_mutex_unlock(&reader->lock);
}
