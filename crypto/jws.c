/* Compact JWS, read and written. In the walk of one response: after the body's caps, before the roster. */
#include "crypto/jws.h"
#include "crypto/base64url.h"
#include <string.h>

int jws_split(const char *text, size_t len, struct jws *out, struct error *error)
{
    const char *first = len == 0 ? NULL : memchr(text, '.', len);
    const char *second = !first ? NULL : memchr(first + 1, '.', (size_t)(text + len - first - 1));
    if (!second)
        return error_set(error, ERROR_REFUSED, "not three parts");
    const char *end = text + len;
    if (memchr(second + 1, '.', (size_t)(end - second - 1)) != NULL)
        return error_set(error, ERROR_REFUSED, "more than three parts");
    struct jws jws = {
        .header = text,
        .header_len = (size_t)(first - text),
        .payload = first + 1,
        .payload_len = (size_t)(second - first - 1),
        .signed_len = (size_t)(second - text),
    };
    if (jws.header_len == 0 || !base64url_is_valid(jws.header, jws.header_len))
        return error_set(error, ERROR_REFUSED, "header is not base64url");
    if (jws.payload_len == 0 || !base64url_is_valid(jws.payload, jws.payload_len))
        return error_set(error, ERROR_REFUSED, "payload is not base64url");
    if (base64url_decode_exactly(second + 1, (size_t)(end - second - 1), jws.signature, SIGNATURE_BYTES) < 0)
        return error_set(error, ERROR_REFUSED, "signature is not 64 bytes of base64url");
    *out = jws;
    return 0;
}

static bool is_known_alg(const char *alg)
{
    return alg && (strcmp(alg, "Ed25519") == 0 || strcmp(alg, "EdDSA") == 0);
}

static int read_jws_header(const struct json *header, const char *typ, char kid[static KID_SIZE], struct error *error)
{
    const char *header_alg = json_text(json_member(header, "alg"));
    const char *header_typ = json_text(json_member(header, "typ"));
    const char *header_kid = json_text(json_member(header, "kid"));
    if (json_count(header) != 3 || !header_alg || !header_typ || !header_kid)
        return error_set(error, ERROR_REFUSED, "header does not hold exactly alg, kid and typ, each a string");
    if (!is_known_alg(header_alg))
        return error_set(error, ERROR_REFUSED, "alg is not Ed25519");
    if (strcmp(header_typ, typ) != 0)
        return error_set(error, ERROR_REFUSED, "typ is not the one expected here");
    if (strlen(header_kid) == KID_LENGTH)
        memcpy(kid, header_kid, KID_SIZE);
    return 0;
}

/* The header as most clients write it, ours among them: told without taking JSON apart. False says nothing. */
static bool is_plain_header(const char *bytes, size_t len, const char *typ, char kid[static KID_SIZE])
{
    static const char before[] = "{\"alg\":\"Ed25519\",\"kid\":\"", between[] = "\",\"typ\":\"", after[] = "\"}";
    size_t typ_len = strlen(typ), kid_at = sizeof before - 1, typ_at = kid_at + KID_LENGTH + sizeof between - 1;
    if (len != typ_at + typ_len + sizeof after - 1 || memcmp(bytes, before, sizeof before - 1) != 0 ||
        memcmp(bytes + kid_at + KID_LENGTH, between, sizeof between - 1) != 0 ||
        memcmp(bytes + typ_at, typ, typ_len) != 0 || memcmp(bytes + typ_at + typ_len, after, sizeof after - 1) != 0 ||
        !base64url_is_valid(bytes + kid_at, KID_LENGTH))
        return false;
    memcpy(kid, bytes + kid_at, KID_LENGTH);
    kid[KID_LENGTH] = '\0';
    return true;
}

int jws_parse(const char *text, size_t len, const char *typ, struct jws *out, struct error *error)
{
    char bytes[JWS_MAX / 4 * 3]; /* no allocation for what is there once a request */
    size_t count;
    struct jws jws = {0};
    if (len > JWS_MAX)
        return error_set(error, ERROR_REFUSED, "longer than 32 KiB");
    if (jws_split(text, len, &jws, error) < 0)
        return -1;
    if (base64url_decode(jws.header, jws.header_len, bytes, sizeof bytes, &count) < 0)
        return error_set(error, ERROR_REFUSED, "header is not base64url");
    if (is_plain_header(bytes, count, typ, jws.kid)) {
        *out = jws;
        return 0;
    }
    struct json_fault fault;
    struct json *header = json_parse(bytes, count, &fault);
    if (!header)
        return json_fault_error(&fault, error);
    int result = read_jws_header(header, typ, jws.kid, error);
    json_free(header);
    if (result == 0)
        *out = jws;
    return result;
}

bool jws_verify(const struct jws *jws, const uint8_t public_key[static KEY_BYTES])
{
    return key_verify(public_key, jws->signature, jws->header, jws->signed_len);
}

int jws_decode_payload(const struct jws *jws, struct buf *out)
{
    size_t room = jws->payload_len / 4 * 3 + (jws->payload_len % 4 == 0 ? 0 : jws->payload_len % 4 - 1);
    size_t count;
    char *place = buf_reserve(out, room);
    if (!place || base64url_decode(jws->payload, jws->payload_len, place, room, &count) < 0)
        return -1;
    out->len += count;
    buf_put(out, "", 0); /* its NUL */
    return buf_check(out);
}

static void put_header(struct buf *out, const struct secret_key *key, const char *typ)
{
    uint8_t public_key[KEY_BYTES];
    char kid[KID_SIZE];
    secret_key_public(key, public_key);
    key_thumbprint(public_key, kid);
    buf_printf(out, "{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":", kid);
    json_put_text(out, typ);
    buf_put_char(out, '}');
}

void jws_sign(struct buf *out, const struct secret_key *key, const char *typ, const char *payload, size_t len)
{
    uint8_t signature[SIGNATURE_BYTES];
    size_t start = out->len;
    struct buf header;
    buf_init(&header, JWS_MAX);
    put_header(&header, key, typ);
    if (buf_check(&header) < 0) {
        out->failed = true;
        buf_free(&header);
        return;
    }
    base64url_put(out, header.data, header.len);
    buf_free(&header);
    buf_put_char(out, '.');
    base64url_put(out, payload, len);
    if (buf_check(out) < 0)
        return;
    secret_key_sign(key, out->data + start, out->len - start, signature);
    buf_put_char(out, '.');
    base64url_put(out, signature, sizeof signature);
}

/* n bytes are ceil(4n/3) characters of base64url, which is at most c just when n is at most floor(3c/4). */
size_t jws_payload_max(const char *typ)
{
    size_t header = strlen("{\"alg\":\"Ed25519\",\"kid\":\"\",\"typ\":\"\"}") + KID_SIZE - 1 + strlen(typ);
    size_t around = (4 * header + 2) / 3 + (4 * SIGNATURE_BYTES + 2) / 3 + 2;
    return (JWS_MAX - around) * 3 / 4;
}
