/* A store handle for the HTTP threads' reading, and the log's tiles read with it: one, lent to one thread at a time. */
#ifndef COLLECTOR_LOG_READER_H
#define COLLECTOR_LOG_READER_H

#include "collector/log/tiles.h"

struct reader;

/* NULL: *error says why. Free with reader_close. */
MUST_CHECK struct reader *reader_open(const char *dsn, struct error *error);
void reader_close(struct reader *reader);

typedef bool reader_away_fn(void *context);

/* How a store that many may reach is waited for, before threads share the reader: for so many seconds without a word
 * from it; and once it is lost it is opened anew after a second at the earliest, and not while `is_away`, which any
 * thread may ask, says that others can't reach it either. For a store in a file there is nothing to wait. */
void reader_bound(struct reader *reader, unsigned seconds, reader_away_fn *is_away, void *context);

/* Whether the store can be read, as far as can be told at once: it can while somebody does, and of one elsewhere its
 * writer knows better. */
bool reader_is_fit(struct reader *reader);

/* Waits for the handle; give it back soon. NULL: the store can't be read now, and there is nothing to give back. */
MUST_CHECK struct store *reader_take(struct reader *reader);

/* The tiles of a handle that has been taken; until it is given back. */
struct tiles *reader_tiles(struct reader *reader);
void reader_give_back(struct reader *reader);

/* Closes the handle, once it is given back, and opens none until reader_resume: for who must open the store anew. */
void reader_let_go(struct reader *reader);
void reader_resume(struct reader *reader);

#endif
