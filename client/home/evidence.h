/* What a collector has said and signed that does not hold, kept as it was said, for whoever is to judge it:
 * evidence/NAME-HASH.ENDING in the folder of a member, HASH being the beginning of the SHA-256 of what is kept, so that
 * the same is kept once. Knows no network. */
#ifndef CLIENT_HOME_EVIDENCE_H
#define CLIENT_HOME_EVIDENCE_H

#include "base/slice.h"
#include "client/home/response_id.h"
#include <limits.h>

/* Keeps a text, synced, and writes its path. `name` and `ending` are good for a file's
 * name. -1: errno. */
MUST_CHECK int evidence_keep(const char *home, const char *name, const char *ending, const struct slice *text,
                             char path[static PATH_MAX]);

/* Keeps a signed text with the collector's answer to it, a JSON text, under the name of a response, or with `id` NULL
 * as the enrolment: {"jws":…,"answer":…}. -1: errno. */
MUST_CHECK int evidence_keep_answer(const char *home, const struct response_id *id, const struct slice *jws,
                                    const struct slice *answer);

#endif
