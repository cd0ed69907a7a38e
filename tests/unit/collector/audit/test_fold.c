/* The state that a log makes: members, current responses, counters, and what can't follow on what; in hardly any
 * memory, so that all of it spills, and in enough. */
#include "base/mem.h"
#include "collector/audit/fold.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

#define MANY 5000
#define SLOTS 5

static struct scratch scratch;
static struct fold *fold;
static size_t firsts[1] = {1};
static const struct tally_layout layout = {.slots = SLOTS, .first = firsts, .question_count = 1};

static void setup(void)
{
    kit_begin();
    scratch = (struct scratch){.folder = scratch_folder()};
    fold = fold_new(&scratch, 0);
    cr_assert_not_null(fold);
}

static void teardown(void)
{
    fold_free(fold);
    kit_end();
}

TestSuite(fold, .init = setup, .fini = teardown, .timeout = 60);

/* Whether the bytes are a key does not matter here. */
static struct fold_member member_of(unsigned number)
{
    struct fold_member member = {.index = number * 2};
    crypto_sha256(&number, sizeof number, member.public_key);
    return member;
}

static int64_t find(unsigned number, const uint8_t **key)
{
    struct fold_member member = member_of(number);
    char kid[KID_SIZE];
    key_thumbprint(member.public_key, kid);
    return fold_find_member(fold, kid, key);
}

static enum fold_answer enrol(unsigned number)
{
    struct fold_member member = member_of(number);
    return fold_enrol(fold, &member);
}

static enum fold_answer respond(int64_t member, int64_t action, int64_t revision, int64_t index, uint16_t slot)
{
    uint16_t slots[] = {TALLY_RESPONDENTS, slot};
    struct fold_current response = {.round = 1,
                                    .member = member,
                                    .action = action,
                                    .revision = revision,
                                    .index = index,
                                    .replaced = 12345,
                                    .slots = slots,
                                    .slot_count = 2};
    return fold_respond(fold, &response, &layout);
}

/* What comes by next is this, of that place; `revision` is not looked at with FOLD_STALE. */
static void assert_next(enum fold_step expected, int64_t action, int64_t revision, int64_t index, int64_t replaced)
{
    struct fold_current found;
    int64_t event;
    cr_assert_eq(fold_next(fold, &found, &event), expected);
    cr_assert(found.round == 1 && found.action == action && found.index == index);
    cr_assert(expected == FOLD_STALE || (found.revision == revision && found.replaced == replaced));
    cr_assert(expected == FOLD_STALE || (found.slot_count == 2 && found.slots[0] == TALLY_RESPONDENTS));
}

static void assert_end(void)
{
    struct fold_current found;
    int64_t event;
    cr_assert(fold_next(fold, &found, &event) == FOLD_END && fold_next(fold, &found, &event) == FOLD_END);
    cr_assert_eq(scratch.why, 0);
}

static void assert_counts(int64_t action, const int64_t expected[static SLOTS])
{
    const int64_t *counts = fold_counts(fold, 1, action);
    cr_assert_not_null(counts);
    cr_assert_eq(memcmp(counts, expected, SLOTS * sizeof *counts), 0);
}

/* Members. */

Test(fold, is_empty_at_first)
{
    const uint8_t *key = NULL;
    const int64_t *counts;
    size_t place = 0, slots;
    int64_t round, action;
    cr_assert_eq(fold_member_count(fold), 0);
    cr_assert_eq(find(1, &key), 0);
    cr_assert_null(key);
    cr_assert_eq(fold_find_enrolment(fold, 2), 0);
    cr_assert(!fold_member(fold, 0) && !fold_member(fold, 1) && !fold_member(fold, -1));
    cr_assert_eq(fold_current_count(fold), 0);
    fold_turn(fold);
    assert_end();
    cr_assert_null(fold_counts(fold, 1, 1));
    place = 0;
    cr_assert_not(fold_next_counts(fold, &place, &round, &action, &counts, &slots));
    fold_free(NULL);
}

Test(fold, numbers_members_in_order_and_finds_each)
{
    for (unsigned i = 1; i <= MANY; i++)
        cr_assert_eq(enrol(i), FOLD_OK);
    cr_assert_eq(fold_member_count(fold), MANY);
    for (unsigned i = 1; i <= MANY; i++) {
        struct fold_member expected = member_of(i);
        const uint8_t *key = NULL;
        cr_assert_eq(find(i, &key), i);
        cr_assert_eq(memcmp(key, expected.public_key, KEY_BYTES), 0);
        cr_assert_eq(fold_find_enrolment(fold, 2 * (int64_t)i), i);
        cr_assert_eq(fold_find_enrolment(fold, 2 * (int64_t)i - 1), 0);
        cr_assert_eq(fold_member(fold, i)->index, 2 * i);
    }
    for (unsigned i = MANY + 1; i <= 2 * MANY; i++) {
        const uint8_t *key;
        cr_assert_eq(find(i, &key), 0);
        cr_assert_eq(fold_find_enrolment(fold, 2 * (int64_t)i), 0);
    }
    cr_assert_null(fold_member(fold, MANY + 1));
}

