/* From what is typed to a signed response. */
#include "base/lang.h"
#include "client/response/compose.h"
#include "crypto/jws.h"
#include "panel/response.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct catalogue catalogue;
static struct answers answers;
static struct faults faults;

static void prepare(void)
{
    kit_begin();
    catalogue = kit_catalogue();
    answers_init(&answers, &catalogue.panel->questionnaires[0], ',');
    faults_init(&faults);
}

static void finish(void)
{
    answers_free(&answers);
    faults_free(&faults);
    catalogue_free(&catalogue);
    kit_end();
}

TestSuite(answers, .init = prepare, .fini = finish);
TestSuite(compose, .init = prepare, .fini = finish);

static int take(size_t count, ...)
{
    va_list list;
    char *words[8];
    va_start(list, count);
    for (size_t i = 0; i < count; i++)
        words[i] = va_arg(list, char *);
    va_end(list);
    return answers_take_words(&answers, words, count, &faults);
}

static bool has_fault(const char *where)
{
    for (size_t i = 0; i < faults.count; i++)
        if (strcmp(faults.list[i].where, where) == 0)
            return true;
    return false;
}

Test(answers, become_json_in_the_order_of_the_questionnaire)
{
    struct buf json;
    buf_init(&json, JWS_MAX);
    cr_assert_eq(take(4, "comment=a=\"b\"", "channels=app,letter", "noticed=no", "importance=3"), 0);
    cr_assert_eq(answers_put_json(&json, &answers, &faults), 0);
    cr_expect_str_eq(
        buf_text(&json),
        "{\"importance\":3,\"noticed\":\"no\",\"channels\":[\"letter\",\"app\"],\"comment\":\"a=\\\"b\\\"\"}");
    buf_free(&json);
}

Test(answers, name_every_word_that_is_none_without_showing_it)
{
    cr_expect_eq(take(4, "secret", "=secret", "nosuch=secret", "importance=1"), -1);
    cr_expect_eq(faults.total, 3);
    for (size_t i = 0; i < faults.count; i++)
        cr_expect_null(strstr(faults.list[i].what, "secret"));
    faults_free(&faults);
    faults_init(&faults);
    cr_expect_eq(take(1, "importance=2"), -1, "twice");
}

static struct answers answers_of(const char *json)
{
    struct answers taken;
    struct buf text;
    buf_init(&text, 4096);
    buf_put_text(&text, json);
    answers_init(&taken, answers.questionnaire, ',');
    cr_assert_eq(answers_take_json(&taken, &text), 0);
    buf_free(&text);
    return taken;
}

static const char *typed(const char *id)
{
    return answers.typed[questionnaire_find(answers.questionnaire, id)];
}

/* `respond … "comment= "` signed a blank. */
Test(answers, of_words_that_show_nothing_or_say_none_are_as_if_nothing_stood_there)
{
    static const char *const words[] = {"comment= ", "comment=\u00a0\u200b", "comment=-", "satisfaction=\t"};
    struct answers before = answers_of("{\"satisfaction\":4,\"channels\":[\"app\"],\"comment\":\"before\"}");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_assert_eq(take(3, "noticed=yes", words[i], i % 2 ? "channels=-" : "channels= "), 0);
        cr_assert_eq(answers_keep(&answers, &before), 0);
        cr_expect_null(typed(i < 3 ? "comment" : "satisfaction"), "%s", words[i]);
        cr_expect_str_eq(typed("channels"), "", "none of these");
        answers_free(&answers);
    }
    cr_assert_eq(take(1, "importance=-"), 0);
    cr_expect_str_eq(typed("importance"), "-", "it is required, and this is no whole number");
    answers_free(&before);
}

Test(answers, have_a_place_when_their_condition_holds)
{
    int satisfaction = questionnaire_find(answers.questionnaire, "satisfaction");
    cr_expect_not(answers_is_asked(&answers, (size_t)satisfaction));
    cr_assert_eq(take(1, "noticed=yes"), 0);
    cr_expect(answers_is_asked(&answers, (size_t)satisfaction));
    cr_assert_eq(answers_set(&answers, (size_t)questionnaire_find(answers.questionnaire, "noticed"), "no"), 0);
    cr_expect_not(answers_is_asked(&answers, (size_t)satisfaction));
}

