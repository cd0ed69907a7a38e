/* What a member asks of their own data, before the writer: an independent program's requests, good and bad. */
#include "base/json.h"
#include "base/mem.h"
#include "collector/intake/submit.h"
#include "crypto/base64url.h"
#include "panel/own_data.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

static struct kit kit;
static struct json *vectors;
static int64_t now;
static struct store_member member = {.number = 1, .index = 1};

/* The member whom the requests are of is in the roster; the panel and its round are the example's. */
static void setup(void)
{
    struct buf text = kit_file("tests/vectors/protocol2/erasure.json");
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_start(&kit);
    vectors = json_parse(buf_text(&text), text.len, NULL);
    cr_assert_not_null(vectors);
    cr_assert_eq(json_integer(json_member(vectors, "now"), &now), 0);
    const char *jwk_x = "ijr0pqIAELzE0e1JbFu3BHzz-Jmo4I97LTdxZajAQPo";
    cr_assert_eq(base64url_decode_exactly(jwk_x, strlen(jwk_x), member.public_key, KEY_BYTES), 0);
    cr_assert_eq(roster_reserve(kit.shared.roster, 2), 0);
    roster_add(kit.shared.roster, &member);
    buf_free(&text);
}

static void teardown(void)
{
    json_free(vectors);
    kit_close(&kit);
    kit_end();
}

TestSuite(submit_own, .init = setup, .fini = teardown);

static struct submission *submit(const char *jws, int64_t at, struct refusal *refusal)
{
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    refusal_init(refusal);
    struct submission *s = submit_erasure(kit.shared.roster, catalogue, jws, strlen(jws), at, refusal);
    catalogue_release(catalogue);
    return s;
}

static const char *good(size_t place)
{
    const struct json *list = json_first(json_member(vectors, "good"));
    return json_text(json_member(place == 0 ? list : json_next(list), "jws"));
}

Test(submit_own, gives_what_the_ledger_needs_of_a_request_to_erase)
{
    struct refusal refusal;
    struct submission *s = submit(good(0), now, &refusal);
    cr_assert_not_null(s, "%s", refusal.detail);
    cr_assert(s->kind == SUBMISSION_ERASURE && s->member == 1 && !s->everything && s->iat_fits);
    cr_assert(s->round == 1 && s->action == -1, "the example has no A-1");
    cr_assert_str_eq(s->kid, "8Tvlg7a0B9jztMo3gY1gRlgnCD0WkQ-GckPJZwM4gNc");
    cr_assert_arr_eq(s->public_key, member.public_key, KEY_BYTES);
    submission_free(s);
    s = submit(good(1), now, &refusal);
    cr_assert(s && s->everything);
    submission_free(s);
}

Test(submit_own, leaves_it_to_the_ledger_whether_a_request_is_too_old_since_it_may_be_asked_again)
{
    struct refusal refusal;
    for (int64_t off = -301; off <= 301; off += 301) {
        struct submission *s = submit(good(0), now + off, &refusal);
        cr_assert_not_null(s);
        cr_assert_eq(s->iat_fits, off == 0);
        submission_free(s);
    }
}

/* Those of which the ledger alone can tell that they are to be refused. */
static bool is_the_ledgers(const char *what)
{
    return strcmp(what, "an action it has not answered") == 0 || strcmp(what, "iat 301 s behind") == 0;
}

Test(submit_own, refuses_what_an_independent_program_means_to_be_refused)
{
    size_t refused = 0;
    for (const struct json *bad = json_first(json_member(vectors, "refused")); bad; bad = json_next(bad)) {
        struct refusal refusal;
        const char *what = json_text(json_member(bad, "what"));
        struct submission *s = submit(json_text(json_member(bad, "jws")), now, &refusal);
        cr_assert_eq(s != NULL, is_the_ledgers(what), "%s", what);
        if (s) {
            cr_assert_eq(s->iat_fits, strncmp(what, "iat", 3) != 0, "%s", what);
            submission_free(s);
            continue;
        }
        cr_assert_str_eq(problem_name(refusal.problem), json_text(json_member(bad, "problem")), "%s", what);
        cr_assert(refusal.detail[0] != '\0');
        refusal_free(&refusal);
        refused++;
    }
    cr_assert_eq(refused, 7);
}

Test(submit_own, takes_the_request_of_a_revoked_member)
{
    struct refusal refusal;
    struct store_member revoked = member;
    revoked.revoked_at = 5;
    roster_add(kit.shared.roster, &revoked);
    struct submission *s = submit(good(1), now, &refusal);
    cr_assert(s && s->member == 1);
    submission_free(s);
}

Test(submit_own, lets_who_has_erased_everything_ask_for_the_first_answer_alone)
{
    struct refusal refusal;
    struct access_request request;
    struct store_member erased = {.number = 1, .index = 1, .erased = true};
    const char *access = json_text(json_member(vectors, "access"));
    crypto_sha256("8Tvlg7a0B9jztMo3gY1gRlgnCD0WkQ-GckPJZwM4gNc", KID_LENGTH, erased.kid_hash);
    roster_add(kit.shared.roster, &erased);
    struct submission *s = submit(good(1), now, &refusal);
    cr_assert(s && s->member == 0);
    submission_free(s);
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(submit_access(kit.shared.roster, catalogue, access, strlen(access), now, &request, &refusal), -1);
    cr_assert_eq(refusal.problem, PROBLEM_NOT_VERIFIED);
    catalogue_release(catalogue);
}

Test(submit_own, admits_access_while_it_is_recent)
{
    const char *access = json_text(json_member(vectors, "access"));
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    for (int64_t off = -301; off <= 301; off += 301) {
        struct refusal refusal;
        struct access_request request;
        refusal_init(&refusal);
        int result = submit_access(kit.shared.roster, catalogue, access, strlen(access), now + off, &request, &refusal);
        cr_assert_eq(result, off == 0 ? 0 : -1);
        if (off != 0)
            cr_assert_eq(refusal.problem, PROBLEM_INVALID_CLAIMS);
        else
            cr_assert(request.member.number == 1 && strcmp(request.jti, "CxG7IKJ48TOXNstB7vCbkg") == 0);
    }
    catalogue_release(catalogue);
}

Test(submit_own, fails_cleanly_when_any_allocation_does)
{
    size_t failures = 0;
    for (unsigned long n = 1;; n++) {
        struct refusal refusal;
        struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
        const char *jws = good(0);
        refusal_init(&refusal);
        mem_fail_at(n);
        struct submission *s = submit_erasure(kit.shared.roster, catalogue, jws, strlen(jws), now, &refusal);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        catalogue_release(catalogue);
        if (failed)
            cr_assert(s == NULL && refusal.problem == PROBLEM_UNAVAILABLE, "allocation %lu", n);
        submission_free(s);
        failures += failed;
        if (!failed)
            break;
    }
    cr_assert_gt(failures, 0);
}
