#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include "crypto/key.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(key, .init = vectors_start);

#define MESSAGE_MAX 2048

static const char rfc8032_first[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

static bool is_acceptable(const char *hex)
{
    uint8_t key[KEY_BYTES];
    cr_assert_eq(vectors_hex(hex, key, sizeof key), KEY_BYTES);
    return key_is_acceptable(key);
}

/* Whether the signature verifies; one that is not 64 bytes long can't even be asked about. */
static bool verifies(const char *key_hex, const char *signature_hex, const void *message, size_t len)
{
    uint8_t key[KEY_BYTES], signature[2 * SIGNATURE_BYTES];
    cr_assert_eq(vectors_hex(key_hex, key, sizeof key), KEY_BYTES);
    if (vectors_hex(signature_hex, signature, sizeof signature) != SIGNATURE_BYTES)
        return false;
    return key_verify(key, signature, message, len);
}

static void check_rfc8032(const struct json *vector)
{
    uint8_t seed[KEY_BYTES], want_key[KEY_BYTES], key_bytes[KEY_BYTES], message[MESSAGE_MAX];
    uint8_t want[SIGNATURE_BYTES], signature[SIGNATURE_BYTES];
    vectors_hex(vectors_text(vector, "sk"), seed, sizeof seed);
    vectors_hex(vectors_text(vector, "pk"), want_key, sizeof want_key);
    vectors_hex(vectors_text(vector, "sig"), want, sizeof want);
    size_t len = vectors_hex(vectors_text(vector, "msg"), message, sizeof message);

    struct secret_key *key = secret_key_from_seed(seed);
    cr_assert_not_null(key);
    secret_key_public(key, key_bytes);
    cr_assert_arr_eq(key_bytes, want_key, KEY_BYTES);
    secret_key_sign(key, message, len, signature);
    cr_assert_arr_eq(signature, want, SIGNATURE_BYTES);
    secret_key_free(key);

    cr_assert(key_is_acceptable(want_key));
    cr_assert(key_verify(want_key, want, message, len));
    want[5] ^= 1;
    cr_assert_not(key_verify(want_key, want, message, len));
    want[5] ^= 1;
    message[len] = 0;
    cr_assert_not(key_verify(want_key, want, message, len + 1));
}

Test(key, signs_and_verifies_the_examples_of_rfc_8032)
{
    struct json *document = vectors_load("rfc8032/ed25519_rfc8032_7.1.json");
    int count = 0;
    for (const struct json *v = json_first(json_member(document, "vectors")); v != NULL; v = json_next(v), count++)
        check_rfc8032(v);
    cr_assert_eq(count, 5);
    json_free(document);
}

static void check_wycheproof(const char *key_hex, const struct json *test, int counts[2])
{
    uint8_t message[MESSAGE_MAX];
    size_t len = vectors_hex(vectors_text(test, "msg"), message, sizeof message);
    bool valid = strcmp(vectors_text(test, "result"), "valid") == 0;
    cr_assert_eq(verifies(key_hex, vectors_text(test, "sig"), message, len), valid, "tcId %d",
                 (int)vectors_integer(test, "tcId"));
    counts[valid]++;
}

Test(key, verifies_what_wycheproof_says_is_valid_and_nothing_else)
{
    struct json *document = vectors_load("wycheproof/ed25519_test.json");
    int counts[2] = {0, 0}, acceptable = 0, groups = 0;
    for (const struct json *g = json_first(json_member(document, "testGroups")); g != NULL;
         g = json_next(g), groups++) {
        const char *key_hex = vectors_text(json_member(g, "publicKey"), "pk");
        acceptable += is_acceptable(key_hex);
        for (const struct json *t = json_first(json_member(g, "tests")); t != NULL; t = json_next(t))
            check_wycheproof(key_hex, t, counts);
    }
    cr_assert_eq(counts[true], 88);
    cr_assert_eq(counts[false], 63);
    cr_assert_eq(groups, 78);
    cr_assert_eq(acceptable, 78);
    json_free(document);
}

/* The twelve cases of the paper's table 5 (eprint 2020/1244, §5). Their keys: small order in 0 and 1, mixed order in 2
 * to 5, 8 and 9, prime order in 6 and 7, non-canonical and small order in 10 and 11. */
Test(key, counts_no_case_of_the_speccheck_paper)
{
    static const bool key_acceptable[12] = {[6] = true, [7] = true};
    struct json *document = vectors_load("ed25519-speccheck/cases.json");
    size_t count = 0;
    for (const struct json *v = json_first(document); v; v = json_next(v), count++) {
        uint8_t message[64];
        size_t len = vectors_hex(vectors_text(v, "message"), message, sizeof message);
        const char *key_hex = vectors_text(v, "pub_key");
        cr_assert_lt(count, 12);
        cr_assert_eq(is_acceptable(key_hex), key_acceptable[count], "case %zu", count);
        /* 6 and 7 fail by S >= L; of the others 3 is what RFC 8032 would take, were it not for the key. */
        cr_assert_eq(verifies(key_hex, vectors_text(v, "signature"), message, len), count == 3, "case %zu", count);
    }
    cr_assert_eq(count, 12);
    json_free(document);
}

static bool has_flag(const struct json *vector, const char *flag)
{
    for (const struct json *f = json_first(json_member(vector, "flags")); f != NULL; f = json_next(f))
        if (strcmp(json_text(f), flag) == 0)
            return true;
    return false;
}

/* What RFC 8032 without cofactor says where the key is acceptable: equal points, and R's own encoding. */
static bool rfc8032_takes(const struct json *vector)
{
    return !has_flag(vector, "low_order_residue") && !has_flag(vector, "non_canonical_R");
}

Test(key, takes_of_cctv_the_one_vector_without_a_flag)
{
    struct json *document = vectors_load("cctv/ed25519vectors.json");
    int total = 0, acceptable = 0, taken = 0;
    for (const struct json *v = json_first(document); v; v = json_next(v), total++) {
        const char *key_hex = vectors_text(v, "key"), *message = vectors_text(v, "msg");
        bool sound =
            !has_flag(v, "low_order_A") && !has_flag(v, "low_order_component_A") && !has_flag(v, "non_canonical_A");
        cr_assert_eq(is_acceptable(key_hex), sound, "vector %d", total);
        if (!sound)
            continue;
        acceptable++;
        if (!verifies(key_hex, vectors_text(v, "sig"), message, strlen(message)))
            continue;
        taken++;
        cr_assert(rfc8032_takes(v), "vector %d", total);
        cr_assert_eq(json_count(json_member(v, "flags")), 0, "vector %d", total);
    }
    cr_assert_eq(total, 914);
    cr_assert_eq(acceptable, 28);
    cr_assert_eq(taken, 1);
    json_free(document);
}

/* The first key of RFC 8032 §7.1 with each point of the small subgroup added to it; the one with the point of order 2
 * is what libsodium lets pass where CVE-2025-69277 is not mended. */
Test(key, is_not_acceptable_with_a_component_of_small_order)
{
    static const char *const mixed[] = {
        "9158312a9a8d6e3b34c891d6d61444f8b8211c5117ebad15bdb0bd68b07e0245",
        "ad38a8f0b22ab7ca46ecee7bbef12b5f336c182652fac34392f859dbd9666a7d",
        "3b5b475c4b82dd1572799fc546f4c6c03e478c6654aa4c7f945b347ea32af60d",
        "16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5",
        "5ca7ced5657291c4cb376e2929ebbb0747dee3aee81452ea424f42974f81fdba",
        "40c7570f4dd54835b9131184410ed4a0cc93e7d9ad053cbc6d07a62426999582",
        "b2a4b8a3b47d22ea8d86603ab90b393fc1b87399ab55b3806ba4cb815cd509f2",
    };
    cr_assert(is_acceptable(rfc8032_first));
    for (size_t i = 0; i < sizeof mixed / sizeof mixed[0]; i++)
        cr_assert_not(is_acceptable(mixed[i]), "%s", mixed[i]);
}

/* y = 3 is on the curve; so is y = p + 3, the same point once more. */
Test(key, is_not_acceptable_off_the_curve_or_in_a_second_encoding)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "0200000000000000000000000000000000000000000000000000000000000000",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_not(is_acceptable(bad[i]), "%s", bad[i]);
}

