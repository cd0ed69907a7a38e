/* The operator key's files, and the envelope of what it signs. */
#include "base/file.h"
#include "base/json.h"
#include "collector/log/operator.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path;

static void start(void)
{
    kit_begin();
    path = kit_path("operator.key");
    cr_assert_eq(operator_key_create(path), 0);
}

TestSuite(operator, .init = start, .fini = kit_end);

static struct operator_key *open_key(void)
{
    struct error error = {0};
    struct operator_key *key = operator_open(path, &error);
    cr_assert_not_null(key, "%s", error.text);
    return key;
}

Test(operator, lies_beside_the_store_for_its_owner_alone)
{
    char found[KEY_FILE_PATH_SIZE];
    struct stat status;
    cr_assert_eq(operator_key_path("", "sqlite:/var/panel.db", found), 0);
    cr_assert_str_eq(found, "/var/panel.db.operator-key");
    cr_assert_eq(operator_key_path("/keys/operator", "sqlite:/var/panel.db", found), 0);
    cr_assert_str_eq(found, "/keys/operator");
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    cr_assert_eq(operator_key_create(path), -1, "never over another");
}

Test(operator, is_refused_where_others_may_read_it)
{
    struct error error = {0};
    cr_assert_eq(chmod(path, 0640), 0);
    cr_assert_null(operator_open(path, &error));
    cr_assert_eq(error.kind, ERROR_REFUSED);
    cr_assert_not_null(strstr(error.text, "others may read the operator key"));
}

Test(operator, signs_events_in_an_envelope_that_names_it)
{
    struct operator_key *key = open_key();
    struct event event = {.kind = EVENT_ROUND_CLOSED, .aud = "wau", .iat = 1790000900, .round = "round-1"};
    uint8_t public_key[KEY_BYTES];
    char kid[KID_SIZE];
    struct buf text, payload;
    struct jws jws;
    struct error error = {0};
    buf_init(&text, JWS_MAX);
    buf_init(&payload, JWS_MAX);
    operator_public(key, public_key);
    key_thumbprint(public_key, kid);
    cr_assert_eq(operator_sign(key, &event, &text), 0);
    cr_assert_eq(jws_parse(buf_text(&text), text.len, EVENT_TYP, &jws, &error), 0, "%s", error.text);
    cr_assert(jws_verify(&jws, public_key));
    cr_assert_str_eq(jws.kid, kid);
    cr_assert_eq(jws_decode_payload(&jws, &payload), 0);
    cr_assert_str_eq(buf_text(&payload),
                     "{\"aud\":\"wau\",\"iat\":1790000900,\"event\":\"round-closed\",\"round\":\"round-1\"}");
    buf_free(&text);
    buf_free(&payload);
    operator_close(key);
}

/* The first event of log2.json, which a program of others made: all of it but what follows from its key. */
Test(operator, writes_what_an_independent_program_wrote)
{
    struct operator_key *key = open_key();
    struct buf file = kit_file("tests/vectors/protocol2/log2.json"), text, payload, expected;
    struct json *log = json_parse(buf_text(&file), file.len, NULL);
    const char *first = json_text(json_member(json_first(json_member(log, "entries")), "jws"));
    struct jws jws, theirs;
    struct event event;
    struct error error = {0};
    cr_assert_eq(jws_parse(first, strlen(first), EVENT_TYP, &theirs, &error), 0);
    buf_init(&payload, JWS_MAX);
    buf_init(&expected, JWS_MAX);
    buf_init(&text, JWS_MAX);
    cr_assert_eq(jws_decode_payload(&theirs, &payload), 0);
    cr_assert_eq(event_parse(buf_text(&payload), payload.len, &event, &error), 0);
    cr_assert_eq(operator_sign(key, &event, &text), 0);
    cr_assert_eq(jws_parse(buf_text(&text), text.len, EVENT_TYP, &jws, &error), 0);
    cr_assert_eq(jws.payload_len, theirs.payload_len);
    cr_assert_arr_eq(jws.payload, theirs.payload, jws.payload_len);
    buf_printf(&expected, "{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":\"panel-event+jws\"}", theirs.kid);
    buf_reset(&payload);
    base64url_put(&payload, expected.data, expected.len);
    cr_assert_eq(theirs.header_len, payload.len);
    cr_assert_arr_eq(theirs.header, payload.data, payload.len);
    buf_reset(&expected);
    buf_printf(&expected, "{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":\"panel-event+jws\"}", jws.kid);
    buf_reset(&payload);
    base64url_put(&payload, expected.data, expected.len);
    cr_assert_eq(jws.header_len, payload.len);
    cr_assert_arr_eq(jws.header, payload.data, payload.len);
    event_free(&event);
    json_free(log);
    buf_free(&file);
    buf_free(&text);
    buf_free(&payload);
    buf_free(&expected);
    operator_close(key);
}

