/* jws_split and jws_parse over any text; what is accepted is verified under a fixed key, which must say no to all but
 * its own. */
#include "crypto/crypto.h"
#include "crypto/jws.h"
#include "tests/fuzz/fuzz.h"

int fuzz_jws(const uint8_t *data, size_t len)
{
    const char *text = (const char *)data;
    static const uint8_t seed[KEY_BYTES] = {1};
    uint8_t public_key[KEY_BYTES];
    fuzz_require(crypto_start() == 0);
    struct secret_key *key = secret_key_from_seed(seed);
    fuzz_require(key != NULL);
    secret_key_public(key, public_key);
    secret_key_free(key);

    struct jws jws;
    struct error error = {0};
    if (jws_split(text, len, &jws, &error) < 0) {
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
        return 0;
    }
    fuzz_require(jws.signed_len < len);
    (void)jws_verify(&jws, public_key);
    struct buf payload;
    buf_init(&payload, JWS_MAX);
    if (jws_decode_payload(&jws, &payload) == 0)
        fuzz_require(payload.len <= jws.payload_len);
    buf_free(&payload);
    if (jws_parse(text, len, "panel-response+jws", &jws, &error) == 0)
        fuzz_require(len <= JWS_MAX && (strlen(jws.kid) == KID_LENGTH || jws.kid[0] == '\0'));
    else
        fuzz_require(error.kind == ERROR_REFUSED && error.text[0] != '\0');
    return 0;
}
