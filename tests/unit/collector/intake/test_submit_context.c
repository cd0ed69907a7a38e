/* What a response says that its author saw (PROTOCOL 5, check 5a): held against what the log has had in force. */
#include "base/mem.h"
#include "collector/intake/submit.h"
#include "crypto/base64url.h"
#include "panel/response.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>

static struct kit kit;
static struct kit_member member;

static void setup(void)
{
    kit_begin();
    kit_open(&kit, kit_store_new(kit_dsn(NULL)));
    kit_give_operator(&kit);
    kit_start(&kit);
    kit_join(&kit, &member, 1, 1);
}

static void teardown(void)
{
    kit_member_wipe(&member);
    kit_close(&kit);
    kit_end();
}

TestSuite(submit_context, .init = setup, .fini = teardown);

static void write_context(const struct in_force_pair *pair, char out[static CONTEXT_SIZE])
{
    base64url_encode(pair->context, sizeof pair->context, out);
}

static struct parcel submit_with(const char *context, const char *round, const char *answers)
{
    struct parcel parcel;
    struct response_claims claims = kit_claims("WA-1.01", 1, answers);
    claims.context = context;
    if (round)
        claims.round = round;
    parcel_submit(&parcel, &kit, SUBMISSION_RESPONSE, kit_sign_response(&member, &claims));
    return parcel;
}

static void assert_problem(const char *context, const char *round, const char *answers, enum problem problem)
{
    struct parcel parcel = submit_with(context, round, answers);
    cr_assert_str_eq(problem_name(parcel.refusal.problem), problem_name(problem), "%s", parcel.refusal.detail);
    cr_assert_eq(parcel.submission == NULL, problem != PROBLEM_NONE);
    parcel_free(&parcel);
}

Test(submit_context, takes_what_names_what_is_in_force_or_says_nothing_of_it)
{
    char context[CONTEXT_SIZE];
    struct catalogue *catalogue = catalogue_now(kit.shared.catalogues);
    cr_assert_eq(catalogue->in_force.count, 1, "as the log was begun with it");
    write_context(&catalogue->in_force.pairs[0], context);
    catalogue_release(catalogue);
    assert_problem(NULL, NULL, KIT_ANSWERS, PROBLEM_NONE);
    assert_problem(context, NULL, KIT_ANSWERS, PROBLEM_NONE);
}

Test(submit_context, refuses_what_was_never_in_force_before_it_looks_at_the_answers)
{
    char other[CONTEXT_SIZE];
    write_context(&(struct in_force_pair){.context = {7}}, other);
    assert_problem(other, NULL, KIT_ANSWERS, PROBLEM_STALE_CONTEXT);
    assert_problem(other, NULL, "{}", PROBLEM_STALE_CONTEXT);
    assert_problem(NULL, NULL, "{}", PROBLEM_INVALID_RESPONSE);
    assert_problem(other, "round-9", KIT_ANSWERS, PROBLEM_INVALID_RESPONSE);
}

/* A catalogue of a log that has had one pair until just before the round opened, and another until it did. */
static struct catalogue *catalogue_of_two(void)
{
    struct error error = {0};
    struct catalogue *catalogue = catalogue_load(kit.store, &error);
    cr_assert_not_null(catalogue, "%s", error.text);
    int64_t opens_at = catalogue->panel->rounds[0].opens_at;
    struct in_force_pair *pairs = mem_calloc(2, sizeof *pairs);
    cr_assert_not_null(pairs);
    pairs[0] = (struct in_force_pair){.context = {1}, .until = opens_at - 1};
    pairs[1] = (struct in_force_pair){.context = {2}, .until = opens_at};
    catalogue->in_force.pairs = pairs;
    catalogue->in_force.count = 2;
    return catalogue;
}

Test(submit_context, refuses_what_was_replaced_before_the_round_opened)
{
    struct catalogue *catalogue = catalogue_of_two();
    for (size_t i = 0; i < 2; i++) {
        char context[CONTEXT_SIZE];
        struct refusal refusal;
        struct response_claims claims = kit_claims("WA-1.01", 1, KIT_ANSWERS);
        write_context(&catalogue->in_force.pairs[i], context);
        claims.context = context;
        struct buf jws = kit_sign_response(&member, &claims);
        refusal_init(&refusal);
        struct submission *s =
            submit_response(kit.shared.roster, catalogue, buf_text(&jws), jws.len, KIT_NOW, &refusal);
        cr_assert_eq(s != NULL, i == 1);
        cr_assert_eq(refusal.problem, i == 1 ? PROBLEM_NONE : PROBLEM_STALE_CONTEXT);
        submission_free(s);
        refusal_free(&refusal);
        buf_free(&jws);
    }
    catalogue_release(catalogue);
}
