/* Five claims, read and written. */
#include "panel/enrolment.h"
#include "panel/claims.h"
#include <inttypes.h>

enum { AUD, IAT, JTI, JWK, INVITATION, CLAIMS };

static const struct claim enrolment_claims[CLAIMS] = {
    [AUD] = {"aud", "aud must be there, a string", JSON_STRING, false},
    [IAT] = {"iat", "iat must be there, an integer", JSON_NUMBER, false},
    [JTI] = {"jti", "jti must be there, a string", JSON_STRING, false},
    [JWK] = {"jwk", "jwk must be there, an object", JSON_OBJECT, false},
    [INVITATION] = {"invitation", "invitation must be there, a string", JSON_STRING, false},
};

int enrolment_parse(const char *payload, size_t len, struct enrolment *out, struct error *error)
{
    const struct json *values[CLAIMS];
    struct enrolment read = {.document = claims_parse(payload, len, enrolment_claims, CLAIMS, values, error)};
    if (!read.document)
        return -1;
    read.aud = json_text(values[AUD]);
    read.jti = json_text(values[JTI]);
    read.invitation = json_text(values[INVITATION]);
    const char *fault = NULL;
    if (json_integer(values[IAT], &read.iat) < 0)
        fault = enrolment_claims[IAT].fault;
    else if (!claims_jti_is_valid(read.jti))
        fault = "jti must be 22 base64url characters for 16 bytes";
    if (fault) {
        enrolment_free(&read);
        return error_set(error, ERROR_REFUSED, "%s", fault);
    }
    read.has_key = key_read_jwk(values[JWK], read.public_key) == 0;
    *out = read;
    return 0;
}

void enrolment_free(struct enrolment *enrolment)
{
    json_free(enrolment->document);
    *enrolment = (struct enrolment){0};
}

void enrolment_put_claims(struct buf *out, const char *aud, const char *jti, int64_t iat, const char *invitation,
                          const uint8_t public_key[static KEY_BYTES])
{
    buf_put_text(out, "{\"aud\":");
    json_put_text(out, aud);
    buf_printf(out, ",\"iat\":%" PRId64 ",\"jti\":", iat);
    json_put_text(out, jti);
    buf_put_text(out, ",\"jwk\":");
    key_put_jwk(out, public_key);
    buf_put_text(out, ",\"invitation\":");
    json_put_text(out, invitation);
    buf_put_char(out, '}');
}