Test(operator, refuses_an_event_that_no_envelope_can_hold)
{
    struct operator_key *key = open_key();
    static int64_t indexes[8000];
    for (size_t i = 0; i < 8000; i++)
        indexes[i] = (int64_t)(1000000 + i);
    struct event event = {.kind = EVENT_ENTRIES_ERASED,
                          .aud = "wau",
                          .by = "operator",
                          .reason = "retention",
                          .entries = {indexes, 8000}};
    struct buf text;
    buf_init(&text, JWS_MAX);
    cr_assert_eq(operator_sign(key, &event, &text), -1);
    event.entries.count = 1000;
    cr_assert_eq(operator_sign(key, &event, &text), 0);
    buf_free(&text);
    operator_close(key);
}

/* Changing. */

static void next_of(uint8_t next[static KEY_BYTES])
{
    struct error error = {0};
    uint8_t again[KEY_BYTES];
    cr_assert_eq(operator_next_create(path, next, &error), 0, "%s", error.text);
    cr_assert_eq(operator_next_create(path, again, &error), 0, "the one that is there");
    cr_assert_arr_eq(next, again, KEY_BYTES);
}

static bool next_is_there(void)
{
    char name[KEY_FILE_PATH_SIZE];
    snprintf(name, sizeof name, "%s.next", path);
    return file_exists(name);
}

Test(operator, says_where_the_next_one_should_be)
{
    struct operator_key *key = open_key();
    struct error error = {0};
    uint8_t elsewhere[KEY_BYTES] = {1};
    cr_assert_eq(operator_next_check(key, elsewhere, &error), -1);
    cr_assert_not_null(strstr(error.text, "operator.key.next, the key that is to follow, is not there"), "%s",
                       error.text);
    operator_close(key);
}

Test(operator, follows_and_takes_the_place_once_the_log_has_it_in_force)
{
    struct operator_key *key = open_key();
    struct error error = {0};
    uint8_t next[KEY_BYTES], now[KEY_BYTES];
    next_of(next);
    cr_assert_eq(operator_next_check(key, next, &error), 0);
    cr_assert_eq(operator_follow(key, next, &error), 0);
    operator_public(key, now);
    cr_assert_arr_eq(now, next, KEY_BYTES);
    cr_assert(next_is_there(), "until it is committed");
    cr_assert_eq(operator_expect(key, next, &error), 0);
    cr_assert_eq(operator_settle(key, &error), 0);
    cr_assert(!next_is_there());
    operator_close(key);
    key = open_key();
    operator_public(key, now);
    cr_assert_arr_eq(now, next, KEY_BYTES);
    operator_close(key);
}

Test(operator, is_the_one_before_again_where_the_change_was_rolled_back)
{
    struct operator_key *key = open_key();
    struct error error = {0};
    uint8_t first[KEY_BYTES], next[KEY_BYTES], now[KEY_BYTES];
    operator_public(key, first);
    next_of(next);
    cr_assert_eq(operator_follow(key, next, &error), 0);
    cr_assert_eq(operator_expect(key, first, &error), 0, "%s", error.text);
    operator_public(key, now);
    cr_assert_arr_eq(now, first, KEY_BYTES);
    cr_assert_eq(operator_settle(key, &error), 0);
    cr_assert(next_is_there());
    operator_close(key);
}

Test(operator, ends_a_change_that_was_broken_off_after_its_commit)
{
    struct error error = {0};
    uint8_t next[KEY_BYTES], now[KEY_BYTES];
    next_of(next);
    struct operator_key *key = open_key();
    cr_assert_eq(operator_expect(key, next, &error), 0, "%s", error.text);
    operator_public(key, now);
    cr_assert_arr_eq(now, next, KEY_BYTES);
    cr_assert_eq(operator_settle(key, &error), 0, "%s", error.text);
    cr_assert(!next_is_there());
    operator_close(key);
}

/* As where the primary was lost before its standby had the change that was read there. */
Test(operator, is_the_one_before_again_where_a_change_that_was_read_is_gone)
{
    struct operator_key *key = open_key();
    struct error error = {0};
    uint8_t first[KEY_BYTES], next[KEY_BYTES], now[KEY_BYTES];
    operator_public(key, first);
    next_of(next);
    cr_assert_eq(operator_expect(key, next, &error), 0, "%s", error.text);
    cr_assert(next_is_there(), "until that is on stable storage");
    cr_assert_eq(operator_expect(key, first, &error), 0, "%s", error.text);
    operator_public(key, now);
    cr_assert_arr_eq(now, first, KEY_BYTES);
    operator_close(key);
}

Test(operator, is_no_other_than_the_log_names)
{
    struct operator_key *key = open_key();
    struct error error = {0};
    static const uint8_t another[KEY_BYTES] = {1};
    cr_assert_eq(operator_expect(key, another, &error), -1);
    cr_assert_eq(error.kind, ERROR_REFUSED);
    cr_assert_not_null(strstr(error.text, "is not the operator key that the log has in force"));
    operator_close(key);
}
