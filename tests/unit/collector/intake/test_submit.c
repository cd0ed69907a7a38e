/* The checks before the writer, each in its turn (PROTOCOL 4; PROTOCOL 5, 1 to 7), on real signatures: what fails two
 * of them is refused for the first. */
#include "base/mem.h"
#include "collector/intake/submit.h"
#include "crypto/base64url.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#define BAD_CLAIMS "{\"aud\":\"wau\"}"

static struct kit kit;
static struct kit_member member, stranger;

static void setup(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_start(&kit);
    kit_join(&kit, &member, 1, 1);
    kit_member_init(&stranger, 2);
}

static void teardown(void)
{
    kit_member_wipe(&member);
    kit_member_wipe(&stranger);
    kit_close(&kit);
    kit_end();
}

TestSuite(submit, .init = setup, .fini = teardown);

/* Takes the bytes over. */
static void assert_refused(enum submission_kind kind, struct buf jws, enum problem problem)
{
    struct parcel parcel;
    parcel_submit(&parcel, &kit, kind, jws);
    cr_assert_null(parcel.submission);
    cr_assert_str_eq(problem_name(parcel.refusal.problem), problem_name(problem), "%s", parcel.refusal.detail);
    cr_assert_neq(parcel.refusal.detail[0], '\0');
    cr_assert_eq(parcel.refusal.faults.count > 0, problem == PROBLEM_INVALID_RESPONSE);
    parcel_free(&parcel);
}

static struct buf text_buf(const char *text)
{
    struct buf copy;
    buf_init(&copy, KIT_TEXT_MAX);
    buf_put_text(&copy, text);
    return copy;
}

static struct buf response_by(const struct kit_member *by)
{
    struct response_claims claims = kit_claims("WA-1.01", 1, KIT_ANSWERS);
    return kit_sign_response(by, &claims);
}

/* One bit of the signature changed: still base64url of 64 bytes. */
static void spoil_signature(struct buf *jws)
{
    char *signature = strrchr(jws->data, '.') + 1;
    *signature = *signature == 'A' ? 'B' : 'A';
}

/* A response that is right. */

Test(submit, gives_what_the_ledger_needs)
{
    struct parcel parcel;
    parcel_respond(&parcel, &kit, &member, "WA-1.02", 7, KIT_ANSWERS);
    const struct submission *s = parcel.submission;
    cr_assert_eq(s->kind, SUBMISSION_RESPONSE);
    cr_assert_eq(s->jws, parcel.jws.data);
    cr_assert_eq(s->jws_len, parcel.jws.len);
    cr_assert(s->round == 1 && s->action == 2 && s->member == 1 && s->round_index == 0 && s->action_index == 1);
    cr_assert_eq(s->revision, 7);
    cr_assert(s->round_open);
    cr_assert_eq(s->verdict, VERDICT_PENDING);
    cr_assert_eq(s->replaced, -1);
    static const uint16_t slots[] = {0, 1, 5, 7, 9}; /* respondent, importance, its 4, noticed, its no */
    cr_assert_eq(s->slot_count, 5);
    cr_assert_eq(memcmp(s->slots, slots, sizeof slots), 0);
    struct merkle_hash leaf;
    merkle_leaf(parcel.jws.data, parcel.jws.len, &leaf);
    cr_assert(merkle_equal(&leaf, &s->leaf));
    parcel_free(&parcel);
}

/* Checks 1 and 2. */

Test(submit, refuses_what_is_longer_than_32_kib)
{
    struct buf jws;
    buf_init(&jws, KIT_TEXT_MAX);
    while (jws.len <= JWS_MAX)
        buf_put_char(&jws, 'a');
    assert_refused(SUBMISSION_RESPONSE, jws, PROBLEM_TOO_LARGE);
}

Test(submit, refuses_what_is_no_envelope)
{
    static const char *const bad[] = {"", ".", "..", "...", "a.b.c", "not a jws", "{\"payload\":\"\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_refused(SUBMISSION_RESPONSE, text_buf(bad[i]), PROBLEM_MALFORMED_ENVELOPE);
        assert_refused(SUBMISSION_ENROLMENT, text_buf(bad[i]), PROBLEM_MALFORMED_ENVELOPE);
    }
}

