#include "base/mem.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(jws, .init = vectors_start);

#define TYP "panel-response+jws"
#define PAYLOAD "{\"aud\":\"panel\"}"

static const uint8_t test_seed[KEY_BYTES] = {1, 2, 3};

/* A key, its public bytes and its kid, and a text to build an envelope in. */
struct bench {
    struct secret_key *key;
    uint8_t public_key[KEY_BYTES];
    char kid[KID_SIZE];
    struct buf text;
    struct jws jws;
    struct error why;
};

static void bench_open(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->key = secret_key_from_seed(test_seed);
    cr_assert_not_null(b->key);
    secret_key_public(b->key, b->public_key);
    key_thumbprint(b->public_key, b->kid);
    buf_init(&b->text, 2 * JWS_MAX);
}

static void bench_close(struct bench *b)
{
    secret_key_free(b->key);
    buf_free(&b->text);
}

/* Signs whatever header and payload as an envelope into b->text. */
static void envelop(struct bench *b, const char *header, const char *payload, size_t len)
{
    uint8_t signature[SIGNATURE_BYTES];
    buf_reset(&b->text);
    base64url_put(&b->text, header, strlen(header));
    buf_put_char(&b->text, '.');
    base64url_put(&b->text, payload, len);
    secret_key_sign(b->key, b->text.data, b->text.len, signature);
    buf_put_char(&b->text, '.');
    base64url_put(&b->text, signature, sizeof signature);
    cr_assert_eq(buf_check(&b->text), 0);
}

static int parse(struct bench *b)
{
    b->why = (struct error){0};
    return jws_parse(b->text.data, b->text.len, TYP, &b->jws, &b->why);
}

static int parse_header(struct bench *b, const char *header)
{
    envelop(b, header, PAYLOAD, strlen(PAYLOAD));
    return parse(b);
}

/* What jws_parse makes of a text as it stands. */
static const char *why_refused(const char *text, size_t len)
{
    struct jws jws;
    static struct error error;
    error = (struct error){0};
    cr_assert_eq(jws_parse(text, len, TYP, &jws, &error), -1, "%.*s", (int)len, text);
    cr_assert_eq(error.kind, ERROR_REFUSED);
    return error.text;
}

Test(jws, that_was_signed_here_parses_verifies_and_gives_its_payload)
{
    struct bench b;
    struct buf payload;
    bench_open(&b);
    buf_init(&payload, strlen(PAYLOAD));
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    cr_assert_eq(buf_check(&b.text), 0);
    cr_assert_eq(parse(&b), 0, "%s", b.why.text);
    cr_assert_str_eq(b.jws.kid, b.kid);
    cr_assert_eq(b.jws.header, b.text.data);
    cr_assert(jws_verify(&b.jws, b.public_key));
    cr_assert_eq(jws_decode_payload(&b.jws, &payload), 0);
    cr_assert_str_eq(buf_text(&payload), PAYLOAD);
    cr_assert_eq(jws_decode_payload(&b.jws, &payload), -1, "no room left");
    buf_free(&payload);
    bench_close(&b);
}

Test(jws, header_is_what_the_protocol_says)
{
    struct bench b;
    char header[256], want[256];
    size_t len;
    bench_open(&b);
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    cr_assert_eq(parse(&b), 0);
    cr_assert_eq(base64url_decode(b.jws.header, b.jws.header_len, header, sizeof header - 1, &len), 0);
    header[len] = '\0';
    snprintf(want, sizeof want, "{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":\"" TYP "\"}", b.kid);
    cr_assert_str_eq(header, want);
    bench_close(&b);
}

Test(jws, is_appended_to_what_the_buffer_holds)
{
    struct bench b;
    bench_open(&b);
    buf_put_text(&b.text, "before ");
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    cr_assert_eq(jws_parse(b.text.data + 7, b.text.len - 7, TYP, &b.jws, &b.why), 0);
    cr_assert(jws_verify(&b.jws, b.public_key));
    bench_close(&b);
}

Test(jws, of_rfc_8037_verifies_but_is_no_envelope_of_ours)
{
    struct json *document = vectors_load("rfc8037/rfc8037_appendix_a.json");
    const char *text = vectors_text(document, "a4_compact_jws");
    struct jws jws;
    struct buf payload;
    uint8_t key[KEY_BYTES];
    buf_init(&payload, 100);
    cr_assert_eq(key_read_jwk(json_member(document, "a2_public_jwk"), key), 0);
    cr_assert_eq(jws_split(text, strlen(text), &jws, NULL), 0);
    cr_assert_str_eq(jws.kid, "");
    cr_assert_eq(jws.signed_len, strlen(vectors_text(document, "a4_signing_input")));
    cr_assert(jws_verify(&jws, key));
    cr_assert_eq(jws_decode_payload(&jws, &payload), 0);
    cr_assert_str_eq(buf_text(&payload), vectors_text(document, "a4_payload"));
    cr_assert_str_eq(why_refused(text, strlen(text)), "header does not hold exactly alg, kid and typ, each a string");
    buf_free(&payload);
    json_free(document);
}

