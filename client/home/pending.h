/* The enrolments that were signed and may have been sent, kept until one is noted: who got no answer signs another,
 * with a fresh `iat`, and the collector then gives the receipt of the first, which only who still has that very text
 * can check. Knows no network. One thread.
 *
 *     enrolment.jws    compact JWS, one a line; mode 0600, since each holds the invitation code; gone once one is
 *                      noted */
#ifndef CLIENT_HOME_PENDING_H
#define CLIENT_HOME_PENDING_H

#include "base/buf.h"
#include "base/error.h"
#include "client/home/spool.h"
#include "crypto/note.h"

#define PENDING_KEPT 16 /* of more, the newest */

/* Keeps one, synced; to be called before it is sent. `home` is the folder of a member throughout. -1: errno. */
MUST_CHECK int pending_add(const char *home, const struct buf *jws);

/* Appends the one whose receipt the collector's `answer`, a JSON text, bears, to `jws`. 0; 1 when its receipt holds for
 * none of them under the log's key, *error then says why; -1: errno. */
MUST_CHECK int pending_find(const char *home, const struct slice *answer, const struct note_key *log, struct buf *jws,
                            struct error *error);

/* Takes them all away, as well as it can. */
void pending_forget(const char *home);

#endif
