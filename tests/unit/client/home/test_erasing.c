/* What goes from a member's folder when something was erased, what is kept, and that each step can be done again. */
#include "base/file.h"
#include "client/home/erasing.h"
#include "client/home/receipts.h"
#include "client/home/spool.h"
#include "crypto/jws.h"
#include "panel/own_data.h"
#include "tests/unit/client/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ANSWER "{\"index\":9,\"erased\":[3],\"receipt\":\"r\"}"
#define ENROLLED "{\"index\":1,\"receipt\":\"r\"}"

static struct profile profile;
static struct buf answer;

static void open_profile(void)
{
    cr_assert_eq(profile_open(&profile, kit_folder(), true), PROFILE_OPEN);
}

static void prepare(void)
{
    struct buf enrolled;
    kit_begin();
    open_profile();
    buf_init(&enrolled, 1024);
    buf_init(&answer, 1024);
    buf_put_text(&enrolled, ENROLLED);
    buf_put_text(&answer, ANSWER);
    cr_assert_eq(profile_make_key(&profile), 0);
    cr_assert_eq(profile_set_enrolled(&profile, "https://a.example", "wau", "enrolment", &enrolled), 0);
    buf_free(&enrolled);
}

static void finish(void)
{
    buf_free(&answer);
    profile_close(&profile);
    kit_end();
}

TestSuite(erasing, .init = prepare, .fini = finish);

static void file_response(const char *action, int64_t revision, enum spool_state state)
{
    struct response_id id = kit_id(action, revision);
    struct slice jws = {"signed", 6}, text = {ENROLLED, strlen(ENROLLED)};
    if (state == SPOOL_WAITING)
        cr_assert_eq(spool_put(kit_folder(), &id, jws.text, jws.len), 0);
    else
        cr_assert_eq(spool_settle(kit_folder(), &id, state, &jws, &text), 0);
}

static enum spool_state state_of(const char *action, int64_t revision)
{
    struct response_id id = kit_id(action, revision);
    return spool_find(kit_folder(), &id);
}

/* Signed by the member, of the round that kit_id has; `action` NULL: everything. */
static struct buf request(const char *action)
{
    struct buf claims, jws;
    struct own_data_request asked = {.aud = "wau",
                                     .jti = "AAECAwQFBgcICQoLDA0ODw",
                                     .iat = 5,
                                     .round = action ? kit_id("a", 1).round : NULL,
                                     .action = action};
    char round[RESPONSE_ID_PART_SIZE];
    snprintf(round, sizeof round, "%s", kit_id("a", 1).round);
    asked.round = action ? round : NULL;
    buf_init(&claims, 4096);
    buf_init(&jws, 8192);
    secret_key_public(profile.key, asked.public_key);
    own_data_put_erasure(&claims, &asked);
    jws_sign(&jws, profile.key, ERASURE_TYP, buf_text(&claims), claims.len);
    buf_free(&claims);
    return jws;
}

Test(erasing, is_kept_until_it_is_finished_and_only_one_at_a_time)
{
    struct buf jws = request("A.1"), read;
    buf_init(&read, 8192);
    cr_assert_eq(erasing_read(kit_folder(), &read), -1);
    cr_assert_eq(errno, ENOENT);
    cr_assert_eq(erasing_begin(kit_folder(), &jws), 0);
    cr_assert_eq(erasing_begin(kit_folder(), &jws), -1);
    cr_assert_eq(erasing_read(kit_folder(), &read), 0);
    cr_assert_str_eq(buf_text(&read), buf_text(&jws));
    cr_assert_eq(erasing_finish(&profile, &jws, &answer), 0);
    cr_assert_eq(erasing_read(kit_folder(), &read), -1);
    buf_free(&read);
    buf_free(&jws);
}

Test(erasing, tells_whether_what_is_kept_asks_for_this_and_has_another_take_its_place)
{
    struct buf one = request("A.1"), all = request(NULL);
    const char *home = kit_folder();
    struct response_id id = kit_id("A.1", 1);
    cr_assert(!erasing_asks_for(home, NULL, "A.1"), "nothing is kept");
    cr_assert_eq(erasing_begin(home, &one), 0);
    cr_assert(erasing_asks_for(home, NULL, "A.1"));
    cr_assert(erasing_asks_for(home, id.round, "A.1"));
    cr_assert(!erasing_asks_for(home, "other", "A.1"));
    cr_assert(!erasing_asks_for(home, NULL, "A.2"));
    cr_assert(!erasing_asks_for(home, NULL, NULL), "one answer is not everything");
    cr_assert_eq(erasing_replace(home, &all), 0);
    cr_assert(erasing_asks_for(home, NULL, NULL));
    cr_assert(!erasing_asks_for(home, NULL, "A.1"), "nor everything one answer");
    buf_free(&all);
    buf_free(&one);
}

