/* How far a member has read what was done with answers (PROTOCOL 9, follow-ups), by index in the log:
 *
 *     follow-ups.json    {"log":<verifier key>,"seen":<index>}
 *
 * Of another log, after `enrol --anew`, nothing has been read. One thread. */
#ifndef CLIENT_HOME_READ_NEWS_H
#define CLIENT_HOME_READ_NEWS_H

#include "client/home/pin.h"

/* *seen: the index of the last follow-up that was shown, -1 for none of this log. -1: errno. */
MUST_CHECK int read_news_load(const char *home, const struct pin *pin, int64_t *seen);

/* -1: errno, with what was written before kept. */
MUST_CHECK int read_news_store(const char *home, const struct pin *pin, int64_t seen);

#endif
