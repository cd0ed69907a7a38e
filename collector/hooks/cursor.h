/* How far a receiver has been told: a small file of its own in the folder, written whole after each message. One
 * thread. */
#ifndef COLLECTOR_HOOKS_CURSOR_H
#define COLLECTOR_HOOKS_CURSOR_H

#include "base/error.h"
#include <stdint.h>

#define CURSOR_TRIES 10 /* of one message; with the pauses below two days */

#define CURSOR_DUE_SIZE 256

struct cursor {
    int64_t next; /* the entry that is looked at next */
    int64_t opened; /* rounds that opened until then, in seconds, have been told */
    int64_t tries; /* of the message `due`, which has failed so often; 0: none has */
    int64_t not_before; /* seconds; when it is tried again */
    char due[CURSOR_DUE_SIZE]; /* its id; "": none */
};

/* Reads the cursor of the receiver at `url`. 1: there is none yet; -1: *error. */
MUST_CHECK int cursor_read(const char *folder, const char *url, struct cursor *out, struct error *error);
MUST_CHECK int cursor_write(const char *folder, const char *url, const struct cursor *cursor, struct error *error);

/* One more try of message `id` has failed, at `now`. Returns the seconds until the next: 2, 8, 32 and so on up to
 * 131,072; 0: there is none, the message is given up. Pure. */
int64_t cursor_fail(struct cursor *cursor, const char *id, int64_t now);

/* The message that was due is done with. */
void cursor_settle(struct cursor *cursor);

#endif