Test(erasing, takes_one_response_with_all_that_came_of_it_and_keeps_its_number)
{
    int64_t last;
    struct buf jws = request("A.1"), kept, its_answer;
    file_response("A.1", 1, SPOOL_SENT);
    file_response("A.1", 2, SPOOL_SENT);
    file_response("A.1", 3, SPOOL_REFUSED);
    file_response("A.1", 4, SPOOL_WAITING);
    file_response("A.2", 1, SPOOL_SENT);
    for (int i = 0; i < 2; i++) /* once more does no harm */
        cr_assert_eq(erasing_finish(&profile, &jws, &answer), 0);
    for (int64_t revision = 1; revision <= 3; revision++)
        cr_assert_eq(state_of("A.1", revision), SPOOL_UNKNOWN);
    cr_assert_eq(state_of("A.1", 4), SPOOL_ERASED);
    cr_assert_eq(state_of("A.2", 1), SPOOL_SENT);
    cr_assert_eq(spool_last_revision(kit_folder(), kit_id("A.1", 1).round, "A.1", &last), 0);
    cr_assert_eq(last, 4);
    cr_assert_eq(spool_erased_revision(kit_folder(), kit_id("A.1", 1).round, "A.1", &last), 0);
    cr_assert_eq(last, 4);
    struct response_id id = kit_id("A.1", 4);
    buf_init(&kept, 8192);
    buf_init(&its_answer, 8192);
    cr_assert_eq(spool_read_record(kit_folder(), &id, SPOOL_ERASED, &kept, &its_answer), 0);
    cr_assert_str_eq(buf_text(&kept), buf_text(&jws));
    cr_assert(profile_is_enrolled(&profile));
    buf_free(&kept);
    buf_free(&its_answer);
    buf_free(&jws);
}

static int count_receipt(void *context, const struct member_receipt *receipt)
{
    int *counts = context;
    counts[receipt->is_erasure ? 1 : 0]++;
    return 0;
}

Test(erasing, is_told_among_the_receipts)
{
    int counts[2] = {0, 0};
    struct buf jws = request("A.1");
    file_response("A.1", 1, SPOOL_SENT);
    file_response("A.2", 1, SPOOL_SENT);
    cr_assert_eq(erasing_finish(&profile, &jws, &answer), 0);
    cr_assert_eq(receipts_each(&profile, count_receipt, counts), 0);
    cr_assert(counts[0] == 2 && counts[1] == 1, "enrolment and A.2, and the request");
    buf_free(&jws);
}

Test(erasing, of_everything_leaves_no_answer_no_enrolment_and_no_key)
{
    int counts[2] = {0, 0};
    char kid[KID_SIZE];
    struct buf jws = request(NULL);
    memcpy(kid, profile.kid, sizeof kid);
    file_response("A.1", 1, SPOOL_SENT);
    file_response("A.2", 1, SPOOL_WAITING);
    cr_assert_eq(erasing_begin(kit_folder(), &jws), 0);
    cr_assert_eq(erasing_finish(&profile, &jws, &answer), 0);
    cr_assert(profile.erased && !profile_is_enrolled(&profile) && !profile.key);
    profile_close(&profile);
    open_profile();
    cr_assert(profile.erased && !profile_is_enrolled(&profile) && !profile.key && profile.index == 9);
    cr_assert_str_eq(profile.kid, kid);
    cr_assert(!file_exists(kit_path("key")) && file_exists(kit_path("erased/everything.json")));
    cr_assert(state_of("A.1", 1) == SPOOL_UNKNOWN && state_of("A.2", 1) == SPOOL_UNKNOWN);
    cr_assert_eq(receipts_each(&profile, count_receipt, counts), 0);
    cr_assert(counts[0] == 0 && counts[1] == 1);
    buf_free(&jws);
}

/* The power may go between any two files. */
Test(erasing, of_everything_is_finished_where_the_key_was_still_there)
{
    struct buf jws = request(NULL), key;
    buf_init(&key, 1024);
    cr_assert_eq(file_read(kit_path("key"), &key), 0);
    cr_assert_eq(erasing_begin(kit_folder(), &jws), 0);
    cr_assert_eq(erasing_finish(&profile, &jws, &answer), 0);
    profile_close(&profile);
    cr_assert_eq(file_write(kit_path("key"), buf_text(&key), key.len), 0);
    cr_assert_eq(erasing_begin(kit_folder(), &jws), 0);
    open_profile();
    cr_assert(profile.erased && !profile.key && !profile_is_enrolled(&profile));
    cr_assert(!file_exists(kit_path("key")) && !file_exists(kit_path("erasing.jws")));
    buf_free(&key);
    buf_free(&jws);
}

Test(erasing, of_everything_leaves_a_folder_that_can_enrol_anew)
{
    struct buf jws = request(NULL), enrolled;
    buf_init(&enrolled, 1024);
    buf_put_text(&enrolled, ENROLLED);
    cr_assert_eq(erasing_finish(&profile, &jws, &answer), 0);
    cr_assert_eq(profile_make_key(&profile), 0);
    profile_close(&profile);
    open_profile();
    cr_assert(profile.erased && profile.key, "cut off in between");
    cr_assert_eq(profile_set_enrolled(&profile, "https://a.example", "wau", "another", &enrolled), 0);
    cr_assert(profile_is_enrolled(&profile));
    profile_close(&profile);
    open_profile();
    cr_assert(profile_is_enrolled(&profile) && !profile.erased);
    buf_free(&enrolled);
    buf_free(&jws);
}
