/* Claims that erasure and access share, and the scope that an erasure has besides. */
#include "panel/own_data.h"
#include "panel/claims.h"
#include <string.h>

enum { AUD, IAT, JTI, JWK, ACCESS_CLAIMS, SCOPE = ACCESS_CLAIMS, ERASURE_CLAIMS };

static const struct claim request_claims[ACCESS_CLAIMS] = {
    [AUD] = {"aud", "aud must be there, a string", JSON_STRING, false},
    [IAT] = {"iat", "iat must be there, an integer", JSON_NUMBER, false},
    [JTI] = {"jti", "jti must be there, a string", JSON_STRING, false},
    [JWK] = {"jwk", "jwk must be there, an Ed25519 public JWK", JSON_OBJECT, false},
};

static const char scope_fault[] = "scope must be there, \"everything\" or an object of round and action";

static int read_scope(const struct json *scope, struct own_data_request *out)
{
    const char *word = json_text(scope);
    if (word)
        return strcmp(word, "everything") == 0 ? 0 : -1;
    const char *round = json_text(json_member(scope, "round"));
    const char *action = json_text(json_member(scope, "action"));
    if (!round || !action || json_count(scope) != 2)
        return -1;
    out->round = round;
    out->action = action;
    return 0;
}

/* What is wrong with the claims, of which there must be `count`; NULL when nothing is. */
static const char *read_claims(const struct json *document, size_t count, struct own_data_request *out)
{
    const struct json *values[ACCESS_CLAIMS];
    if (json_type(document) != JSON_OBJECT)
        return "the payload must be an object";
    for (size_t i = 0; i < ACCESS_CLAIMS; i++) {
        values[i] = json_member(document, request_claims[i].name);
        if (!values[i] || json_type(values[i]) != request_claims[i].type)
            return request_claims[i].fault;
    }
    out->aud = json_text(values[AUD]);
    out->jti = json_text(values[JTI]);
    if (json_integer(values[IAT], &out->iat) < 0)
        return request_claims[IAT].fault;
    if (!claims_jti_is_valid(out->jti))
        return "jti must be 22 base64url characters for 16 bytes";
    if (key_read_jwk(values[JWK], out->public_key) < 0)
        return request_claims[JWK].fault;
    if (count == ERASURE_CLAIMS && read_scope(json_member(document, "scope"), out) < 0)
        return scope_fault;
    return json_count(document) == count ? NULL : "there is a claim that does not belong";
}

static int parse_request(const char *payload, size_t len, size_t count, struct own_data_request *out,
                         struct error *error)
{
    struct json_fault unread;
    struct own_data_request read = {.document = json_parse(payload, len, &unread)};
    if (!read.document)
        return json_fault_error(&unread, error);
    const char *fault = read_claims(read.document, count, &read);
    if (fault) {
        own_data_free(&read);
        return error_set(error, ERROR_REFUSED, "%s", fault);
    }
    *out = read;
    return 0;
}

int own_data_parse_erasure(const char *payload, size_t len, struct own_data_request *out, struct error *error)
{
    return parse_request(payload, len, ERASURE_CLAIMS, out, error);
}

int own_data_parse_access(const char *payload, size_t len, struct own_data_request *out, struct error *error)
{
    return parse_request(payload, len, ACCESS_CLAIMS, out, error);
}

void own_data_free(struct own_data_request *request)
{
    json_free(request->document);
    *request = (struct own_data_request){0};
}

static void put_shared_claims(struct buf *out, const struct own_data_request *request)
{
    buf_put_text(out, "{\"aud\":");
    json_put_text(out, request->aud);
    buf_put_text(out, ",\"iat\":");
    buf_put_integer(out, request->iat);
    buf_put_text(out, ",\"jti\":");
    json_put_text(out, request->jti);
    buf_put_text(out, ",\"jwk\":");
    key_put_jwk(out, request->public_key);
}

void own_data_put_erasure(struct buf *out, const struct own_data_request *request)
{
    put_shared_claims(out, request);
    if (request->round) {
        buf_put_text(out, ",\"scope\":{\"round\":");
        json_put_text(out, request->round);
        buf_put_text(out, ",\"action\":");
        json_put_text(out, request->action);
        buf_put_text(out, "}}");
    } else {
        buf_put_text(out, ",\"scope\":\"everything\"}");
    }
}

void own_data_put_access(struct buf *out, const struct own_data_request *request)
{
    put_shared_claims(out, request);
    buf_put_char(out, '}');
}