Test(jws, signature_of_another_key_or_text_does_not_count)
{
    struct bench b;
    uint8_t other[KEY_BYTES] = {9};
    bench_open(&b);
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    struct secret_key *stranger = secret_key_from_seed(other);
    secret_key_public(stranger, other);
    cr_assert_eq(parse(&b), 0);
    cr_assert_not(jws_verify(&b.jws, other));
    for (size_t i = 0; i < b.jws.signed_len; i += 7) {
        char *place = b.text.data + i, before = *place;
        *place = before == 'A' ? 'B' : 'A';
        cr_assert_not(jws_verify(&b.jws, b.public_key));
        *place = before;
    }
    cr_assert(jws_verify(&b.jws, b.public_key));
    secret_key_free(stranger);
    bench_close(&b);
}

Test(jws, header_members_come_in_any_order_and_either_name_of_the_algorithm)
{
    static const char *const good[] = {
        "{\"typ\":\"" TYP "\",\"kid\":\"k\",\"alg\":\"Ed25519\"}",
        "{\"alg\":\"EdDSA\",\"typ\":\"" TYP "\",\"kid\":\"k\"}",
        " {\t\"kid\" : \"\",\n\"alg\":\"EdDSA\",\"typ\":\"panel-response\\u002bjws\"} ",
    };
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        cr_assert_eq(parse_header(&b, good[i]), 0, "%s: %s", good[i], b.why.text);
        cr_assert_str_eq(b.jws.kid, "", "no thumbprint");
        cr_assert(jws_verify(&b.jws, b.public_key));
    }
    bench_close(&b);
}

