/* A follow-up: what was done with the answers about an action (PROTOCOL 6a, follow-up-published). It comes in as a
 * request, a JSON object that names everything but the action, and is kept as a document, the compact JSON whose hash
 * the event names; both are read and written here. Knows no log and no list: whether there is such an action or round
 * is the collector's to check. Pure. Any thread. */
#ifndef PANEL_FOLLOW_UP_H
#define PANEL_FOLLOW_UP_H

#include "base/error.h"
#include "panel/definition.h"

#define FOLLOW_UP_MAX ((size_t)32 * 1024) /* bytes, of the request and of the document */
#define FOLLOW_UP_TEXT_MAX 4000 /* code points, of each language */

enum follow_up_status { FOLLOW_UP_CONSIDERED, FOLLOW_UP_DOING, FOLLOW_UP_DONE, FOLLOW_UP_NOT_DONE };

struct follow_up {
    char *action;
    char *round; /* NULL: of no round */
    enum follow_up_status status;
    struct labels text; /* in byte order of the languages */
    int64_t replaces; /* index of the one that it stands in for; -1: none. The event's, not the document's */
};

/* "considered", "doing", "done", "notDone"; and back: 0 and *out, or -1. */
const char *follow_up_status_name(enum follow_up_status status);
MUST_CHECK int follow_up_status_find(const char *name, enum follow_up_status *out);

/* Reads `{"round":…,"status":…,"text":{"nl":…},"replaces":…}` about an action; round and replaces may be null or left
 * out. 0, and the caller calls follow_up_free; -1 with every fault and its place, or for lack of memory. */
MUST_CHECK int follow_up_read_request(const char *body, size_t len, const char *action, struct follow_up *out,
                                      struct faults *faults);

/* Puts the document. What did not fit is said by buf_check. */
void follow_up_put_document(struct buf *out, const struct follow_up *follow_up);

/* Reads a document: 0 with `replaces` -1, and the caller calls follow_up_free; -1: *error (may be NULL), ERROR_REFUSED
 * when it is not, byte for byte, what follow_up_put_document puts, or ERROR_MEMORY. */
MUST_CHECK int follow_up_read_document(const char *text, size_t len, struct follow_up *out, struct error *error);

/* Whether both have the same document: action, round, status and texts. */
bool follow_up_is_same(const struct follow_up *one, const struct follow_up *other);

void follow_up_free(struct follow_up *follow_up);

#endif