Test(submit, refuses_a_cut_or_longer_envelope)
{
    struct buf whole = response_by(&member);
    for (size_t len = 0; len < whole.len; len += 7) {
        struct buf cut;
        buf_init(&cut, KIT_TEXT_MAX);
        buf_put(&cut, whole.data, len);
        assert_refused(SUBMISSION_RESPONSE, cut, PROBLEM_MALFORMED_ENVELOPE);
    }
    static const char *const tails[] = {"A", "=", ".", "\n", " ", ".A"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        struct buf longer = text_buf(whole.data);
        buf_put_text(&longer, tails[i]);
        assert_refused(SUBMISSION_RESPONSE, longer, PROBLEM_MALFORMED_ENVELOPE);
    }
    buf_free(&whole);
}

Test(submit, refuses_an_envelope_of_the_other_kind)
{
    assert_refused(SUBMISSION_ENROLMENT, response_by(&member), PROBLEM_MALFORMED_ENVELOPE);
    assert_refused(SUBMISSION_RESPONSE, kit_sign(&member, ENROLMENT_TYP, BAD_CLAIMS), PROBLEM_MALFORMED_ENVELOPE);
}

/* A JWS whose header is this text, signed as it should be otherwise. */
static struct buf sign_with_header(const char *header)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct buf payload, jws;
    struct response_claims claims = kit_claims("WA-1.01", 1, KIT_ANSWERS);
    buf_init(&payload, KIT_TEXT_MAX);
    buf_init(&jws, KIT_TEXT_MAX);
    response_put_claims(&payload, &claims);
    base64url_put(&jws, header, strlen(header));
    buf_put_char(&jws, '.');
    base64url_put(&jws, payload.data, payload.len);
    secret_key_sign(member.key, jws.data, jws.len, signature);
    buf_put_char(&jws, '.');
    base64url_put(&jws, signature, sizeof signature);
    buf_free(&payload);
    return jws;
}

Test(submit, takes_either_name_of_the_algorithm_and_no_other_header)
{
    static const struct {
        const char *form;
        enum problem problem;
    } headers[] = {
        {"{\"typ\":\"panel-response+jws\",\"kid\":\"%s\",\"alg\":\"EdDSA\"}", PROBLEM_NONE},
        {"{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":\"panel-response+jws\"}", PROBLEM_NONE},
        {"{\"alg\":\"none\",\"kid\":\"%s\",\"typ\":\"panel-response+jws\"}", PROBLEM_MALFORMED_ENVELOPE},
        {"{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":\"JWT\"}", PROBLEM_MALFORMED_ENVELOPE},
        {"{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":\"panel-response+jws\",\"crit\":[]}", PROBLEM_MALFORMED_ENVELOPE},
        {"{\"alg\":\"Ed25519\",\"kid\":\"%s\",\"typ\":\"panel-response+jws\",\"typ\":\"x\"}",
         PROBLEM_MALFORMED_ENVELOPE},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct buf header;
        struct parcel parcel;
        const char *slot = strstr(headers[i].form, "%s");
        buf_init(&header, KIT_TEXT_MAX);
        buf_put(&header, headers[i].form, (size_t)(slot - headers[i].form));
        buf_put_text(&header, member.kid);
        buf_put_text(&header, slot + 2);
        parcel_submit(&parcel, &kit, SUBMISSION_RESPONSE, sign_with_header(buf_text(&header)));
        cr_assert_str_eq(problem_name(parcel.refusal.problem), problem_name(headers[i].problem), "%s", headers[i].form);
        parcel_free(&parcel);
        buf_free(&header);
    }
}

/* Check 3. */

Test(submit, refuses_a_stranger_before_looking_at_the_claims)
{
    assert_refused(SUBMISSION_RESPONSE, response_by(&stranger), PROBLEM_NOT_VERIFIED);
    assert_refused(SUBMISSION_RESPONSE, kit_sign(&stranger, RESPONSE_TYP, BAD_CLAIMS), PROBLEM_NOT_VERIFIED);
    assert_refused(SUBMISSION_RESPONSE, kit_sign(&stranger, RESPONSE_TYP, "not json"), PROBLEM_NOT_VERIFIED);
}