Test(jws, kid_is_empty_unless_43_characters)
{
    struct bench b;
    char header[256];
    bench_open(&b);
    for (int len = 42; len <= 44; len++) {
        snprintf(header, sizeof header, "{\"alg\":\"EdDSA\",\"kid\":\"%.*s\",\"typ\":\"" TYP "\"}", len,
                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
        cr_assert_eq(parse_header(&b, header), 0);
        cr_assert_eq(strlen(b.jws.kid), len == 43 ? 43 : 0);
    }
    bench_close(&b);
}

#define KID "\"kid\":\"k\""
#define ALG "\"alg\":\"Ed25519\""
#define TYP_MEMBER "\"typ\":\"" TYP "\""

Test(jws, refuses_any_other_header)
{
    static const char *const bad[] = {
        "{" ALG "," KID "," TYP_MEMBER ",\"crit\":[\"exp\"]}",
        "{" ALG "," KID "," TYP_MEMBER ",\"crit\":[\"b64\"],\"b64\":false}",
        "{" ALG "," KID "," TYP_MEMBER ",\"b64\":true}",
        "{" ALG "," KID "," TYP_MEMBER ",\"jwk\":{}}",
        "{" ALG "," KID "," TYP_MEMBER ",\"jku\":\"https://example.org\"}",
        "{" ALG "," KID "," TYP_MEMBER ",\"x5c\":[]}",
        "{" ALG "," KID "," TYP_MEMBER ",\"x5u\":\"\"}",
        "{" ALG "," KID "," TYP_MEMBER ",\"cty\":\"json\"}",
        "{" ALG "," KID "," TYP_MEMBER ",\"\":\"\"}",
        "{" ALG "," KID "," TYP_MEMBER "," ALG "}",
        "{" ALG "," KID "," TYP_MEMBER "," TYP_MEMBER "}",
        "{" ALG "," KID "," KID "}",
        "{" ALG "," KID "," TYP_MEMBER ",\"k\\u0069d\":\"k\"}",
        "{" KID "," TYP_MEMBER "}",
        "{" ALG "," TYP_MEMBER "}",
        "{" ALG "," KID "}",
        "{}",
        "[]",
        "["
        "\"alg\",\"kid\",\"typ\""
        "]",
        "null",
        "\"" TYP "\"",
        "{\"alg\":null," KID "," TYP_MEMBER "}",
        "{\"alg\":[\"Ed25519\"]," KID "," TYP_MEMBER "}",
        "{" ALG ",\"kid\":1," TYP_MEMBER "}",
        "{" ALG "," KID ",\"typ\":true}",
        "{\"ALG\":\"Ed25519\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"none\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"None\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"HS256\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"ES256\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"RS256\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"Ed448\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"eddsa\"," KID "," TYP_MEMBER "}",
        "{\"alg\":\"Ed25519 \"," KID "," TYP_MEMBER "}",
        "{" ALG "," KID ",\"typ\":\"panel-enrolment+jws\"}",
        "{" ALG "," KID ",\"typ\":\"application/" TYP "\"}",
        "{" ALG "," KID ",\"typ\":\"PANEL-RESPONSE+JWS\"}",
        "{" ALG "," KID ",\"typ\":\"\"}",
        "{" ALG "," KID "," TYP_MEMBER "}{}",
        "{" ALG "," KID "," TYP_MEMBER ",}",
        "{" ALG "," KID "," TYP_MEMBER,
        "\xef\xbb\xbf{" ALG "," KID "," TYP_MEMBER "}",
        "{" ALG ",\"kid\":\"\\u0000\"," TYP_MEMBER "}",
        "{" ALG ",\"kid\":\"\\ud800\"," TYP_MEMBER "}",
        "{" ALG ",\"kid\":\"\xff\"," TYP_MEMBER "}",
        "{" ALG ",'kid':'k'," TYP_MEMBER "}",
    };
    struct bench b;
    struct jws before;
    bench_open(&b);
    memset(&b.jws, 0x5a, sizeof b.jws);
    memcpy(&before, &b.jws, sizeof before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(parse_header(&b, bad[i]), -1, "%s", bad[i]);
        cr_assert_str_neq(b.why.text, "", "%s", bad[i]);
        cr_assert_arr_eq(&b.jws, &before, sizeof before, "%s", bad[i]);
    }
    bench_close(&b);
}

/* Of a good envelope, every text that differs in one place and that base64url would let pass if it were not strict. */
Test(jws, refuses_base64url_that_is_not_strict)
{
    struct bench b;
    bench_open(&b);
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    const char *noise[] = {"=", "==", " ", "\n", "\r\n", "\t", "+", "/", "%", "."};
    int tried = 0;
    for (size_t n = 0; n < sizeof noise / sizeof noise[0]; n++)
        for (size_t place = 0; place <= b.text.len; place++, tried++) {
            char text[1024];
            int len = snprintf(text, sizeof text, "%.*s%s%s", (int)place, b.text.data, noise[n], b.text.data + place);
            cr_assert_lt(len, (int)sizeof text);
            (void)why_refused(text, (size_t)len);
        }
    cr_assert_eq((size_t)tried, 10 * (b.text.len + 1));
    bench_close(&b);
}

Test(jws, refuses_nul_bytes_and_bytes_above_ascii_anywhere)
{
    struct bench b;
    bench_open(&b);
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    for (size_t place = 0; place < b.text.len; place++) {
        char before = b.text.data[place];
        b.text.data[place] = '\0';
        (void)why_refused(b.text.data, b.text.len);
        b.text.data[place] = (char)0xe9;
        (void)why_refused(b.text.data, b.text.len);
        b.text.data[place] = before;
    }
    cr_assert_eq(parse(&b), 0);
    bench_close(&b);
}

Test(jws, refuses_unused_bits_that_are_not_zero_in_each_part)
{
    struct bench b;
    bench_open(&b);
    /* 16 bytes of payload leave four unused bits; the header is made to leave some as well, a signature always does. */
    envelop(&b, "{" ALG "," KID "," TYP_MEMBER "}  ", "0123456789abcdef", 16);
    cr_assert_eq(parse(&b), 0);
    char *last[] = {b.text.data + b.jws.header_len - 1, b.text.data + b.jws.signed_len - 1,
                    b.text.data + b.text.len - 1};
    for (size_t i = 0; i < 3; i++) {
        char before = *last[i];
        *last[i] = (char)(before + 1); /* all of A Q g w, and of A E I ... , are followed by one with bits set */
        (void)why_refused(b.text.data, b.text.len);
        *last[i] = before;
    }
    cr_assert_eq(parse(&b), 0);
    bench_close(&b);
}

Test(jws, refuses_fewer_more_and_empty_parts)
{
    struct bench b;
    bench_open(&b);
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    cr_assert_eq(parse(&b), 0);
    int header = (int)b.jws.header_len, payload = (int)b.jws.payload_len;
    const char *signature = b.text.data + b.jws.signed_len + 1;
    const char *heads[] = {"", ".", "..", "...", "a", "a.", ".a", "a.b"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        (void)why_refused(heads[i], strlen(heads[i]));
    cr_assert_str_eq(why_refused(NULL, 0), "not three parts");

    char text[1024];
    snprintf(text, sizeof text, ".%.*s.%s", payload, b.jws.payload, signature);
    cr_assert_str_eq(why_refused(text, strlen(text)), "header is not base64url");
    snprintf(text, sizeof text, "%.*s..%s", header, b.jws.header, signature);
    cr_assert_str_eq(why_refused(text, strlen(text)), "payload is not base64url");
    snprintf(text, sizeof text, "%.*s.%.*s.", header, b.jws.header, payload, b.jws.payload);
    cr_assert_str_eq(why_refused(text, strlen(text)), "signature is not 64 bytes of base64url");
    snprintf(text, sizeof text, "%.*s.%.*s", header, b.jws.header, payload, b.jws.payload);
    cr_assert_str_eq(why_refused(text, strlen(text)), "not three parts");
    snprintf(text, sizeof text, "%s.AAAA", b.text.data);
    cr_assert_str_eq(why_refused(text, strlen(text)), "more than three parts");
    snprintf(text, sizeof text, "%s.", b.text.data);
    cr_assert_str_eq(why_refused(text, strlen(text)), "more than three parts");
    bench_close(&b);
}

Test(jws, refuses_a_signature_of_63_or_65_bytes)
{
    struct bench b;
    bench_open(&b);
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    cr_assert_eq(parse(&b), 0);
    for (size_t bytes = 63; bytes <= 65; bytes += 2) {
        uint8_t signature[65] = {0};
        struct buf text;
        buf_init(&text, JWS_MAX);
        buf_put(&text, b.text.data, b.jws.signed_len + 1);
        base64url_put(&text, signature, bytes);
        cr_assert_str_eq(why_refused(text.data, text.len), "signature is not 64 bytes of base64url");
        buf_free(&text);
    }
    bench_close(&b);
}

/* Fills b->text with an envelope of `want` characters. Base64url has no text of every fourth length, so there are two
 * headers to try. */
static void envelop_length(struct bench *b, size_t want)
{
    static const char zeros[JWS_MAX];
    static const char *const headers[] = {"{" ALG "," KID "," TYP_MEMBER "}", "{" ALG "," KID "," TYP_MEMBER "} "};
    for (size_t i = 0; i < 2; i++) {
        size_t len = want / 4 * 3 - 200;
        do
            envelop(b, headers[i], zeros, len++);
        while (b->text.len < want);
        if (b->text.len == want)
            return;
    }
    cr_assert_fail("no envelope has that length");
}

Test(jws, may_be_32_kib_long_and_not_one_more)
{
    struct bench b;
    bench_open(&b);
    envelop_length(&b, JWS_MAX);
    cr_assert_eq(b.text.len, 32768);
    cr_assert_eq(parse(&b), 0, "%s", b.why.text);
    cr_assert(jws_verify(&b.jws, b.public_key));
    envelop_length(&b, JWS_MAX + 1);
    cr_assert_eq(b.text.len, 32769);
    cr_assert_eq(parse(&b), -1);
    cr_assert_str_eq(b.why.text, "longer than 32 KiB");
    bench_close(&b);
}

Test(jws, header_may_take_nearly_all_of_the_text)
{
    struct bench b;
    static char header[24400];
    bench_open(&b);
    int len = snprintf(header, sizeof header, "{" ALG "," KID "," TYP_MEMBER "%24200s}", "");
    cr_assert_lt(len, (int)sizeof header);
    envelop(&b, header, "x", 1);
    cr_assert_leq(b.text.len, JWS_MAX);
    cr_assert_eq(parse(&b), 0, "%s", b.why.text);
    bench_close(&b);
}

Test(jws, signing_fails_where_the_buffer_is_too_small)
{
    struct bench b;
    bench_open(&b);
    jws_sign(&b.text, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
    size_t whole = b.text.len;
    for (size_t max = 0; max <= whole; max++) {
        struct buf out;
        buf_init(&out, max);
        jws_sign(&out, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
        cr_assert_eq(buf_check(&out), max == whole ? 0 : -1, "max %zu", max);
        buf_free(&out);
    }
    bench_close(&b);
}

/* Whatever allocation fails, nothing leaks, nothing half done is called good. */
Test(jws, survives_every_lack_of_memory)
{
    struct bench b;
    unsigned long n = 1;
    bench_open(&b);
    for (int failed = 1; failed; n++) {
        struct buf out;
        buf_init(&out, JWS_MAX);
        mem_fail_at(n);
        jws_sign(&out, b.key, TYP, PAYLOAD, strlen(PAYLOAD));
        failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(buf_check(&out), failed ? -1 : 0);
        buf_free(&out);
    }
    cr_assert_gt(n, 2);
    /* Written otherwise than this client does, so that the header is taken apart as JSON. */
    envelop(&b, "{\"typ\":\"" TYP "\",\"alg\":\"EdDSA\",\"kid\":\"k\"}", PAYLOAD, strlen(PAYLOAD));
    n = 1;
    for (int failed = 1; failed; n++) {
        mem_fail_at(n);
        int result = parse(&b);
        failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? -1 : 0);
    }
    cr_assert_gt(n, 2);
    bench_close(&b);
}
