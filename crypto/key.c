/* Ed25519 over libsodium, and the two texts that a public key has. */
#include "crypto/key.h"
#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include <sodium.h>
#include <string.h>

_Static_assert(KEY_BYTES == crypto_sign_ed25519_PUBLICKEYBYTES, "a public key has 32 bytes");
_Static_assert(KEY_BYTES == crypto_sign_ed25519_SEEDBYTES, "a seed has 32 bytes");
_Static_assert(SIGNATURE_BYTES == crypto_sign_ed25519_BYTES, "a signature has 64 bytes");
_Static_assert(SECRET_KEY_MAC_BYTES >= crypto_generichash_BYTES_MIN, "a hash is no shorter");
_Static_assert(KID_LENGTH == BASE64URL_LENGTH(SHA256_BYTES), "a kid is a SHA-256");

/* The JWK of RFC 8037 §2, its members in the order of RFC 7638 §3.2 and so also what the thumbprint hashes. */
#define JWK_HEAD "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\""
#define JWK_TAIL "\"}"
#define JWK_LENGTH (sizeof JWK_HEAD - 1 + BASE64URL_LENGTH(KEY_BYTES) + sizeof JWK_TAIL - 1)

struct secret_key {
    uint8_t bytes[crypto_sign_ed25519_SECRETKEYBYTES]; /* the seed and the public key, as libsodium wants them */
};

/* Whether (L-1)·P = -P, which holds in the subgroup of order L alone. The multiplication looks at the rest by itself:
 * it refuses what is no point, not in its one form or of small order; by its own look at the subgroup a component of
 * order 2 passes where CVE-2025-69277 is not mended. */
bool key_is_acceptable(const uint8_t public_key[static KEY_BYTES])
{
    static const uint8_t order_less_one[32] = {
        0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10,
    };
    uint8_t product[KEY_BYTES];
    if (crypto_scalarmult_ed25519_noclamp(product, order_less_one, public_key) != 0)
        return false;
    product[KEY_BYTES - 1] ^= 0x80; /* the sign of x, so the negative of the point */
    return memcmp(product, public_key, KEY_BYTES) == 0;
}

static void write_jwk(const uint8_t public_key[static KEY_BYTES], char jwk[static JWK_LENGTH + 1])
{
    char *x = jwk + sizeof JWK_HEAD - 1;
    memcpy(jwk, JWK_HEAD, sizeof JWK_HEAD - 1);
    base64url_encode(public_key, KEY_BYTES, x);
    memcpy(x + BASE64URL_LENGTH(KEY_BYTES), JWK_TAIL, sizeof JWK_TAIL);
}

void key_thumbprint_bytes(const uint8_t public_key[static KEY_BYTES], uint8_t hash[static SHA256_BYTES])
{
    char jwk[JWK_LENGTH + 1];
    write_jwk(public_key, jwk);
    crypto_sha256(jwk, JWK_LENGTH, hash);
}

void key_thumbprint(const uint8_t public_key[static KEY_BYTES], char kid[static KID_SIZE])
{
    uint8_t hash[SHA256_BYTES];
    key_thumbprint_bytes(public_key, hash);
    base64url_encode(hash, sizeof hash, kid);
}

void key_put_jwk(struct buf *out, const uint8_t public_key[static KEY_BYTES])
{
    char jwk[JWK_LENGTH + 1];
    write_jwk(public_key, jwk);
    buf_put(out, jwk, JWK_LENGTH);
}

static bool member_is(const struct json *object, const char *name, const char *want)
{
    const char *text = json_text(json_member(object, name));
    return text && strcmp(text, want) == 0;
}

int key_read_jwk(const struct json *jwk, uint8_t public_key[static KEY_BYTES])
{
    uint8_t bytes[KEY_BYTES];
    const char *x = json_text(json_member(jwk, "x"));
    if (json_count(jwk) != 3 || !member_is(jwk, "kty", "OKP") || !member_is(jwk, "crv", "Ed25519") || !x)
        return -1;
    if (base64url_decode_exactly(x, strlen(x), bytes, sizeof bytes) < 0)
        return -1;
    memcpy(public_key, bytes, sizeof bytes);
    return 0;
}

bool key_verify(const uint8_t public_key[static KEY_BYTES], const uint8_t signature[static SIGNATURE_BYTES],
                const void *bytes, size_t len)
{
    return crypto_sign_ed25519_verify_detached(signature, bytes, len, public_key) == 0;
}

struct secret_key *secret_key_from_seed(const uint8_t seed[static KEY_BYTES])
{
    struct secret_key *key = sodium_malloc(sizeof *key);
    uint8_t public_key[KEY_BYTES];
    if (!key)
        return NULL;
    crypto_sign_ed25519_seed_keypair(public_key, key->bytes, seed);
    (void)sodium_mprotect_readonly(key); /* where it can't be had, the key is no less a key */
    return key;
}

struct secret_key *secret_key_new(void)
{
    uint8_t seed[KEY_BYTES];
    crypto_random(seed, sizeof seed);
    struct secret_key *key = secret_key_from_seed(seed);
    sodium_memzero(seed, sizeof seed);
    return key;
}

void secret_key_free(struct secret_key *key)
{
    sodium_free(key); /* wipes first */
}

void secret_key_put_text(const struct secret_key *key, char text[static SECRET_KEY_TEXT_SIZE])
{
    base64url_encode(key->bytes, KEY_BYTES, text);
    memcpy(text + SECRET_KEY_TEXT_SIZE - 2, "\n", 2);
}

struct secret_key *secret_key_from_text(const char *text, size_t len)
{
    uint8_t seed[KEY_BYTES];
    struct secret_key *key = NULL;
    if (len == SECRET_KEY_TEXT_SIZE - 1 && text[len - 1] == '\n' &&
        base64url_decode_exactly(text, len - 1, seed, sizeof seed) == 0)
        key = secret_key_from_seed(seed);
    sodium_memzero(seed, sizeof seed);
    return key;
}

void secret_key_public(const struct secret_key *key, uint8_t public_key[static KEY_BYTES])
{
    memcpy(public_key, key->bytes + KEY_BYTES, KEY_BYTES);
}

void secret_key_sign(const struct secret_key *key, const void *bytes, size_t len,
                     uint8_t signature[static SIGNATURE_BYTES])
{
    crypto_sign_ed25519_detached(signature, NULL, bytes, len, key->bytes);
}

void secret_key_mac(const struct secret_key *key, const void *bytes, size_t len,
                    uint8_t mac[static SECRET_KEY_MAC_BYTES])
{
    crypto_generichash(mac, SECRET_KEY_MAC_BYTES, bytes, len, key->bytes, KEY_BYTES);
}