Test(fold, enrols_a_key_once)
{
    cr_assert_eq(enrol(1), FOLD_OK);
    cr_assert_eq(enrol(2), FOLD_OK);
    cr_assert_eq(enrol(1), FOLD_REFUSED);
    cr_assert_eq(fold_member_count(fold), 2);
    cr_assert_eq(enrol(3), FOLD_OK);
    const uint8_t *key;
    cr_assert_eq(find(3, &key), 3);
}

Test(fold, revokes_and_restores_a_member)
{
    cr_assert_eq(enrol(1), FOLD_OK);
    cr_assert_eq(enrol(2), FOLD_OK);
    cr_assert_not(fold_member(fold, 2)->is_revoked);
    fold_revoke(fold, 2, true);
    cr_assert(fold_member(fold, 2)->is_revoked && !fold_member(fold, 1)->is_revoked);
    fold_revoke(fold, 2, false);
    cr_assert_not(fold_member(fold, 2)->is_revoked);
}

Test(fold, finds_nobody_by_what_is_no_kid)
{
    const uint8_t *key;
    cr_assert_eq(enrol(1), FOLD_OK);
    static const char empty[KID_SIZE] = "", other[KID_SIZE] = "!";
    cr_assert_eq(fold_find_member(fold, empty, &key), 0);
    cr_assert_eq(fold_find_member(fold, other, &key), 0);
}

/* Responses. */

Test(fold, counts_a_first_response_and_then_its_replacement)
{
    cr_assert_eq(respond(7, 3, 1, 100, 2), FOLD_OK);
    cr_assert_eq(respond(7, 3, 5, 200, 4), FOLD_OK);
    fold_turn(fold);
    assert_next(FOLD_COUNTS, 3, 1, 100, -1);
    assert_counts(3, (int64_t[SLOTS]){1, 0, 1, 0, 0});
    assert_next(FOLD_COUNTS, 3, 5, 200, 100);
    assert_counts(3, (int64_t[SLOTS]){1, 0, 0, 0, 1});
    cr_assert_eq(fold_current_count(fold), 0);
    assert_next(FOLD_CURRENT, 3, 5, 200, 100);
    cr_assert_eq(fold_current_count(fold), 1);
    assert_end();
}

Test(fold, takes_higher_revisions_alone)
{
    static const int64_t refused[] = {4, 3, 1, 0, -1, INT64_MIN};
    enum { REFUSED = sizeof refused / sizeof refused[0] };
    cr_assert_eq(respond(7, 3, 4, 100, 2), FOLD_OK);
    for (size_t i = 0; i < REFUSED; i++)
        cr_assert_eq(respond(7, 3, refused[i], 200, 3), FOLD_OK);
    cr_assert_eq(respond(7, 3, INT64_MAX, 300, 3), FOLD_OK);
    fold_turn(fold);
    assert_next(FOLD_COUNTS, 3, 4, 100, -1);
    for (size_t i = 0; i < REFUSED; i++)
        assert_next(FOLD_STALE, 3, refused[i], 200, -1);
    assert_counts(3, (int64_t[SLOTS]){1, 0, 1, 0, 0});
    assert_next(FOLD_COUNTS, 3, INT64_MAX, 300, 100);
    assert_next(FOLD_CURRENT, 3, INT64_MAX, 300, 100);
    assert_end();
}

Test(fold, changes_nothing_for_slots_that_are_none)
{
    static const uint16_t nothing[1];
    const struct fold_current empty = {.round = 1, .member = 7, .action = 3, .revision = 3, .slots = nothing};
    cr_assert_eq(respond(7, 3, 1, 100, 2), FOLD_OK);
    cr_assert_eq(respond(7, 3, 2, 200, SLOTS), FOLD_REFUSED);
    cr_assert_eq(respond(7, 3, 2, 200, UINT16_MAX), FOLD_REFUSED);
    cr_assert_eq(respond(8, 3, 1, 200, SLOTS), FOLD_REFUSED);
    cr_assert_eq(fold_respond(fold, &empty, &layout), FOLD_REFUSED);
    fold_turn(fold);
    assert_next(FOLD_COUNTS, 3, 1, 100, -1);
    assert_next(FOLD_CURRENT, 3, 1, 100, -1);
    assert_end();
    assert_counts(3, (int64_t[SLOTS]){1, 0, 1, 0, 0});
}

