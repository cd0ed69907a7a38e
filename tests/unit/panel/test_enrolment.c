#include "base/mem.h"
#include "crypto/crypto.h"
#include "panel/claims.h"
#include "panel/enrolment.h"
#include <criterion/criterion.h>
#include <string.h>

/* RFC 8037 appendix A.2 */
#define JWK "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define JTI "AAECAwQFBgcICQoLDA0ODw"
#define CLAIMS(aud, iat, jti, jwk, more)                                                                               \
    "{\"aud\":" aud ",\"iat\":" iat ",\"jti\":" jti ",\"jwk\":" jwk ",\"invitation\":\"CODE\"" more "}"

static void start(void)
{
    cr_assert_eq(crypto_start(), 0);
}

TestSuite(enrolment, .init = start);

Test(enrolment, is_read)
{
    const char text[] = CLAIMS("\"wau\"", "1767225600", "\"" JTI "\"", JWK, "");
    struct enrolment enrolment;
    struct error error = {0};
    cr_assert_eq(enrolment_parse(text, strlen(text), &enrolment, &error), 0, "%s", error.text);
    cr_assert_str_eq(enrolment.aud, "wau");
    cr_assert_str_eq(enrolment.jti, JTI);
    cr_assert_str_eq(enrolment.invitation, "CODE");
    cr_assert_eq(enrolment.iat, 1767225600);
    cr_assert(enrolment.has_key);
    cr_assert_eq(enrolment.public_key[0], 0xd7);
    cr_assert_eq(enrolment.public_key[31], 0x1a);
    enrolment_free(&enrolment);
}

Test(enrolment, says_when_the_jwk_is_no_key)
{
    const char *const others[] = {
        CLAIMS("\"p\"", "1", "\"" JTI "\"", "{}", ""),
        CLAIMS("\"p\"", "1", "\"" JTI "\"", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}", ""),
        CLAIMS("\"p\"", "1", "\"" JTI "\"", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}", ""),
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct enrolment enrolment;
        struct error error = {0};
        cr_assert_eq(enrolment_parse(others[i], strlen(others[i]), &enrolment, &error), 0, "%s", error.text);
        cr_expect_not(enrolment.has_key);
        enrolment_free(&enrolment);
    }
}

Test(enrolment, is_refused_when_its_claims_are_not_exactly_these)
{
    static const struct {
        const char *text, *why;
    } wrong[] = {
        {"", ""},
        {"[]", "object"},
        {"{}", "aud"},
        {CLAIMS("1", "1", "\"" JTI "\"", JWK, ""), "aud"},
        {CLAIMS("\"p\"", "\"1\"", "\"" JTI "\"", JWK, ""), "iat"},
        {CLAIMS("\"p\"", "1.0", "\"" JTI "\"", JWK, ""), "iat"},
        {CLAIMS("\"p\"", "1e3", "\"" JTI "\"", JWK, ""), "iat"},
        {CLAIMS("\"p\"", "9007199254740992", "\"" JTI "\"", JWK, ""), "iat"},
        {CLAIMS("\"p\"", "1", "5", JWK, ""), "jti"},
        {CLAIMS("\"p\"", "1", "\"\"", JWK, ""), "jti"},
        {CLAIMS("\"p\"", "1", "\"AAECAwQFBgcICQoLDA0OD\"", JWK, ""), "jti"},
        {CLAIMS("\"p\"", "1", "\"AAECAwQFBgcICQoLDA0ODww\"", JWK, ""), "jti"},
        {CLAIMS("\"p\"", "1", "\"AAECAwQFBgcICQoLDA0ODx\"", JWK, ""), "jti"},
        {CLAIMS("\"p\"", "1", "\"AAECAwQFBgcICQoLDA0O==\"", JWK, ""), "jti"},
        {CLAIMS("\"p\"", "1", "\"" JTI "\"", "\"key\"", ""), "jwk"},
        {CLAIMS("\"p\"", "1", "\"" JTI "\"", JWK, ",\"extra\":1"), "not belong"},
        {CLAIMS("\"p\"", "1", "\"" JTI "\"", JWK, ",\"aud\":\"p\""), "repeated"},
        {"{\"aud\":\"p\",\"iat\":1,\"jti\":\"" JTI "\",\"jwk\":" JWK "}", "invitation"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct enrolment enrolment;
        struct error error = {0};
        cr_expect_eq(enrolment_parse(wrong[i].text, strlen(wrong[i].text), &enrolment, &error), -1, "%s",
                     wrong[i].text);
        cr_assert_eq(error.kind, ERROR_REFUSED);
        cr_expect_not_null(strstr(error.text, wrong[i].why), "'%s' for %s", error.text, wrong[i].text);
    }
}

Test(enrolment, is_written_as_it_is_read)
{
    struct buf text;
    uint8_t key[KEY_BYTES];
    struct error error = {0};
    memset(key, 0x5a, sizeof key);
    buf_init(&text, 1000);
    enrolment_put_claims(&text, "wau", JTI, -5, "1234567-\"", key);
    cr_assert_eq(buf_check(&text), 0);
    struct enrolment enrolment;
    cr_assert_eq(enrolment_parse(text.data, text.len, &enrolment, &error), 0, "%s", error.text);
    cr_assert_str_eq(enrolment.aud, "wau");
    cr_assert_str_eq(enrolment.jti, JTI);
    cr_assert_str_eq(enrolment.invitation, "1234567-\"");
    cr_assert_eq(enrolment.iat, -5);
    cr_assert(enrolment.has_key);
    cr_assert_arr_eq(enrolment.public_key, key, sizeof key);
    enrolment_free(&enrolment);
    buf_free(&text);
}

Test(enrolment, fails_cleanly_when_any_allocation_does)
{
    const char text[] = CLAIMS("\"wau\"", "1767225600", "\"" JTI "\"", JWK, "");
    for (unsigned long n = 1;; n++) {
        struct enrolment enrolment;
        struct error error = {0};
        mem_fail_at(n);
        int result = enrolment_parse(text, strlen(text), &enrolment, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? -1 : 0, "allocation %lu", n);
        if (!failed) {
            cr_assert_gt(n, 1);
            enrolment_free(&enrolment);
            break;
        }
        cr_assert_eq(error.kind, ERROR_MEMORY);
    }
}
