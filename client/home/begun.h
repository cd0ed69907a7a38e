/* Answers that were given in a dialogue and are not signed yet, so that who is cut off goes on where that was. Knows no
 * question and no key. `home` is the folder of a member throughout. One thread; on failure errno says why.
 *
 *     begun/ROUND~ACTION~REVISION.json    the answers so far, a JSON object as in a response; mode 0600 */
#ifndef CLIENT_HOME_BEGUN_H
#define CLIENT_HOME_BEGUN_H

#include "base/buf.h"
#include "client/home/response_id.h"

#define BEGUN_MAX ((size_t)512 * 1024)

/* Keeps them, synced, in the place of those that were there. -1: errno. */
MUST_CHECK int begun_keep(const char *home, const struct response_id *id, const struct buf *answers);

/* Appends those for this very response. -1: errno; ENOENT where there are none, EILSEQ where they are no JSON
 * object. */
MUST_CHECK int begun_read(const char *home, const struct response_id *id, struct buf *answers);

/* Whether anything was begun of an action of a round (NULL: of any), as far as can be read. */
bool begun_has(const char *home, const char *round, const char *action);

/* Takes away what was begun of an action of a round, whatever the revision; NULL stands for any of them. -1:
 * errno. */
MUST_CHECK int begun_forget(const char *home, const char *round, const char *action);

/* Calls `each` for all that were begun, in byte order of their names, until it returns other than 0, and returns that;
 * -1 with errno when the folder can't be read. */
MUST_CHECK int begun_each(const char *home, int (*each)(void *context, const struct response_id *id), void *context);

#endif