Test(submit, refuses_a_wrong_signature_before_looking_at_the_claims)
{
    struct buf good_claims = response_by(&member), bad_claims = kit_sign(&member, RESPONSE_TYP, BAD_CLAIMS);
    spoil_signature(&good_claims);
    spoil_signature(&bad_claims);
    assert_refused(SUBMISSION_RESPONSE, good_claims, PROBLEM_NOT_VERIFIED);
    assert_refused(SUBMISSION_RESPONSE, bad_claims, PROBLEM_NOT_VERIFIED);
}

Test(submit, refuses_claims_under_the_signature_of_others)
{
    struct buf one = response_by(&member), two;
    struct response_claims claims = kit_claims("WA-1.02", 1, KIT_ANSWERS);
    two = kit_sign_response(&member, &claims);
    cr_assert_eq(one.len, two.len);
    memcpy(one.data, two.data, (size_t)(strrchr(two.data, '.') - two.data));
    assert_refused(SUBMISSION_RESPONSE, one, PROBLEM_NOT_VERIFIED);
    buf_free(&two);
}

Test(submit, refuses_a_member_who_is_revoked)
{
    struct roster_member found;
    cr_assert(roster_find(kit.shared.roster, member.kid, &found));
    struct store_member revoked = {.number = found.number, .index = found.index, .revoked_at = KIT_NOW};
    memcpy(revoked.public_key, found.public_key, KEY_BYTES);
    roster_add(kit.shared.roster, &revoked);
    assert_refused(SUBMISSION_RESPONSE, response_by(&member), PROBLEM_NOT_VERIFIED);
}

/* Check 4. */

