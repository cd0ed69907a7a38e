/* PROTOCOL 4's checks before the writer, in order, on real signatures. */
#include "base/mem.h"
#include "collector/intake/submit.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

static struct kit kit;
static struct kit_member member, other;

static void setup(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_start(&kit);
    kit_member_init(&member, 1);
    kit_member_init(&other, 2);
}

static void teardown(void)
{
    kit_member_wipe(&member);
    kit_member_wipe(&other);
    kit_close(&kit);
    kit_end();
}

TestSuite(submit_enrolment, .init = setup, .fini = teardown);

struct claims {
    const char *aud, *code;
    int64_t iat;
    const struct kit_member *jwk, *signer;
};

static struct claims good(void)
{
    return (struct claims){.aud = "wau", .code = member.code, .iat = KIT_NOW, .jwk = &member, .signer = &member};
}

static struct buf sign(const struct claims *claims)
{
    struct buf payload;
    buf_init(&payload, KIT_TEXT_MAX);
    enrolment_put_claims(&payload, claims->aud, KIT_JTI, claims->iat, claims->code, claims->jwk->public_key);
    struct buf jws = kit_sign(claims->signer, ENROLMENT_TYP, buf_text(&payload));
    buf_free(&payload);
    return jws;
}

static void assert_outcome(struct buf jws, enum problem problem)
{
    struct parcel parcel;
    parcel_submit(&parcel, &kit, SUBMISSION_ENROLMENT, jws);
    cr_assert_str_eq(problem_name(parcel.refusal.problem), problem_name(problem), "%s", parcel.refusal.detail);
    cr_assert_eq(!parcel.submission, problem != PROBLEM_NONE);
    parcel_free(&parcel);
}

Test(submit_enrolment, gives_what_the_ledger_needs)
{
    struct parcel parcel;
    parcel_enrol(&parcel, &kit, &member);
    const struct submission *s = parcel.submission;
    cr_assert_eq(s->kind, SUBMISSION_ENROLMENT);
    cr_assert_eq(s->jws, parcel.jws.data);
    cr_assert_str_eq(s->kid, member.kid);
    cr_assert_eq(memcmp(s->public_key, member.public_key, KEY_BYTES), 0);
    cr_assert_eq(memcmp(s->invitation, member.invitation, SHA256_BYTES), 0);
    cr_assert_eq(s->received_at, KIT_NOW);
    cr_assert_eq(s->verdict, VERDICT_PENDING);
    parcel_free(&parcel);
}

Test(submit_enrolment, reads_a_code_as_people_type_it)
{
    char typed[INVITATION_TEXT_SIZE];
    struct claims claims = good();
    for (size_t i = 0; i < sizeof typed; i++)
        typed[i] = member.code[i] >= 'A' && member.code[i] <= 'Z' ? (char)(member.code[i] + 32) : member.code[i];
    claims.code = typed;
    struct parcel parcel;
    parcel_submit(&parcel, &kit, SUBMISSION_ENROLMENT, sign(&claims));
    cr_assert_not_null(parcel.submission);
    cr_assert_eq(memcmp(parcel.submission->invitation, member.invitation, SHA256_BYTES), 0);
    parcel_free(&parcel);
}

/* Whether there is such an invitation is the ledger's to say, with one answer for all that can't be used. */
Test(submit_enrolment, lets_the_ledger_refuse_what_is_no_code)
{
    static const char *const codes[] = {"", "hello", "00000000000000000000000000000"};
    uint8_t nobody[SHA256_BYTES];
    crypto_sha256("", 0, nobody);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct claims claims = good();
        struct parcel parcel;
        claims.code = codes[i];
        parcel_submit(&parcel, &kit, SUBMISSION_ENROLMENT, sign(&claims));
        cr_assert_not_null(parcel.submission, "%s", codes[i]);
        cr_assert_eq(memcmp(parcel.submission->invitation, nobody, SHA256_BYTES), 0);
        parcel_free(&parcel);
    }
}

Test(submit_enrolment, refuses_claims_that_are_not_exactly_these)
{
    static const char *const bad[] = {"not json", "{}", "{\"aud\":\"wau\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_outcome(kit_sign(&member, ENROLMENT_TYP, bad[i]), PROBLEM_INVALID_CLAIMS);
}

Test(submit_enrolment, refuses_a_key_that_has_not_signed)
{
    struct claims claims = good();
    claims.signer = &other; /* its kid is the signer's */
    assert_outcome(sign(&claims), PROBLEM_NOT_VERIFIED);
    struct buf spoilt;
    claims.signer = &member;
    spoilt = sign(&claims);
    char *signature = strrchr(spoilt.data, '.') + 1;
    *signature = *signature == 'A' ? 'B' : 'A';
    assert_outcome(spoilt, PROBLEM_NOT_VERIFIED);
}

/* The identity, and a point of order 8: keys under which anything can be made to verify. */
Test(submit_enrolment, refuses_a_key_that_is_not_acceptable)
{
    static const char *const keys[] = {
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"xxdqcD1N2E-6PAt2DRBnD_OQOcZTOhpTLMBs10-9fzo\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}",
        "{}",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct buf payload;
        buf_init(&payload, KIT_TEXT_MAX);
        buf_printf(&payload, "{\"aud\":\"wau\",\"iat\":%lld,\"jti\":\"" KIT_JTI "\",\"jwk\":%s,\"invitation\":\"%s\"}",
                   (long long)KIT_NOW, keys[i], member.code);
        assert_outcome(kit_sign(&member, ENROLMENT_TYP, buf_text(&payload)), PROBLEM_NOT_VERIFIED);
        buf_free(&payload);
    }
}

Test(submit_enrolment, refuses_another_panel)
{
    struct claims claims = good();
    claims.aud = "another";
    assert_outcome(sign(&claims), PROBLEM_INVALID_CLAIMS);
    claims.signer = &other;
    assert_outcome(sign(&claims), PROBLEM_NOT_VERIFIED); /* the key comes first */
}

/* Refusing is the ledger's: what has enrolled already is not asked again. */
Test(submit_enrolment, notes_a_moment_that_is_over_300_seconds_off)
{
    static const struct {
        int64_t off;
        bool fits;
    } moments[] = {{0, true}, {300, true}, {-300, true}, {301, false}, {-301, false}};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct claims claims = good();
        struct parcel parcel;
        claims.iat = KIT_NOW + moments[i].off;
        parcel_submit(&parcel, &kit, SUBMISSION_ENROLMENT, sign(&claims));
        cr_assert_not_null(parcel.submission);
        cr_assert_eq(parcel.submission->iat_fits, moments[i].fits, "%+d seconds", (int)moments[i].off);
        parcel_free(&parcel);
    }
}

Test(submit_enrolment, is_short_of_memory_without_blaming_the_sender)
{
    struct claims claims = good();
    struct buf jws = sign(&claims);
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    for (unsigned long n = 1;; n++) {
        struct refusal refusal;
        refusal_init(&refusal);
        mem_fail_at(n);
        struct submission *s = submit_enrolment(catalogue, jws.data, jws.len, KIT_NOW, &refusal);
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
