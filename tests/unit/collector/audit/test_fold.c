/* The state that a log makes, in memory: members, current responses, counters, and what can't follow on what. */
#include "base/mem.h"
#include "collector/audit/fold.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

#define MANY 5000
#define SLOTS 5

static struct fold *fold;
static size_t firsts[1] = {1};
static const struct tally_layout layout = {.slots = SLOTS, .first = firsts, .question_count = 1};

static void setup(void)
{
    kit_begin();
    fold = fold_new();
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
    struct fold_current current;
    cr_assert_eq(fold_member_count(fold), 0);
    cr_assert_eq(find(1, &key), 0);
    cr_assert_null(key);
    cr_assert_eq(fold_find_enrolment(fold, 2), 0);
    cr_assert(!fold_member(fold, 0) && !fold_member(fold, 1) && !fold_member(fold, -1));
    cr_assert_eq(fold_current_count(fold), 0);
    cr_assert_not(fold_next_current(fold, &place, &current));
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
    struct fold_current current;
    cr_assert_eq(respond(7, 3, 1, 100, 2), FOLD_OK);
    assert_counts(3, (int64_t[SLOTS]){1, 0, 1, 0, 0});
    cr_assert(fold_find_current(fold, 1, 7, 3, &current));
    cr_assert(current.revision == 1 && current.index == 100 && current.replaced == -1 && current.slot_count == 2);

    cr_assert_eq(respond(7, 3, 5, 200, 4), FOLD_OK);
    assert_counts(3, (int64_t[SLOTS]){1, 0, 0, 0, 1});
    cr_assert(fold_find_current(fold, 1, 7, 3, &current));
    cr_assert(current.revision == 5 && current.index == 200 && current.replaced == 100);
    cr_assert(current.slots[0] == 0 && current.slots[1] == 4);
    cr_assert_eq(fold_current_count(fold), 1);
}

Test(fold, takes_higher_revisions_alone)
{
    static const int64_t refused[] = {4, 3, 1, 0, -1, INT64_MIN};
    cr_assert_eq(respond(7, 3, 4, 100, 2), FOLD_OK);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        cr_assert_eq(respond(7, 3, refused[i], 200, 3), FOLD_REFUSED);
    assert_counts(3, (int64_t[SLOTS]){1, 0, 1, 0, 0});
    cr_assert_eq(respond(7, 3, INT64_MAX, 300, 3), FOLD_OK);
}

Test(fold, changes_nothing_for_slots_that_are_none)
{
    struct fold_current current;
    cr_assert_eq(respond(7, 3, 1, 100, 2), FOLD_OK);
    cr_assert_eq(respond(7, 3, 2, 200, SLOTS), FOLD_REFUSED);
    cr_assert_eq(respond(7, 3, 2, 200, UINT16_MAX), FOLD_REFUSED);
    cr_assert_eq(respond(8, 3, 1, 200, SLOTS), FOLD_REFUSED);
    assert_counts(3, (int64_t[SLOTS]){1, 0, 1, 0, 0});
    cr_assert(fold_find_current(fold, 1, 7, 3, &current));
    cr_assert_eq(current.revision, 1);
    cr_assert_not(fold_find_current(fold, 1, 8, 3, &current));
    cr_assert_eq(fold_current_count(fold), 1);
}

Test(fold, keeps_members_actions_and_rounds_apart)
{
    struct fold_current current;
    size_t place = 0, seen = 0;
    for (int64_t member = 1; member <= 100; member++)
        for (int64_t action = 1; action <= 50; action++)
            cr_assert_eq(respond(member, action, 1, member * 100 + action, (uint16_t)(1 + (member + action) % 4)),
                         FOLD_OK);
    cr_assert_eq(fold_current_count(fold), 5000);
    for (int64_t action = 1; action <= 50; action++)
        assert_counts(action, (int64_t[SLOTS]){100, 25, 25, 25, 25});
    for (int64_t member = 1; member <= 100; member++)
        for (int64_t action = 1; action <= 50; action++) {
            cr_assert(fold_find_current(fold, 1, member, action, &current));
            cr_assert_eq(current.index, member * 100 + action);
            cr_assert_not(fold_find_current(fold, 2, member, action, &current));
        }
    while (fold_next_current(fold, &place, &current)) {
        cr_assert_eq(current.index, current.member * 100 + current.action);
        seen++;
    }
    cr_assert_eq(seen, 5000);
}

Test(fold, walks_its_counters)
{
    const int64_t *counts;
    size_t place = 0, slots, seen = 0;
    int64_t round, action;
    for (int64_t i = 1; i <= 20; i++)
        cr_assert_eq(respond(1, i, 1, i, 1), FOLD_OK);
    while (fold_next_counts(fold, &place, &round, &action, &counts, &slots)) {
        cr_assert(round == 1 && action == (int64_t)++seen && slots == SLOTS && counts[0] == 1);
        cr_assert_eq(fold_counts(fold, round, action), counts);
    }
    cr_assert_eq(seen, 20);
    cr_assert_null(fold_counts(fold, 2, 1));
}

/* No memory. */

Test(fold, survives_any_lack_of_memory)
{
    unsigned members = 0, told = 0;
    mem_fail_at(1);
    cr_assert_null(fold_new());
    cr_assert(mem_has_failed());
    while (members < 1500) { /* past where lists and tables grow */
        mem_fail_at(members % 4 + 1);
        enum fold_answer answer = enrol(members + 1);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert(answer == FOLD_OK || (answer == FOLD_NO_MEMORY && failed));
        told += answer == FOLD_NO_MEMORY;
        if (answer == FOLD_NO_MEMORY)
            cr_assert_eq(enrol(members + 1), FOLD_OK);
        members++;
        cr_assert_eq(fold_member_count(fold), members);
    }
    cr_assert_gt(told, 0);
    told = 0;
    for (int64_t i = 1; i <= 1500; i++) {
        mem_fail_at((unsigned long)(i % 4 + 1));
        enum fold_answer answer = respond(i, 1 + i % 40, 1, i, 1);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert(answer == FOLD_OK || (answer == FOLD_NO_MEMORY && failed));
        told += answer == FOLD_NO_MEMORY;
        if (answer == FOLD_NO_MEMORY)
            cr_assert_eq(respond(i, 1 + i % 40, 1, i, 1), FOLD_OK);
        cr_assert_eq((int64_t)fold_current_count(fold), i);
    }
    cr_assert_gt(told, 0);
}

Test(fold, refuses_numbers_that_no_store_has)
{
    struct fold_current current;
    cr_assert_eq(respond(-1, 3, 1, 100, 2), FOLD_REFUSED);
    cr_assert_eq(respond(INT64_C(1) << 32, 3, 1, 100, 2), FOLD_REFUSED);
    cr_assert_eq(respond(7, INT64_C(1) << 32, 1, 100, 2), FOLD_REFUSED);
    cr_assert_eq(fold_current_count(fold), 0);
    cr_assert_eq(respond(UINT32_MAX, UINT32_MAX, 1, 100, 2), FOLD_OK);
    cr_assert(fold_find_current(fold, 1, UINT32_MAX, UINT32_MAX, &current));
}
