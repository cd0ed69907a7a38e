/* The responses of one home: waiting to be sent (spool/), accepted (sent/), refused (refused/), one file each, so that
 * what happened to every one of them can be seen with ls. A response is in spool/ before the first try and leaves it
 * only when the collector's answer is stored. Every act is whole or not at all, also after a power cut, and may be done
 * again. Knows no network and no key. `home` is the folder of a member throughout. One thread; on failure errno says
 * why.
 *
 *     spool/ROUND~ACTION~REVISION.jws       the compact JWS
 *     sent/ROUND~ACTION~REVISION.json       {"jws":…,"answer":…}, answer as the collector gave it
 *     refused/ROUND~ACTION~REVISION.json    the same
 *
 * REVISION has sixteen digits, so that byte order is the order in which the revisions of one action must go. */
#ifndef CLIENT_HOME_SPOOL_H
#define CLIENT_HOME_SPOOL_H

#include "base/buf.h"
#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

#define SPOOL_ID_SIZE 65 /* of a round, of an action: 64 and a NUL */
#define SPOOL_NAME_SIZE 160 /* of a file */
#define SPOOL_RECORD_MAX ((size_t)512 * 1024)

/* Which of a member's responses; there are no two with the same three. */
struct response_id {
    char round[SPOOL_ID_SIZE];
    char action[SPOOL_ID_SIZE];
    int64_t revision;
};

/* A run of characters that someone else owns. */
struct spool_text {
    const char *text;
    size_t len;
};

enum spool_place { SPOOL_NOWHERE, SPOOL_WAITING, SPOOL_SENT, SPOOL_REFUSED };

/* 0 and *out; -1 when a text is longer than 64, or holds '/' or '~', or the revision is outside 1 to 2^53-1. */
MUST_CHECK int response_id_set(struct response_id *out, const char *round, const char *action, int64_t revision);

/* The name without its ending, and back. */
void response_id_write(const struct response_id *id, char out[static SPOOL_NAME_SIZE]);
MUST_CHECK int response_id_read(const char *name, struct response_id *out);

/* Writes the path of a response in a place, of PATH_MAX characters at most. -1 with ENAMETOOLONG. */
MUST_CHECK int spool_path(char *out, const char *home, enum spool_place place, const struct response_id *id);

/* Puts what is written for a settled response. */
void spool_put_record(struct buf *out, const struct spool_text *jws, const struct spool_text *answer);

/* Takes away what still waits of a response that is settled: the power went, or the program was killed, in between. */
void spool_tidy(const char *home, const struct response_id *id);

/* Makes the three folders. */
MUST_CHECK int spool_prepare(const char *home);

/* Keeps a signed response, synced. -1 with EEXIST when one of that id is waiting already. */
MUST_CHECK int spool_put(const char *home, const struct response_id *id, const char *jws, size_t len);

/* Where it is. Who is both waiting and settled (the power went in between) is settled. */
enum spool_place spool_find(const char *home, const struct response_id *id);

/* Appends its compact JWS, wherever it is. -1 with ENOENT when it is nowhere, EILSEQ when the file is damaged. */
MUST_CHECK int spool_read(const char *home, const struct response_id *id, struct buf *jws);

/* Stores the collector's `answer` (a JSON text) with the JWS in sent/ or refused/, synced, and then takes the response
 * out of spool/. */
MUST_CHECK int spool_settle(const char *home, const struct response_id *id, enum spool_place place,
                            const struct spool_text *jws, const struct spool_text *answer);

/* Appends the stored answer of one that is sent or refused. -1 as for spool_read. */
MUST_CHECK int spool_read_answer(const char *home, const struct response_id *id, enum spool_place place,
                                 struct buf *answer);

/* Takes a response out of a place; 0 also when it was not there. For what stands elsewhere under the same or another
 * id. */
MUST_CHECK int spool_remove(const char *home, const struct response_id *id, enum spool_place place);

/* Calls `each` for every response in a place, those of one round and action in the order of their revisions; waiting
 * ones that are settled already are tidied away. Stops when `each` returns other than 0 and returns that; -1 also when
 * the folder can't be read. The folder must not change meanwhile but by what `each` does to the response that it was
 * given. */
MUST_CHECK int spool_each(const char *home, enum spool_place place,
                          int (*each)(void *context, const struct response_id *id), void *context);

/* How many there are in a place. */
MUST_CHECK int spool_count(const char *home, enum spool_place place, size_t *out);

/* The highest revision used for this action in this round, in any place; 0 when none was. */
MUST_CHECK int spool_last_revision(const char *home, const char *round, const char *action, int64_t *out);

#endif