Test(compose, tells_all_faults_at_once_and_none_twice)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct buf json;
    buf_init(&json, JWS_MAX);
    cr_assert_eq(take(4, "importance=9", "channels=fax", "noticed=no", "satisfaction=3"), 0);
    cr_expect_eq(compose_answers(&json, &catalogue, &id, &answers, &faults), -1);
    cr_expect(has_fault("/answers/importance"));
    cr_expect(has_fault("/answers/channels"));
    cr_expect(has_fault("/answers/satisfaction"));
    cr_expect_eq(faults.total, 3);
    buf_free(&json);
}

Test(compose, blames_no_answer_for_the_one_it_hangs_on)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct buf json;
    buf_init(&json, JWS_MAX);
    cr_assert_eq(take(3, "importance=1", "noticed=maybe", "satisfaction=3"), 0);
    cr_expect_eq(compose_answers(&json, &catalogue, &id, &answers, &faults), -1);
    cr_expect(has_fault("/answers/noticed"));
    cr_expect_eq(faults.total, 1);
    buf_free(&json);
}

Test(compose, signs_what_was_shown_with_the_answers)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct secret_key *key = secret_key_new();
    struct buf json, text, payload;
    struct jws jws;
    struct response response;
    buf_init(&json, JWS_MAX);
    buf_put_text(&json, "{}");
    for (int told = 0; told < 2; told++) {
        buf_init(&text, JWS_MAX);
        buf_init(&payload, JWS_MAX);
        memset(catalogue.context, told ? 'A' : '\0', CONTEXT_SIZE - 1);
        cr_assert_eq(compose_sign(&text, key, &catalogue, &id, &json), 0);
        cr_assert_eq(jws_parse(buf_text(&text), text.len, RESPONSE_TYP, &jws, NULL), 0);
        cr_assert_eq(jws_decode_payload(&jws, &payload), 0);
        cr_assert_eq(response_parse(buf_text(&payload), payload.len, &response, NULL), 0);
        cr_expect(told ? response.context && strcmp(response.context, catalogue.context) == 0 : !response.context,
                  "the collector may have told nothing");
        response_free(&response);
        buf_free(&payload);
        buf_free(&text);
    }
    secret_key_free(key);
    buf_free(&json);
}

Test(compose, signs_what_the_collector_will_verify)
{
    struct response_id id = kit_id("WA-1.03", 4);
    struct secret_key *key = secret_key_new();
    struct buf json, text, back;
    struct jws jws;
    struct error error = {0};
    uint8_t public_key[KEY_BYTES];
    buf_init(&json, JWS_MAX);
    buf_init(&text, JWS_MAX);
    buf_init(&back, JWS_MAX);
    cr_assert_eq(take(2, "importance=1", "noticed=no"), 0);
    cr_assert_eq(compose_answers(&json, &catalogue, &id, &answers, &faults), 0);
    cr_assert_eq(compose_sign(&text, key, &catalogue, &id, &json), 0);
    secret_key_public(key, public_key);
    cr_assert_eq(jws_parse(buf_text(&text), text.len, RESPONSE_TYP, &jws, &error), 0);
    cr_expect(jws_verify(&jws, public_key));
    cr_assert_eq(compose_read_answers(&text, &back, NULL), 0);
    cr_expect_str_eq(buf_text(&back), buf_text(&json));
    secret_key_free(key);
    buf_free(&json);
    buf_free(&text);
    buf_free(&back);
}

/* Signs answers of that many bytes, of one text that has no character to escape. */
static int sign_answers_of(size_t len, struct response_id *id, struct buf *jws)
{
    struct secret_key *key = secret_key_new();
    struct buf json;
    buf_init(&json, COMPOSE_ANSWERS_MAX);
    buf_put_text(&json, "{\"comment\":\"");
    while (json.len < len - 2)
        buf_put_char(&json, 'x');
    buf_put_text(&json, "\"}");
    buf_reset(jws);
    int result = compose_sign(jws, key, &catalogue, id, &json);
    buf_free(&json);
    secret_key_free(key);
    return result;
}

Test(compose, has_room_for_just_what_fits_into_32_KiB_under_the_longest_number)
{
    struct response_id id = kit_id("WA-1.03", JSON_INTEGER_MAX);
    struct buf jws;
    buf_init(&jws, JWS_MAX);
    memset(catalogue.context, 'A', CONTEXT_SIZE - 1);
    size_t room = compose_room(&catalogue, &id);
    cr_assert_eq(sign_answers_of(room, &id, &jws), 0);
    cr_expect_geq(jws.len, JWS_MAX - 4, "%zu", jws.len);
    cr_expect_eq(sign_answers_of(room + 4, &id, &jws), -1);
    buf_free(&jws);
}

