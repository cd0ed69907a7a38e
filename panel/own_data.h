/* What a member asks of their own data (PROTOCOL 5b, 5c): that it be erased, and that it be shown. Requests are signed
 * by the member's key, which they also carry, so that they can be verified for ever by themselves. The claims alone:
 * whose key it is, and what there is to erase, is the collector's to find out. Pure. Any thread. */
#ifndef PANEL_OWN_DATA_H
#define PANEL_OWN_DATA_H

#include "base/json.h"
#include "crypto/key.h"

#define ERASURE_TYP "panel-erase+jws"
#define ACCESS_TYP "panel-access+jws"
#define OWN_DATA_SKEW 300 /* seconds that iat may be off, either way */

/* Claims of the right types. Texts are the document's. */
struct own_data_request {
    struct json *document;
    const char *aud, *jti;
    int64_t iat;
    uint8_t public_key[KEY_BYTES]; /* of jwk; whether it is a member's is not checked here */
    const char *round, *action; /* of an erasure of one response; both NULL: everything, or a request for access */
};

/* Reads a payload: strict JSON with exactly the claims of an erasure, of the right types. -1: *error (may be NULL),
 * ERROR_REFUSED with a phrase in English or ERROR_MEMORY. Free with own_data_free. */
MUST_CHECK int own_data_parse_erasure(const char *payload, size_t len, struct own_data_request *out,
                                      struct error *error);

/* The same of a request for access. */
MUST_CHECK int own_data_parse_access(const char *payload, size_t len, struct own_data_request *out,
                                     struct error *error);
void own_data_free(struct own_data_request *request);

/* Puts the claims as JSON, for jws_sign; `document` is not looked at. */
void own_data_put_erasure(struct buf *out, const struct own_data_request *request);
void own_data_put_access(struct buf *out, const struct own_data_request *request);

#endif
