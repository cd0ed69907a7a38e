/* An enrolment's claims (PROTOCOL 4). Pure. Any thread. */
#ifndef PANEL_ENROLMENT_H
#define PANEL_ENROLMENT_H

#include "base/json.h"
#include "crypto/key.h"

#define ENROLMENT_TYP "panel-enrolment+jws"
#define ENROLMENT_SKEW 300 /* seconds that iat may be off, either way */

/* Claims of the right types. Texts are the document's. */
struct enrolment {
    struct json *document;
    const char *aud, *jti, *invitation;
    int64_t iat;
    uint8_t public_key[KEY_BYTES]; /* of jwk; whether it is acceptable is not checked here */
    bool has_key; /* false: jwk is an object, but no Ed25519 public JWK (PROTOCOL 4: not-verified) */
};

/* Strict JSON with exactly the claims, of the right types. -1: *error (may be NULL), ERROR_REFUSED with a
 * phrase in English or ERROR_MEMORY. Free with enrolment_free. */
MUST_CHECK int enrolment_parse(const char *payload, size_t len, struct enrolment *out, struct error *error);
void enrolment_free(struct enrolment *enrolment);

/* Puts the claims as JSON, for jws_sign. */
void enrolment_put_claims(struct buf *out, const char *aud, const char *jti, int64_t iat, const char *invitation,
                          const uint8_t public_key[static KEY_BYTES]);

#endif