Test(key, is_acceptable_whenever_it_was_made_here)
{
    for (int i = 0; i < 32; i++) {
        uint8_t public_key[KEY_BYTES];
        struct secret_key *key = secret_key_new();
        cr_assert_not_null(key);
        secret_key_public(key, public_key);
        cr_assert(key_is_acceptable(public_key));
        secret_key_free(key);
    }
}

Test(key, is_the_one_of_its_seed_and_differs_from_the_next)
{
    static const uint8_t seed[KEY_BYTES] = {1, 2, 3};
    uint8_t first[KEY_BYTES], second[KEY_BYTES], other[KEY_BYTES];
    struct secret_key *key = secret_key_from_seed(seed), *again = secret_key_from_seed(seed);
    struct secret_key *new = secret_key_new(), *next = secret_key_new();
    cr_assert(key && again && new &&next);
    secret_key_public(key, first);
    secret_key_public(again, second);
    cr_assert_arr_eq(first, second, KEY_BYTES);
    secret_key_public(new, first);
    secret_key_public(next, other);
    cr_assert_arr_neq(first, other, KEY_BYTES);
    secret_key_free(key);
    secret_key_free(again);
    secret_key_free(new);
    secret_key_free(next);
    secret_key_free(NULL);
}

Test(key, text_of_a_key_file_gives_the_key_back_and_nothing_near_it_does)
{
    char text[SECRET_KEY_TEXT_SIZE + 1], bad[SECRET_KEY_TEXT_SIZE + 1];
    char back[SECRET_KEY_TEXT_SIZE];
    struct secret_key *key = secret_key_new();
    cr_assert_not_null(key);
    secret_key_put_text(key, text);
    size_t len = strlen(text);
    cr_assert_eq(len, SECRET_KEY_TEXT_SIZE - 1);
    cr_assert_eq(text[len - 1], '\n');
    struct secret_key *again = secret_key_from_text(text, len);
    cr_assert_not_null(again);
    secret_key_put_text(again, back);
    cr_assert_str_eq(back, text);

    cr_assert_null(secret_key_from_text(text, len - 1), "no newline");
    text[len] = '\n';
    cr_assert_null(secret_key_from_text(text, len + 1), "two newlines");
    cr_assert_null(secret_key_from_text("", 0));
    for (size_t i = 0; i < len; i++) {
        memcpy(bad, text, len);
        bad[i] = '=';
        cr_assert_null(secret_key_from_text(bad, len), "place %zu", i);
    }
    secret_key_free(key);
    secret_key_free(again);
}

