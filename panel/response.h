/* A response's claims (PROTOCOL 5): written by the client, read and checked by the collector; the same checks serve the
 * client before it signs. Pure. Any thread. */
#ifndef PANEL_RESPONSE_H
#define PANEL_RESPONSE_H

#include "base/json.h"
#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include "panel/actions.h"
#include "panel/definition.h"
#include "panel/faults.h"

#define RESPONSE_TYP "panel-response+jws"
#define IAT_TOLERANCE 300 /* seconds ahead of the collector's clock */

/* Claims of the right types; what they mean is checked by response_check. Texts are the document's. */
struct response {
    struct json *document;
    const char *aud, *round, *action, *jti;
    int64_t revision, iat;
    const struct json *answers;
    const char *context; /* what its author saw, as claimed; NULL: not claimed */
    uint8_t context_hash[SHA256_BYTES]; /* the same, decoded */
};

/* The hash of what somebody saw: of the panel definition and the action list in force, by the hashes of their documents
 * (PROTOCOL 6a). As a claim it is base64url. */
#define CONTEXT_SIZE (BASE64URL_LENGTH(SHA256_BYTES) + 1)
void response_context(const uint8_t panel[static SHA256_BYTES], const uint8_t actions[static SHA256_BYTES],
                      uint8_t out[static SHA256_BYTES]);

/* Check 4 of PROTOCOL 5: strict JSON, exactly the claims, of the right types (jti: 22 base64url characters of 16 bytes;
 * context, which may be left out: 43 of 32; answers: each an integer, a string or a list of distinct strings). -1:
 * *error (may be NULL), ERROR_REFUSED with a phrase in English or ERROR_MEMORY. Free with response_free. */
MUST_CHECK int response_parse(const char *payload, size_t len, struct response *out, struct error *error);
void response_free(struct response *response);

/* One thing that the answers say: question `question` was answered (option MARK_ANSWERED), or its option `option` was
 * given. */
#define MARK_ANSWERED UINT16_MAX
struct mark {
    uint16_t question;
    uint16_t option;
};

/* A response put in the panel's terms. */
struct ballot {
    size_t round; /* index in the panel */
    size_t action; /* index in the action list */
    /* In the order of the questionnaire; for each answered question first MARK_ANSWERED, then its options. */
    struct mark *marks;
    size_t mark_count;
};

/* Checks 5, 6 and 7 of PROTOCOL 5, with `now` the collector's clock. 0 and *out; -1 with at least one fault, `where` an
 * RFC 6901 pointer into the claims and `what` in English. When `aud`, `round` or `action` is wrong, only these are
 * told. Free with ballot_free. */
MUST_CHECK int response_check(const struct response *response, const struct panel *panel,
                              const struct action_list *actions, int64_t now, struct ballot *out,
                              struct faults *faults);
void ballot_free(struct ballot *ballot);

/* What a client says; texts are the caller's. */
struct response_claims {
    const char *aud, *round, *action, *jti;
    int64_t revision, iat;
    const char *context; /* NULL or "": not claimed */
    const char *answers; /* a JSON object, already composed */
    size_t answers_len;
};

/* Puts the claims as JSON, for jws_sign. */
void response_put_claims(struct buf *out, const struct response_claims *claims);

/* Bytes that claims with the longest answers to a questionnaire take, however a program writes its JSON: each character
 * escaped, and RESPONSE_SPARE for blanks and line feeds. What is longer holds something else than answers. */
#define RESPONSE_SPARE ((size_t)2048)
size_t response_claims_max(const struct questionnaire *questionnaire);

#endif