Test(submit, refuses_claims_that_are_not_exactly_these)
{
    static const char *const bad[] = {
        "not json",
        "[]",
        "{}",
        BAD_CLAIMS,
        "{\"aud\":\"wau\",\"round\":\"round-1\",\"action\":\"WA-1.01\",\"revision\":0,\"iat\":1780268400,\"jti\":"
        "\"" KIT_JTI "\",\"answers\":{}}",
        "{\"aud\":\"wau\",\"round\":\"round-1\",\"action\":\"WA-1.01\",\"revision\":1.0,\"iat\":1780268400,\"jti\":"
        "\"" KIT_JTI "\",\"answers\":{}}",
        "{\"aud\":\"wau\",\"round\":\"round-1\",\"action\":\"WA-1.01\",\"revision\":1,\"iat\":\"now\",\"jti\":"
        "\"" KIT_JTI "\",\"answers\":{}}",
        "{\"aud\":\"wau\",\"round\":\"round-1\",\"action\":\"WA-1.01\",\"revision\":1,\"iat\":1780268400,\"jti\":"
        "\"short\","
        "\"answers\":{}}",
        "{\"aud\":\"wau\",\"round\":\"round-1\",\"action\":\"WA-1.01\",\"revision\":1,\"iat\":1780268400,\"jti\":"
        "\"" KIT_JTI "\",\"answers\":[]}",
        "{\"aud\":\"wau\",\"round\":\"round-1\",\"action\":\"WA-1.01\",\"revision\":1,\"iat\":1780268400,\"jti\":"
        "\"" KIT_JTI "\",\"answers\":{},\"name\":\"x\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(SUBMISSION_RESPONSE, kit_sign(&member, RESPONSE_TYP, bad[i]), PROBLEM_INVALID_CLAIMS);
}

/* Checks 5 to 7. */

static void assert_faults(const struct response_claims *claims, size_t count, const char *where)
{
    struct parcel parcel;
    parcel_submit(&parcel, &kit, SUBMISSION_RESPONSE, kit_sign_response(&member, claims));
    cr_assert_null(parcel.submission);
    cr_assert_eq(parcel.refusal.problem, PROBLEM_INVALID_RESPONSE);
    cr_assert_eq(parcel.refusal.faults.count, count, "%s: %zu faults", where, parcel.refusal.faults.count);
    cr_assert_str_eq(parcel.refusal.faults.list[0].where, where);
    parcel_free(&parcel);
}

Test(submit, refuses_what_is_not_of_this_panel)
{
    struct response_claims other_panel = kit_claims("WA-1.01", 1, KIT_ANSWERS);
    struct response_claims other_round = other_panel, other_action = other_panel;
    other_panel.aud = "another";
    other_round.round = "round-2";
    other_action.action = "WA-9.99";
    assert_faults(&other_panel, 1, "/aud");
    assert_faults(&other_round, 1, "/round");
    assert_faults(&other_action, 1, "/action");
}

Test(submit, names_every_fault_of_the_answers)
{
    static const struct {
        const char *answers, *where;
        size_t count;
    } bad[] = {
        {"{}", "/answers/importance", 2},
        {"{\"importance\":6,\"noticed\":\"maybe\"}", "/answers/importance", 2},
        {"{\"importance\":4,\"noticed\":\"yes\"}", "/answers/satisfaction", 1},
        {"{\"importance\":4,\"noticed\":\"no\",\"satisfaction\":3}", "/answers/satisfaction", 1},
        {"{\"importance\":4,\"noticed\":\"no\",\"comment\":\"\"}", "/answers/comment", 1},
        {"{\"importance\":4,\"noticed\":\"no\",\"colour\":\"red\"}", "/answers/colour", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct response_claims claims = kit_claims("WA-1.01", 1, bad[i].answers);
        assert_faults(&claims, bad[i].count, bad[i].where);
    }
}

Test(submit, refuses_a_moment_that_can_not_be)
{
    static const struct {
        int64_t iat;
        bool good;
    } moments[] = {{KIT_NOW, true},
                   {KIT_NOW + 300, true},
                   {KIT_NOW + 301, false},
                   {1767225600, true},
                   /* the round opens */ {1767225599, false},
                   {0, false}};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct response_claims claims = kit_claims("WA-1.01", 1, KIT_ANSWERS);
        struct parcel parcel;
        claims.iat = moments[i].iat;
        parcel_submit(&parcel, &kit, SUBMISSION_RESPONSE, kit_sign_response(&member, &claims));
        cr_assert_eq(parcel.submission != NULL, moments[i].good, "%lld", (long long)moments[i].iat);
        if (!moments[i].good)
            cr_assert_str_eq(parcel.refusal.faults.list[0].where, "/iat");
        parcel_free(&parcel);
    }
}

/* Check 9 is the ledger's, after check 8; here it is only noted. */
Test(submit, notes_whether_the_round_is_open)
{
    struct buf jws = response_by(&member);
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    struct refusal refusal;
    int64_t closes = catalogue->panel->rounds[0].closes_at;
    for (int64_t now = closes - 1; now <= closes; now++) {
        refusal_init(&refusal);
        struct submission *s = submit_response(kit.shared.roster, catalogue, jws.data, jws.len, now, &refusal);
        cr_assert_not_null(s, "%s", refusal.detail);
        cr_assert_eq(s->round_open, now < closes);
        submission_free(s);
        refusal_free(&refusal);
    }
    catalogue_release(catalogue);
    buf_free(&jws);
}

Test(submit, is_short_of_memory_without_blaming_the_sender)
{
    struct buf jws = response_by(&member);
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    for (unsigned long n = 1;; n++) {
        struct refusal refusal;
        refusal_init(&refusal);
        mem_fail_at(n);
        struct submission *s = submit_response(kit.shared.roster, catalogue, jws.data, jws.len, KIT_NOW, &refusal);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert(s != NULL || refusal.problem == PROBLEM_UNAVAILABLE, "allocation %lu: %s", n,
                  problem_name(refusal.problem));
        submission_free(s);
        refusal_free(&refusal);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
    catalogue_release(catalogue);
    buf_free(&jws);
}

/* Processor time of so many refusals of a response by `by`. */
static double time_of_refusals(const struct kit_member *by, bool spoilt)
{
    struct timespec begun, ended;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
    for (int i = 0; i < 300; i++) {
        struct buf jws = response_by(by);
        if (spoilt)
            jws.data[jws.len - 10] = jws.data[jws.len - 10] == 'A' ? 'B' : 'A';
        assert_refused(SUBMISSION_RESPONSE, jws, PROBLEM_NOT_VERIFIED);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
    return (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
}

/* A verification is two thirds of what signing and refusing take together: without it the times are far apart. */
Test(submit, takes_as_long_over_a_stranger_as_over_a_bad_signature)
{
    double nearest = 0;
    for (int i = 0; i < 5 && nearest < 0.8; i++) {
        double of_stranger = time_of_refusals(&stranger, false), of_bad = time_of_refusals(&member, true);
        double ratio = of_stranger < of_bad ? of_stranger / of_bad : of_bad / of_stranger;
        nearest = ratio > nearest ? ratio : nearest;
    }
    cr_assert_gt(nearest, 0.8);
}
