/* Events: what administrators do, as entries of the log (PROTOCOL 6a). An event's claims are `aud`, `iat`, `event` and
 * exactly those of its kind; one table in event.c names them, and both reading and writing go by it, so that a new
 * kind is a line there and a field here. Knows no signature, no log and no effect: what an event does where it stands
 * is the collector's to carry out and the audit's to replay. Pure. Any thread. */
#ifndef PANEL_EVENT_H
#define PANEL_EVENT_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "crypto/crypto.h"
#include "crypto/key.h"
#include <stdbool.h>
#include <stdint.h>

#define EVENT_TYP "panel-event+jws"
#define EVENT_PROTOCOL 2 /* what log-opened and log-upgraded claim */
#define EVENT_FILES_MAX 16 /* of one release */

enum event_kind {
    EVENT_LOG_OPENED,
    EVENT_LOG_UPGRADED,
    EVENT_OPERATOR_CHANGED,
    EVENT_PANEL_IMPORTED,
    EVENT_ACTIONS_IMPORTED,
    EVENT_INVITATIONS_CREATED,
    EVENT_INVITATION_WITHDRAWN,
    EVENT_MEMBER_REVOKED,
    EVENT_MEMBER_RESTORED,
    EVENT_ROUND_CLOSED,
    EVENT_RELEASE_CREATED,
    EVENT_ENTRIES_ERASED,
    EVENT_FOLLOW_UP_PUBLISHED,
    EVENT_PAGE_RELEASED,
    EVENT_KINDS,
};

/* Indexes of entries, ascending. */
struct event_indexes {
    int64_t *list;
    size_t count;
};

struct event_file {
    const char *name;
    int64_t bytes;
    uint8_t sha256[SHA256_BYTES];
};

/* An event's claims. Only those of its kind mean something; the others are zero. A claim that may be null is NULL as
 * text and -1 as a number. Texts lie in the document that was read, or are the caller's when it is to be written. */
struct event {
    enum event_kind kind;
    const char *aud;
    int64_t iat; /* seconds */

    int64_t protocol;
    const char *origin;
    uint8_t operator_key[KEY_BYTES];
    int64_t size; /* of the log, in entries */
    uint8_t root[SHA256_BYTES]; /* of the tree of `size` entries */

    uint8_t panel[SHA256_BYTES], actions[SHA256_BYTES], codes[SHA256_BYTES]; /* documents, by their hashes */
    uint8_t document[SHA256_BYTES], manifest[SHA256_BYTES];
    int64_t bytes; /* of the document that the event names */

    int64_t count; /* invitations */
    const char *stratum; /* may be null */
    int64_t replaces; /* invitations: how many stand in for others; follow-up: an index, may be null */
    uint8_t code[SHA256_BYTES]; /* the hash of an invitation code */
    int64_t unused, used, withdrawn; /* log-upgraded's `invitations`, with `codes` */
    struct event_indexes revoked; /* enrolments */

    int64_t enrolment; /* an index */
    /* Of a revocation: request, error, abuse, order; of an erasure by the operator: order, unlawful-content, request or
     * retention. */
    const char *reason;
    const char *round; /* follow-up: may be null */
    const char *action;
    const char *version;

    int64_t number; /* of the release, from 1 */
    bool is_final;
    int64_t rule, min_respondents, round_to, min_changed;
    struct event_file files[EVENT_FILES_MAX]; /* in byte order of their names */
    size_t file_count;

    const char *by; /* member or operator */
    int64_t request; /* by member: the index of what asked for it */
    bool has_reference; /* by operator: whether there is one */
    uint8_t reference[SHA256_BYTES]; /* the hash of a text that is not published */
    struct event_indexes entries, enrolments;

    struct json *read_from; /* what texts point into; NULL for an event that was not read */
};

/* The name of a kind, such as "panel-imported". */
const char *event_name(enum event_kind kind);

/* Reads a payload: strict JSON with exactly the claims of its kind, each of its type and within its range. 0, and the
 * caller calls event_free; -1: ERROR_REFUSED says in English which claim is wrong, or ERROR_MEMORY. */
MUST_CHECK int event_parse(const char *payload, size_t len, struct event *out, struct error *error);

/* Frees what event_parse made; of an event that was put together by hand, nothing. */
void event_free(struct event *event);

/* Appends the claims as compact JSON, in the order of the table in PROTOCOL 6a. */
void event_put_claims(struct buf *out, const struct event *event);

#endif
