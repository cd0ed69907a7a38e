/* What the collector turned away for now: told from what it will never take, signed anew where its time is wrong, taken
 * up again also by who filed it as refused. */
#include "base/clock.h"
#include "base/file.h"
#include "client/home/held.h"
#include "crypto/jws.h"
#include "panel/response.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define PROBLEM(name, more) "{\"type\":\"urn:burgerpanel:problem:" name "\",\"status\":1" more "}"
#define OF_TIME PROBLEM("invalid-response", ",\"errors\":[{\"pointer\":\"/iat\",\"detail\":\"d\"}]")

static struct secret_key *key;

static void prepare(void)
{
    kit_begin();
    cr_assert_eq(spool_prepare(kit_folder()), 0);
    key = secret_key_new();
    cr_assert_not_null(key);
}

static void finish(void)
{
    secret_key_free(key);
    kit_end();
}

TestSuite(held, .init = prepare, .fini = finish);

static enum held sort(const char *answer)
{
    struct json *document = json_parse(answer, strlen(answer), NULL);
    enum held held = held_sort(document);
    json_free(document);
    return held;
}

Test(held, is_what_another_time_may_mend)
{
    cr_expect_eq(sort(PROBLEM("round-not-open", "")), HELD_ROUND);
    cr_expect_eq(sort(PROBLEM("not-verified", "")), HELD_MEMBER);
    cr_expect_eq(sort(OF_TIME), HELD_TIME);
}

Test(held, is_nothing_that_is_wrong_for_ever_or_not_of_the_collector)
{
    static const char *const answers[] = {
        PROBLEM("invalid-response", ""),
        PROBLEM("invalid-response", ",\"errors\":[]"),
        PROBLEM("invalid-response", ",\"errors\":[{\"pointer\":\"/answers/q\",\"detail\":\"d\"}]"),
        PROBLEM("invalid-response",
                ",\"errors\":[{\"pointer\":\"/iat\",\"detail\":\"d\"},{\"pointer\":\"/answers/q\",\"detail\":\"d\"}]"),
        PROBLEM("invalid-claims", ",\"errors\":[{\"pointer\":\"/iat\",\"detail\":\"d\"}]"),
        PROBLEM("stale-revision", ""),
        PROBLEM("something-new", ""),
        "{}",
        "<html>",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        cr_expect_eq(sort(answers[i]), HELD_NOT, "%s", answers[i]);
}

/* A response signed at `iat`. */
static struct buf signed_at(const struct response_id *id, int64_t iat)
{
    struct buf claims, jws;
    struct response_claims c = {.aud = "wau",
                                .round = id->round,
                                .action = id->action,
                                .jti = "AAAAAAAAAAAAAAAAAAAAAA",
                                .revision = id->revision,
                                .iat = iat,
                                .answers = "{\"q\":4,\"list\":[\"a\",\"b\"],\"text\":\"caf\u00e9\"}",
                                .answers_len = strlen("{\"q\":4,\"list\":[\"a\",\"b\"],\"text\":\"caf\u00e9\"}")};
    buf_init(&claims, JWS_MAX);
    buf_init(&jws, JWS_MAX);
    response_put_claims(&claims, &c);
    jws_sign(&jws, key, RESPONSE_TYP, buf_text(&claims), claims.len);
    cr_assert_eq(buf_check(&jws), 0);
    buf_free(&claims);
    return jws;
}

static void wait_with(const struct response_id *id, int64_t iat, const char *reason)
{
    struct buf jws = signed_at(id, iat);
    cr_assert_eq(spool_put(kit_folder(), id, jws.data, jws.len), 0);
    if (reason)
        cr_assert_eq(spool_put_reason(kit_folder(), id, &(struct slice){reason, strlen(reason)}), 0);
    buf_free(&jws);
}

/* What waits, verified with our key. */
static struct response read_waiting(const struct response_id *id, struct buf *jws)
{
    struct jws parsed;
    struct response response;
    struct buf payload;
    uint8_t public_key[KEY_BYTES];
    struct error why;
    buf_init(&payload, JWS_MAX);
    buf_reset(jws);
    secret_key_public(key, public_key);
    cr_assert_eq(spool_read(kit_folder(), id, jws), 0);
    cr_assert_eq(jws_parse(buf_text(jws), jws->len, RESPONSE_TYP, &parsed, &why), 0);
    cr_assert(jws_verify(&parsed, public_key));
    cr_assert_eq(jws_decode_payload(&parsed, &payload), 0);
    cr_assert_eq(response_parse(buf_text(&payload), payload.len, &response, &why), 0);
    buf_free(&payload);
    return response;
}

Test(held, for_its_time_is_signed_anew_with_the_same_answers_and_revision)
{
    struct response_id id = kit_id("A", 3);
    struct buf jws, answers;
    int64_t before = clock_now();
    buf_init(&jws, JWS_MAX);
    buf_init(&answers, JWS_MAX);
    wait_with(&id, before + 86400, OF_TIME);
    cr_expect_eq(held_reason(kit_folder(), &id), HELD_TIME);
    cr_assert_eq(held_renew(kit_folder(), &id, key), 0);
    struct response response = read_waiting(&id, &jws);
    cr_expect(response.iat >= before && response.iat <= clock_now());
    cr_expect_eq(response.revision, 3);
    cr_expect_str_eq(response.aud, "wau");
    cr_expect_str_eq(response.action, "A");
    cr_expect_str_neq(response.jti, "AAAAAAAAAAAAAAAAAAAAAA");
    json_put_value(&answers, response.answers);
    cr_expect_str_eq(buf_text(&answers), "{\"q\":4,\"list\":[\"a\",\"b\"],\"text\":\"café\"}");
    cr_expect_eq(held_reason(kit_folder(), &id), HELD_NOT, "what was said of the other text is forgotten");
    response_free(&response);
    buf_free(&jws);
    buf_free(&answers);
}

Test(held, for_anything_else_stays_the_text_that_was_signed)
{
    static const char *const reasons[] = {NULL, PROBLEM("round-not-open", ""), PROBLEM("not-verified", ""), "no JSON"};
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct response_id id = kit_id("A", (int64_t)i + 1);
        wait_with(&id, 1000, reasons[i]);
        cr_assert_eq(held_renew(kit_folder(), &id, key), 0);
        struct response response = read_waiting(&id, &jws);
        cr_expect_eq(response.iat, 1000);
        response_free(&response);
    }
    buf_free(&jws);
}