/* Says the event at 150 that what is at 100 is gone, and the one at 250 that what came then is. */
Test(fold, tells_what_is_still_current_where_nothing_should_be)
{
    struct fold_current kept;
    int64_t event;
    fold_expect_none(fold, 1, 7, 3, 50);
    cr_assert_eq(respond(7, 3, 1, 100, 2), FOLD_OK);
    fold_expect_none(fold, 1, 7, 3, 150);
    cr_assert_eq(respond(7, 3, 2, 200, 2), FOLD_OK);
    fold_expect_none(fold, 1, 7, 4, 250);
    fold_turn(fold);
    assert_next(FOLD_COUNTS, 3, 1, 100, -1);
    cr_assert_eq(fold_next(fold, &kept, &event), FOLD_KEPT);
    cr_assert(kept.index == 100 && event == 150);
    assert_next(FOLD_COUNTS, 3, 2, 200, 100);
    assert_next(FOLD_CURRENT, 3, 2, 200, 100);
    assert_end();
}

static void respond_often(void)
{
    for (int64_t member = 100; member >= 1; member--)
        for (int64_t action = 1; action <= 50; action++)
            cr_assert_eq(respond(member, action, 1, member * 100 + action, (uint16_t)(1 + (member + action) % 4)),
                         FOLD_OK);
}

Test(fold, keeps_members_actions_and_rounds_apart_and_in_order)
{
    const size_t memories[] = {0, (size_t)64 * 1024, (size_t)64 * 1024 * 1024};
    for (size_t m = 0; m < sizeof memories / sizeof *memories; m++) {
        fold_free(fold);
        fold = fold_new(&scratch, memories[m]);
        respond_often();
        fold_turn(fold);
        for (int64_t member = 1; member <= 100; member++)
            for (int64_t action = 1; action <= 50; action++) {
                assert_next(FOLD_COUNTS, action, 1, member * 100 + action, -1);
                assert_next(FOLD_CURRENT, action, 1, member * 100 + action, -1);
            }
        assert_end();
        cr_assert_eq(fold_current_count(fold), 5000);
        for (int64_t action = 1; action <= 50; action++)
            assert_counts(action, (int64_t[SLOTS]){100, 25, 25, 25, 25});
    }
}

Test(fold, walks_its_counters)
{
    const int64_t *counts;
    size_t place = 0, slots, seen = 0;
    int64_t round, action;
    for (int64_t i = 1; i <= 20; i++)
        cr_assert_eq(respond(1, i, 1, i, 1), FOLD_OK);
    while (fold_next_counts(fold, &place, &round, &action, &counts, &slots)) {
        cr_assert(round == 1 && action == (int64_t)++seen && slots == SLOTS && counts[0] == 0);
        cr_assert_eq(fold_counts(fold, round, action), counts);
    }
    cr_assert_eq(seen, 20);
    cr_assert_null(fold_counts(fold, 2, 1));
}

/* No memory, and numbers that are none. */

/* How far it came: members, responses put, responses had. */
static unsigned fill_and_pass(void)
{
    struct fold_current found;
    int64_t event;
    unsigned done = 0;
    for (unsigned i = 1; i <= 100; i++)
        done += enrol(i) == FOLD_OK;
    for (unsigned i = 1; i <= 100; i++)
        done += respond(i, 1 + i % 40, 1, i, 1) == FOLD_OK;
    fold_turn(fold);
    while (fold_next(fold, &found, &event) != FOLD_END)
        done++;
    return done;
}

Test(fold, says_that_memory_lacks_wherever_it_does)
{
    unsigned failures = 0;
    for (unsigned long n = 1;; n++) {
        struct error error = {0};
        scratch.why = 0;
        fold_free(fold);
        mem_fail_at(n);
        fold = fold_new(&scratch, (size_t)8 * 1024);
        unsigned done = fold ? fill_and_pass() : 0;
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(failed, done < 400, "allocation %lu: %u", n, done);
        if (failed && fold)
            cr_assert(scratch_check(&scratch, &error) < 0 && error.kind == ERROR_MEMORY);
        if (!failed)
            break;
        failures++;
    }
    cr_assert_gt(failures, 50);
}

Test(fold, refuses_numbers_that_no_store_has)
{
    cr_assert_eq(respond(-1, 3, 1, 100, 2), FOLD_REFUSED);
    cr_assert_eq(respond(INT64_C(1) << 31, 3, 1, 100, 2), FOLD_REFUSED);
    cr_assert_eq(respond(7, INT64_C(1) << 20, 1, 100, 2), FOLD_REFUSED);
    cr_assert_eq(respond(INT32_MAX, (1 << 20) - 1, 1, 100, 2), FOLD_OK);
    fold_turn(fold);
    assert_next(FOLD_COUNTS, (1 << 20) - 1, 1, 100, -1);
    assert_next(FOLD_CURRENT, (1 << 20) - 1, 1, 100, -1);
    assert_end();
}