Test(compose, names_the_longest_answers_when_together_they_do_not_fit)
{
    struct response_id id = kit_id("WA-1.03", 1);
    struct buf json;
    static char text[25002];
    memset(text, 'x', sizeof text - 1);
    buf_init(&json, COMPOSE_ANSWERS_MAX);
    cr_assert_eq(take(2, "importance=1", "noticed=no"), 0);
    cr_assert_eq(answers_set(&answers, (size_t)questionnaire_find(answers.questionnaire, "comment"), text), 0);
    buf_put_text(&json, "{\"importance\":1,\"noticed\":\"no\",\"comment\":\"");
    buf_put_text(&json, text);
    buf_put_text(&json, "\"}");
    char part[64];
    snprintf(part, sizeof part, "together %zu bytes too long", json.len - compose_room(&catalogue, &id));
    cr_assert_eq(compose_check_length(&catalogue, &id, &answers, &json, &faults), -1);
    cr_assert_eq(faults.total, 1);
    cr_expect_str_eq(faults.list[0].where, "/answers");
    cr_expect_not_null(strstr(faults.list[0].what, part), "%s", faults.list[0].what);
    cr_expect_not_null(strstr(faults.list[0].what, ": comment (25001), noticed (2), importance (1)"), "%s",
                       faults.list[0].what);
    buf_free(&json);
}

Test(answers, come_back_from_json_as_they_were_typed)
{
    struct answers taken = answers_of("{\"importance\":3,\"noticed\":\"no\",\"channels\":[\"letter\",\"app\"],"
                                      "\"comment\":\"a\\nb\",\"gone\":1}");
    struct buf json;
    buf_init(&json, JWS_MAX);
    cr_assert_eq(answers_put_json(&json, &taken, &faults), 0);
    cr_expect_str_eq(buf_text(&json),
                     "{\"importance\":3,\"noticed\":\"no\",\"channels\":[\"letter\",\"app\"],\"comment\":\"a\\nb\"}");
    buf_free(&json);
    answers_free(&taken);
}

/* `respond … importance=04` signed 4, and left out the earlier answer that is asked for by 4. */
Test(answers, are_judged_by_what_will_be_signed_where_others_hang_on_them)
{
    struct question *comment = &catalogue.panel->questionnaires[0].questions[4];
    comment->has_when = true;
    comment->when_question = 0;
    comment->when_option = 3;
    struct answers before =
        answers_of("{\"importance\":4,\"noticed\":\"yes\",\"satisfaction\":5,\"comment\":\"since\"}");
    cr_assert_eq(take(2, "importance= 04", "noticed= yes "), 0);
    cr_assert_eq(answers_keep(&answers, &before), 0);
    cr_expect_str_eq(typed("comment"), "since");
    cr_expect_str_eq(typed("satisfaction"), "5");
    answers_free(&before);
}

/* Another program may have signed such; it is not signed again. */
Test(answers, take_up_no_earlier_text_that_shows_nothing)
{
    struct answers before = answers_of("{\"importance\":3,\"channels\":[],\"comment\":\" \u200b\"}");
    cr_expect_str_eq(before.typed[questionnaire_find(before.questionnaire, "channels")], "");
    cr_expect_null(before.typed[questionnaire_find(before.questionnaire, "comment")]);
    answers_free(&before);
}

Test(answers, keep_what_is_not_given_anew_and_is_still_asked)
{
    struct answers before = answers_of("{\"importance\":3,\"noticed\":\"yes\",\"satisfaction\":4,"
                                       "\"channels\":[\"app\"],\"comment\":\"before\"}");
    cr_assert_eq(take(3, "noticed=no", "comment=", "channels="), 0);
    cr_assert_eq(answers_keep(&answers, &before), 0);
    cr_expect_str_eq(typed("importance"), "3");
    cr_expect_str_eq(typed("noticed"), "no");
    cr_expect_null(typed("satisfaction"), "not asked any more");
    cr_expect_str_eq(typed("channels"), "", "none of these is an answer");
    cr_expect_null(typed("comment"), "taken away");
    answers_free(&before);
}