/* Reads JWK text; 0 or -1 as key_read_jwk. */
static int read_jwk(const char *text, uint8_t key[static KEY_BYTES])
{
    struct json *jwk = json_parse(text, strlen(text), NULL);
    cr_assert_not_null(jwk, "%s", text);
    int result = key_read_jwk(jwk, key);
    json_free(jwk);
    return result;
}

Test(key, has_the_jwk_and_thumbprint_of_rfc_8037)
{
    struct json *document = vectors_load("rfc8037/rfc8037_appendix_a.json");
    uint8_t key[KEY_BYTES], want[KEY_BYTES], hash[SHA256_BYTES];
    char kid[KID_SIZE];
    struct buf jwk;
    buf_init(&jwk, 128);
    cr_assert_eq(key_read_jwk(json_member(document, "a2_public_jwk"), key), 0);
    vectors_hex(rfc8032_first, want, sizeof want);
    cr_assert_arr_eq(key, want, KEY_BYTES);
    key_thumbprint(key, kid);
    cr_assert_str_eq(kid, vectors_text(document, "a3_thumbprint"));
    key_put_jwk(&jwk, key);
    cr_assert_str_eq(buf_text(&jwk), vectors_text(document, "a3_thumbprint_input"));
    crypto_sha256(jwk.data, jwk.len, hash);
    vectors_hex(vectors_text(document, "a3_sha256_hex"), want, sizeof want);
    cr_assert_arr_eq(hash, want, SHA256_BYTES);
    cr_assert_eq(key_read_jwk(json_member(document, "a1_private_jwk"), key), -1, "a private key is no public JWK");
    buf_free(&jwk);
    json_free(document);
}

