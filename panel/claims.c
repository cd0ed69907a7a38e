/* Types and names alone: what a claim means is for its kind to say. */
#include "panel/claims.h"
#include "crypto/base64url.h"
#include <string.h>

#define JTI_BYTES 16

static const char *find_fault(const struct json *document, const struct claim *claims, size_t count,
                              const struct json **values)
{
    if (json_type(document) != JSON_OBJECT)
        return "the payload must be an object";
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        values[i] = json_member(document, claims[i].name);
        if (values[i] ? json_type(values[i]) != claims[i].type : !claims[i].is_optional)
            return claims[i].fault;
        found += values[i] != NULL;
    }
    /* Names do not repeat, so whoever has no more members than were found has exactly these. */
    return json_count(document) == found ? NULL : "there is a claim that does not belong";
}

struct json *claims_parse(const char *payload, size_t len, const struct claim *claims, size_t count,
                          const struct json **values, struct error *error)
{
    struct json_fault fault;
    struct json *document = json_parse(payload, len, &fault);
    if (!document) {
        json_fault_error(&fault, error);
        return NULL;
    }
    const char *found = find_fault(document, claims, count, values);
    if (found) {
        error_set(error, ERROR_REFUSED, "%s", found);
        json_free(document);
        return NULL;
    }
    return document;
}

bool claims_jti_is_valid(const char *jti)
{
    char bytes[JTI_BYTES];
    size_t len = strlen(jti);
    return len == BASE64URL_LENGTH(JTI_BYTES) && base64url_decode_exactly(jti, len, bytes, sizeof bytes) == 0;
}
