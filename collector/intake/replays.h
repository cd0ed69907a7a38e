/* Requests that were answered a while ago and must not be answered again: remembered for as long as their iat would let
 * them in, in bounded memory. Nothing of a request is kept but whose it is and half of a
 * hash. Any thread. */
#ifndef COLLECTOR_INTAKE_REPLAYS_H
#define COLLECTOR_INTAKE_REPLAYS_H

#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

struct replays;

/* Remembers up to `most` for `seconds` each, of one member `most_each`. NULL: no memory. Free with replays_free. */
MUST_CHECK struct replays *replays_new(size_t most, size_t most_each, int64_t seconds);
void replays_free(struct replays *replays); /* NULL is fine */

enum replay {
    REPLAY_NEW, /* it is remembered from here on */
    REPLAY_SEEN,
    REPLAY_TOO_MANY, /* this member has asked as often as one may for now */
    REPLAY_FULL, /* as many are remembered as may be: nobody can tell, so it is not to be answered */
};

/* The request of this name by the member of this number, which arrived at `now`. */
MUST_CHECK enum replay replays_note(struct replays *replays, int64_t member, const char *jti, int64_t now);

/* It was not answered after all, and may be sent again. */
void replays_take_back(struct replays *replays, int64_t member, const char *jti);

#endif