Test(key, thumbprint_of_rfc_7638_comes_from_the_required_members)
{
    struct json *document = vectors_load("rfc7638/rfc7638_example.json");
    const struct json *jwk = json_member(document, "jwk");
    uint8_t hash[SHA256_BYTES];
    char thumbprint[KID_SIZE];
    struct buf members;
    buf_init(&members, 4096);
    buf_printf(&members, "{\"e\":\"%s\",\"kty\":\"%s\",\"n\":\"%s\"}", vectors_text(jwk, "e"), vectors_text(jwk, "kty"),
               vectors_text(jwk, "n"));
    cr_assert_str_eq(buf_text(&members), vectors_text(document, "thumbprint_input"));
    crypto_sha256(members.data, members.len, hash);
    base64url_encode(hash, sizeof hash, thumbprint);
    cr_assert_str_eq(thumbprint, vectors_text(document, "thumbprint"));
    buf_free(&members);
    json_free(document);
}

#define X "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""

Test(key, is_read_from_a_jwk_in_any_order)
{
    uint8_t key[KEY_BYTES];
    cr_assert_eq(read_jwk("{" X ",\"crv\":\"Ed25519\",\"kty\":\"OKP\"}", key), 0);
    cr_assert_eq(read_jwk(" { \"kty\" : \"OKP\", \"crv\":\"Ed2551\\u0039\", " X " } ", key), 0);
}

Test(key, is_not_read_from_any_other_jwk)
{
    static const char *const bad[] = {
        "{}",
        "[]",
        "\"OKP\"",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}",
        "{\"kty\":\"OKP\"," X "}",
        "{\"crv\":\"Ed25519\"," X "}",
        "{\"kty\":\"okp\",\"crv\":\"Ed25519\"," X "}",
        "{\"kty\":\"EC\",\"crv\":\"Ed25519\"," X "}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\"," X "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed448\"," X "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\"," X "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"\"," X "}",
        "{\"kty\":[\"OKP\"],\"crv\":\"Ed25519\"," X "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":null}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA\"}",
    };
    uint8_t key[KEY_BYTES] = {7}, before[KEY_BYTES] = {7};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert_eq(read_jwk(bad[i], key), -1, "%s", bad[i]);
    cr_assert_eq(key_read_jwk(NULL, key), -1);
    cr_assert_arr_eq(key, before, KEY_BYTES);
}

Test(key, makes_what_only_its_secret_makes)
{
    uint8_t seed[KEY_BYTES] = {1}, one[SECRET_KEY_MAC_BYTES], same[SECRET_KEY_MAC_BYTES], other[SECRET_KEY_MAC_BYTES];
    struct secret_key *key = secret_key_from_seed(seed), *copy = secret_key_from_seed(seed),
                      *another = secret_key_new();
    cr_assert(key && copy && another);
    secret_key_mac(key, "text", 4, one);
    secret_key_mac(copy, "text", 4, same);
    cr_assert_arr_eq(one, same, sizeof one);
    secret_key_mac(key, "texs", 4, other);
    cr_assert_arr_neq(one, other, sizeof one);
    secret_key_mac(another, "text", 4, other);
    cr_assert_arr_neq(one, other, sizeof one);
    secret_key_free(key);
    secret_key_free(copy);
    secret_key_free(another);
}
