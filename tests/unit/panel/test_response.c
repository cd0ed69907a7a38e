#include "base/mem.h"
#include "panel/response.h"
#include "tests/unit/panel/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define JTI "AAECAwQFBgcICQoLDA0ODw"
#define CONTEXT "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE" /* 32 bytes, each a 1 */
#define CLAIMS(revision, iat, jti, answers, more)                                                                      \
    "{\"aud\":\"wau\",\"round\":\"round-1\",\"action\":\"WA-1.01\",\"revision\":" revision ",\"iat\":" iat             \
    ",\"jti\":" jti ",\"answers\":" answers more "}"
#define ANSWERED(answers) CLAIMS("1", "1767225600", "\"" JTI "\"", answers, "")

static void expect_refused(const char *text, const char *word)
{
    struct response response;
    struct error error = {0};
    cr_expect_eq(response_parse(text, strlen(text), &response, &error), -1, "%s", text);
    cr_assert_eq(error.kind, ERROR_REFUSED);
    cr_expect_not_null(strstr(error.text, word), "'%s' for %s", error.text, text);
}

static void expect_read(const char *text)
{
    struct response response;
    struct error error = {0};
    cr_expect_eq(response_parse(text, strlen(text), &response, &error), 0, "'%s' for %s", error.text, text);
    response_free(&response);
}

Test(response, is_read)
{
    const char text[] = CLAIMS("7", "1767225600", "\"" JTI "\"", "{\"importance\":3}", "");
    struct response response;
    struct error error = {0};
    cr_assert_eq(response_parse(text, strlen(text), &response, &error), 0, "%s", error.text);
    cr_assert_str_eq(response.aud, "wau");
    cr_assert_str_eq(response.round, "round-1");
    cr_assert_str_eq(response.action, "WA-1.01");
    cr_assert_str_eq(response.jti, JTI);
    cr_assert_eq(response.revision, 7);
    cr_assert_eq(response.iat, 1767225600);
    cr_assert_eq(json_count(response.answers), 1);
    response_free(&response);
}

Test(response, is_refused_when_its_claims_are_not_exactly_these)
{
    expect_refused("", "");
    expect_refused("[]", "object");
    expect_refused("\"text\"", "object");
    expect_refused("{}", "aud");
    expect_refused(ANSWERED("{}") " x", "");
    expect_refused("{\"aud\":\"wau\",\"round\":\"r\",\"action\":\"a\",\"revision\":1,\"iat\":1,\"jti\":\"" JTI "\"}",
                   "answers");
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "{}", ",\"exp\":1"), "not belong");
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "{}", ",\"iat\":1"), "repeated");
    expect_refused(CLAIMS("0", "1", "\"" JTI "\"", "{}", ""), "revision");
    expect_refused(CLAIMS("-1", "1", "\"" JTI "\"", "{}", ""), "revision");
    expect_refused(CLAIMS("1.0", "1", "\"" JTI "\"", "{}", ""), "revision");
    expect_refused(CLAIMS("\"1\"", "1", "\"" JTI "\"", "{}", ""), "revision");
    expect_refused(CLAIMS("9007199254740992", "1", "\"" JTI "\"", "{}", ""), "revision");
    expect_refused(CLAIMS("1", "1e9", "\"" JTI "\"", "{}", ""), "iat");
    expect_refused(CLAIMS("1", "null", "\"" JTI "\"", "{}", ""), "iat");
    expect_refused(CLAIMS("1", "1", "null", "{}", ""), "jti");
    expect_refused(CLAIMS("1", "1", "\"short\"", "{}", ""), "jti");
    expect_refused(CLAIMS("1", "1", "\"AAECAwQFBgcICQoLDA0ODx\"", "{}", ""), "jti");
    expect_refused(CLAIMS("1", "1", "\"AAECAwQFBgcICQoLDA0OD+\"", "{}", ""), "jti");
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "[]", ""), "answers");
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "null", ""), "answers");
}

Test(response, may_claim_what_its_author_saw)
{
    const char text[] = CLAIMS("7", "1767225600", "\"" JTI "\"", "{}", ",\"context\":\"" CONTEXT "\"");
    struct response response;
    cr_assert_eq(response_parse(text, strlen(text), &response, NULL), 0);
    cr_expect_str_eq(response.context, CONTEXT);
    response_free(&response);
    cr_assert_eq(response_parse(ANSWERED("{}"), strlen(ANSWERED("{}")), &response, NULL), 0);
    cr_expect_null(response.context);
    response_free(&response);
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "{}", ",\"context\":null"), "context");
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "{}", ",\"context\":\"\""), "context");
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "{}", ",\"context\":\"" CONTEXT "=\""), "context");
    expect_refused(CLAIMS("1", "1", "\"" JTI "\"", "{}", ",\"context\":\"" CONTEXT "\",\"exp\":1"), "not belong");
}