Test(held, can_not_be_signed_anew_when_it_is_no_response)
{
    struct response_id id = kit_id("A", 1);
    cr_assert_eq(spool_put(kit_folder(), &id, "a.b.c", 5), 0);
    cr_assert_eq(spool_put_reason(kit_folder(), &id, &(struct slice){OF_TIME, strlen(OF_TIME)}), 0);
    cr_expect_eq(held_renew(kit_folder(), &id, key), -1);
    cr_expect_eq(errno, EILSEQ);
}

Test(held, has_no_reason_any_more_once_it_is_settled)
{
    struct response_id id = kit_id("A", 1);
    struct slice jws = {"a.b.c", 5}, answer = {"{\"index\":7}", 11};
    wait_with(&id, 1000, OF_TIME);
    cr_expect(file_exists(kit_path("spool/round-1~A~0000000000000001.reason")));
    cr_assert_eq(spool_settle(kit_folder(), &id, SPOOL_SENT, &jws, &answer), 0);
    cr_expect_not(file_exists(kit_path("spool/round-1~A~0000000000000001.reason")));
}

Test(held, is_taken_up_again_where_it_was_filed_as_refused)
{
    static const char *const answers[] = {PROBLEM("round-not-open", ""), OF_TIME, PROBLEM("stale-revision", "")};
    struct slice jws = {"a.b.c", 5};
    struct buf back;
    buf_init(&back, 100);
    for (int64_t i = 0; i < 3; i++) {
        struct response_id id = kit_id("A", i + 1);
        struct slice answer = {answers[i], strlen(answers[i])};
        cr_assert_eq(spool_settle(kit_folder(), &id, SPOOL_REFUSED, &jws, &answer), 0);
    }
    kit_write("refused/round-1~A~0000000000000004.json", "damaged");
    cr_assert_eq(held_reopen_all(kit_folder()), 0);
    struct response_id closed = kit_id("A", 1), late = kit_id("A", 2), stale = kit_id("A", 3), damaged = kit_id("A", 4);
    cr_expect_eq(spool_find(kit_folder(), &closed), SPOOL_WAITING);
    cr_expect_eq(held_reason(kit_folder(), &closed), HELD_ROUND);
    cr_assert_eq(spool_read(kit_folder(), &closed, &back), 0);
    cr_expect_str_eq(buf_text(&back), "a.b.c");
    cr_expect_eq(held_reason(kit_folder(), &late), HELD_TIME);
    cr_expect_eq(spool_find(kit_folder(), &stale), SPOOL_REFUSED);
    cr_expect_eq(spool_find(kit_folder(), &damaged), SPOOL_REFUSED);
    buf_free(&back);
}
