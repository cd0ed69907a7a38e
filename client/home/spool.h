/* The responses of one home: waiting to be sent (spool/), accepted (sent/), refused (refused/), one file each, so
 * that what happened to every one of them can be seen with ls. A response is in spool/ before the first try and
 * leaves it only when the collector's answer is stored. Every act is whole or not at all, also after a power cut,
 * and may be done again. Knows no network and no key. `home` is the folder of a member throughout. One thread; on
 * failure errno says why.
 *
 *     spool/ROUND~ACTION~REVISION.jws       the compact JWS
 *     spool/ROUND~ACTION~REVISION.reason    the collector's last answer, where it turned the response away for now
 *     sent/ROUND~ACTION~REVISION.json       {"jws":…,"answer":…}, answer as the collector gave it
 *     refused/ROUND~ACTION~REVISION.json    the same
 *     erased/ROUND~ACTION~REVISION.json     {"jws":…,"answer":…} of the request to erase; REVISION is the highest that
 *                                           there was, so that a later answer has a higher one
 *
 * ROUND~ACTION~REVISION as response_id.h writes it. */
#ifndef CLIENT_HOME_SPOOL_H
#define CLIENT_HOME_SPOOL_H

#include "base/buf.h"
#include "base/slice.h"
#include "client/home/response_id.h"
#include <limits.h>

#define SPOOL_RECORD_MAX ((size_t)512 * 1024)

/* What has become of a response. */
enum spool_state {
    SPOOL_UNKNOWN, /* nothing is kept of it */
    SPOOL_WAITING, /* signed, to be sent */
    SPOOL_SENT, /* accepted */
    SPOOL_REFUSED, /* the collector will never take it */
    SPOOL_ERASED, /* the member had it erased, and all before it: kept is the request for that */
};

/* The path of a response in a state. -1 with ENAMETOOLONG. */
MUST_CHECK int spool_path(char out[static PATH_MAX], const char *home, enum spool_state state,
                          const struct response_id *id);

/* Puts what is written for a settled response. */
void spool_put_record(struct buf *out, const struct slice *jws, const struct slice *answer);

/* Writes that into a file, synced and in place of what was there. */
MUST_CHECK int spool_write_record(const char *path, const struct slice *jws, const struct slice *answer);

/* Takes away what still waits of a response that is settled: the power went, or the program was killed, in between. */
void spool_tidy(const char *home, const struct response_id *id);

/* Makes the folders. */
MUST_CHECK int spool_prepare(const char *home);

/* Keeps a signed response, synced. -1 with EEXIST when one of that id is waiting already. */
MUST_CHECK int spool_put(const char *home, const struct response_id *id, const char *jws, size_t len);

/* What has become of it. A response found both waiting and settled (the power went in between) counts as settled. */
enum spool_state spool_find(const char *home, const struct response_id *id);

/* Appends its compact JWS, whatever its state. -1 with ENOENT when nothing is kept of it, EILSEQ when the file is
 * damaged. */
MUST_CHECK int spool_read(const char *home, const struct response_id *id, struct buf *jws);

/* Keeps another signed text for a response that waits, in place of the one that is there, synced; what was said of that
 * one is forgotten. */
MUST_CHECK int spool_replace(const char *home, const struct response_id *id, const struct slice *jws);

/* Keeps the answer (a JSON text) by which the collector turned a waiting response away for now, in place of an earlier
 * one; it goes when the response is settled. */
MUST_CHECK int spool_put_reason(const char *home, const struct response_id *id, const struct slice *answer);

/* Appends it. -1 with ENOENT when there is none. */
MUST_CHECK int spool_read_reason(const char *home, const struct response_id *id, struct buf *answer);

/* Puts a settled response back among those that wait, with the very text that was signed; of a refused one the answer
 * becomes the reason. */
MUST_CHECK int spool_reopen(const char *home, const struct response_id *id, enum spool_state state);

/* Stores the collector's `answer` (a JSON text) with the JWS in sent/ or refused/, synced, and then takes the response
 * out of spool/. */
MUST_CHECK int spool_settle(const char *home, const struct response_id *id, enum spool_state state,
                            const struct slice *jws, const struct slice *answer);

/* Appends the stored answer of one that is sent or refused. -1 as for spool_read. */
MUST_CHECK int spool_read_answer(const char *home, const struct response_id *id, enum spool_state state,
                                 struct buf *answer);

/* Both at once: what was signed and what the collector answered, of one that is sent, refused or erased. -1 as
 * above. */
MUST_CHECK int spool_read_record(const char *home, const struct response_id *id, enum spool_state state,
                                 struct buf *jws, struct buf *answer);

/* Takes a response out of a state; 0 also when it was not in it. For what is kept in another state, or under another
 * id. */
MUST_CHECK int spool_remove(const char *home, const struct response_id *id, enum spool_state state);

/* Calls `each` for every response in a state, those of one round and action in the order of their revisions; waiting
 * ones that are settled already are tidied away. Stops when `each` returns other than 0 and returns that; -1 also when
 * the folder can't be read. The folder must not change meanwhile but by what `each` does to the response that it was
 * given. */
MUST_CHECK int spool_each(const char *home, enum spool_state state,
                          int (*each)(void *context, const struct response_id *id), void *context);

/* How many there are in a state. */
MUST_CHECK int spool_count(const char *home, enum spool_state state, size_t *out);

/* The highest revision of this action in this round that was erased; 0 when none was. */
MUST_CHECK int spool_erased_revision(const char *home, const char *round, const char *action, int64_t *out);

/* The highest revision used for this action in this round, in any state; 0 when none was. */
MUST_CHECK int spool_last_revision(const char *home, const char *round, const char *action, int64_t *out);

#endif