Test(response, tells_what_was_seen_by_the_hash_of_two_hashes)
{
    static const uint8_t panel[SHA256_BYTES], actions[SHA256_BYTES] = {[31] = 1};
    uint8_t expected[SHA256_BYTES], found[SHA256_BYTES], both[2 * SHA256_BYTES] = {[63] = 1};
    crypto_sha256(both, sizeof both, expected);
    response_context(panel, actions, found);
    cr_assert_arr_eq(found, expected, sizeof found);
}

Test(response, takes_integers_strings_and_lists_of_distinct_strings_for_answers)
{
    expect_read(ANSWERED("{}"));
    expect_read(ANSWERED("{\"a\":-9007199254740991,\"\":\"\",\"b\":[],\"c\":[\"x\",\"\",\"X\"]}"));
    expect_refused(ANSWERED("{\"a\":true}"), "answer");
    expect_refused(ANSWERED("{\"a\":null}"), "answer");
    expect_refused(ANSWERED("{\"a\":{}}"), "answer");
    expect_refused(ANSWERED("{\"a\":1.5}"), "integer");
    expect_refused(ANSWERED("{\"a\":1.0}"), "integer");
    expect_refused(ANSWERED("{\"a\":1e2}"), "integer");
    expect_refused(ANSWERED("{\"a\":-0}"), "integer");
    expect_refused(ANSWERED("{\"a\":[1]}"), "strings");
    expect_refused(ANSWERED("{\"a\":[[]]}"), "strings");
    expect_refused(ANSWERED("{\"a\":[\"x\",\"y\",\"x\"]}"), "repeats");
    expect_refused(ANSWERED("{\"a\":[\"x\",\"\\u0078\"]}"), "repeats");
}

/* An answer of `count` distinct values, and then `last`. */
static void compose_list(struct buf *text, size_t count, const char *last)
{
    buf_reset(text);
    buf_put_text(text, "{\"aud\":\"p\",\"round\":\"r\",\"action\":\"a\",\"revision\":1,\"iat\":1,\"jti\":\"" JTI
                       "\",\"answers\":{\"a\":[");
    for (size_t i = 0; i < count; i++)
        buf_printf(text, "\"%zu\",", i);
    buf_printf(text, "\"%s\"]}}", last);
    cr_assert_eq(buf_check(text), 0);
}

Test(response, finds_a_repeat_in_a_long_list)
{
    struct buf text;
    buf_init(&text, 100000);
    for (size_t count = 60; count < 70; count++) {
        compose_list(&text, count, "x");
        expect_read(text.data);
        compose_list(&text, count, "7");
        expect_refused(text.data, "repeats");
    }
    compose_list(&text, 6000, "x");
    expect_read(text.data);
    compose_list(&text, 6000, "5999");
    expect_refused(text.data, "repeats");
    buf_free(&text);
}

Test(response, is_written_as_it_is_read)
{
    const char answers[] = "{\"importance\":3,\"comment\":\"\\\"\"}";
    struct response_claims claims = {.aud = "w\"u",
                                     .round = "r",
                                     .action = "a",
                                     .jti = JTI,
                                     .revision = 2,
                                     .iat = -3,
                                     .context = CONTEXT,
                                     .answers = answers,
                                     .answers_len = strlen(answers)};
    struct buf text;
    struct response response;
    struct error error = {0};
    buf_init(&text, 1000);
    response_put_claims(&text, &claims);
    cr_assert_eq(buf_check(&text), 0);
    cr_assert_eq(response_parse(text.data, text.len, &response, &error), 0, "%s", error.text);
    cr_assert_str_eq(response.aud, "w\"u");
    cr_assert_str_eq(response.round, "r");
    cr_assert_str_eq(response.action, "a");
    cr_assert_eq(response.revision, 2);
    cr_assert_eq(response.iat, -3);
    cr_assert_str_eq(response.context, CONTEXT);
    for (size_t i = 0; i < SHA256_BYTES; i++)
        cr_assert_eq(response.context_hash[i], 1);
    cr_assert_str_eq(json_text(json_member(response.answers, "comment")), "\"");
    response_free(&response);
    buf_free(&text);
}

Test(response, fails_cleanly_when_any_allocation_does)
{
    struct buf text;
    buf_init(&text, 10000);
    compose_list(&text, 100, "x");
    for (unsigned long n = 1;; n++) {
        struct response response;
        struct error error = {0};
        mem_fail_at(n);
        int result = response_parse(text.data, text.len, &response, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result, failed ? -1 : 0, "allocation %lu", n);
        if (!failed) {
            cr_assert_gt(n, 1);
            response_free(&response);
            break;
        }
        cr_assert_eq(error.kind, ERROR_MEMORY);
    }
    buf_free(&text);
}
