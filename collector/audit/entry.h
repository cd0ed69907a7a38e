/* One entry of a log on its way through an audit: its text, what it is, what it claims, and what is wrong with it. Any
 * thread, each entry one at a time. */
#ifndef COLLECTOR_AUDIT_ENTRY_H
#define COLLECTOR_AUDIT_ENTRY_H

#include "collector/audit/history.h"
#include "collector/audit/holes.h"
#include "crypto/jws.h"
#include "panel/event.h"
#include "panel/own_data.h"

enum entry_kind {
    ENTRY_NOTHING, /* its text is none of the following */
    ENTRY_MISSING, /* it is not there */
    ENTRY_ERASED, /* its text is not there any more */
    ENTRY_ENROLMENT,
    ENTRY_RESPONSE,
    ENTRY_EVENT,
    ENTRY_ERASURE, /* a member's request that entries be erased */
};

#define ENTRY_AUD_SIZE 66 /* of a panel's id, and one more, so that what is longer is no panel's */

struct entry {
    int64_t index;
    enum entry_kind kind; /* MISSING and ERASED as the source says; all else by entry_take_apart */
    struct buf text; /* the compact JWS; of ERASED the leaf's hash */
    struct merkle_hash leaf;
    int64_t erased_by; /* of ERASED: by which event, as the source tells it (struct hole) */
    const char *fault; /* what is wrong with it, in the language of lang.h; NULL: nothing so far */
    struct error why; /* room for a fault's text; ERROR_MEMORY: it could not be looked at */

    struct jws jws;
    bool has_key; /* false: nobody is known to have signed it */
    uint8_t key[KEY_BYTES]; /* that must have signed it */
    bool signature_counts;

    char aud[ENTRY_AUD_SIZE]; /* of all but a response */
    uint8_t invitation[SHA256_BYTES]; /* of an enrolment: the hash of its code */
    struct event *event;
    struct own_data_request request;

    /* Of a response. */
    const struct law *read_by; /* the law by which its answers were looked at; compared, never followed */
    int64_t iat, revision, member;
    bool has_context;
    uint8_t context[SHA256_BYTES]; /* what its author saw, where it says so */
    struct ballot ballot;
    bool has_ballot;
    bool counts; /* it has been counted */

    struct law *law; /* in force at it; held. NULL: none is, or it has not been settled */
    struct law *next; /* of an import: in force behind it; held */
};

/* One without a text. Free with entry_free. */
void entry_init(struct entry *entry);
void entry_free(struct entry *entry);

/* As after entry_init, but keeps the text's memory. */
void entry_clear(struct entry *entry);

/* Works out leaf, kind and claims from the text; answers are looked at by `law` (NULL: not yet). */
void entry_take_apart(struct entry *entry, const struct law *law);

/* Looks at a response's answers again, by another law. */
void entry_read_answers(struct entry *entry, const struct law *law);

/* Whether its signature counts under its key; of an event that was found at settling already. */
void entry_check_signature(struct entry *entry);

#endif
