/* Members in memory: found by kid, taken over from the store, revoked. */
#include "base/mem.h"
#include "collector/state/roster.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define MANY 5000

static struct roster *roster;

static void setup(void)
{
    kit_begin();
    roster = roster_new();
    cr_assert_not_null(roster);
}

static void teardown(void)
{
    roster_free(roster);
    kit_end();
}

TestSuite(roster, .init = setup, .fini = teardown);

/* Whether these bytes are a key does not matter here: the roster keeps what enrolled. */
static struct store_member member_of(unsigned number)
{
    struct store_member member = {.number = number, .index = number * 2, .enrolled_at = KIT_NOW};
    crypto_sha256(&number, sizeof number, member.public_key);
    return member;
}

static bool find(unsigned number, struct roster_member *out)
{
    struct store_member member = member_of(number);
    char kid[KID_SIZE];
    key_thumbprint(member.public_key, kid);
    return roster_find(roster, kid, out);
}

static void add(unsigned number, int64_t revoked_at)
{
    struct store_member member = member_of(number);
    member.revoked_at = revoked_at;
    cr_assert_eq(roster_reserve(roster, 1), 0);
    roster_add(roster, &member);
}

Test(roster, finds_each_of_thousands)
{
    struct roster_member found;
    for (unsigned i = 1; i <= MANY; i++)
        add(i, 0);
    cr_assert_eq(roster_count(roster), MANY);
    for (unsigned i = 1; i <= MANY; i++) {
        struct store_member expected = member_of(i);
        cr_assert(find(i, &found), "member %u", i);
        cr_assert(found.number == i && found.index == expected.index && !found.revoked);
        cr_assert_eq(memcmp(found.public_key, expected.public_key, KEY_BYTES), 0);
    }
    for (unsigned i = MANY + 1; i <= 2 * MANY; i++)
        cr_assert_not(find(i, &found));
}

Test(roster, makes_room_for_thousands_at_once)
{
    struct roster_member found;
    add(1, 0);
    cr_assert_eq(roster_reserve(roster, MANY), 0);
    cr_assert(find(1, &found));
    cr_assert_eq(roster_count(roster), 1);
    mem_fail_at(1);
    for (unsigned i = 2; i <= MANY; i++) {
        struct store_member member = member_of(i);
        roster_add(roster, &member);
    }
    cr_assert_not(mem_has_failed(), "adding allocates nothing");
    mem_fail_at(0);
    cr_assert_eq(roster_count(roster), MANY);
    cr_assert(find(MANY, &found));
}

Test(roster, knows_nobody_by_a_kid_that_is_none)
{
    struct roster_member found;
    char kid[KID_SIZE];
    struct store_member member = member_of(1);
    add(1, 0);
    key_thumbprint(member.public_key, kid);
    cr_assert(roster_find(roster, kid, &found));
    kid[KID_LENGTH - 1]++; /* bits that base64url leaves unused, or another value */
    cr_assert_not(roster_find(roster, kid, &found));
    kid[KID_LENGTH - 1] = '\0';
    cr_assert_not(roster_find(roster, kid, &found));
    cr_assert_not(roster_find(roster, (char[KID_SIZE]){""}, &found));
    cr_assert_not(roster_find(roster, (char[KID_SIZE]){"not a thumbprint at all, yet 43 characters."}, &found));
}

Test(roster, takes_over_who_is_revoked)
{
    struct roster_member found;
    add(1, 0);
    add(2, 0);
    add(1, 77);
    cr_assert_eq(roster_count(roster), 2);
    cr_assert(find(1, &found));
    cr_assert(found.revoked);
    cr_assert(find(2, &found));
    cr_assert_not(found.revoked);
    cr_assert_not(roster_is_in_force(roster, 1));
    cr_assert(roster_is_in_force(roster, 2));
    cr_assert_not(roster_is_in_force(roster, 3));
    cr_assert_not(roster_is_in_force(roster, 0));
}

Test(roster, stays_as_it_is_when_room_can_not_be_had)
{
    struct roster_member found;
    for (unsigned i = 1; i <= 100; i++)
        add(i, 0);
    for (unsigned n = 1; n <= 5; n++) { /* chunks, their list, the index */
        mem_fail_at(n);
        int result = roster_reserve(roster, MANY);
        cr_assert_eq(result == -1, mem_has_failed(), "allocation %u", n);
        mem_fail_at(0);
    }
    cr_assert_eq(roster_count(roster), 100);
    for (unsigned i = 1; i <= 100; i++)
        cr_assert(find(i, &found));
}

/* From the store. */

static void store_members(struct store *store, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++) {
        struct store_member member = member_of(i);
        cr_assert_eq(store_member_add(store, &member), STORE_OK);
    }
}

Test(roster, loads_who_is_new_and_who_is_revoked)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct roster_member found;
    int64_t since = -1;
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    cr_assert_eq(roster_count(roster), 0);
    store_members(store, 1, 2000);
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    cr_assert_eq(roster_count(roster), 2000);
    store_members(store, 2001, 3000);
    cr_assert_eq(store_member_revoke(store, 5, 99), STORE_OK);
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    cr_assert_eq(roster_count(roster), 3000);
    cr_assert(find(5, &found));
    cr_assert(found.revoked);
    cr_assert(find(3000, &found));
    store_close(store);
}

/* By change a member who was revoked a moment ago comes after those who enrolled later. */
Test(roster, has_everybody_in_their_place_who_was_revoked_since_others_enrolled)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct roster_member found;
    int64_t since = -1;
    store_members(store, 1, 3);
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    store_members(store, 4, 2000);
    cr_assert_eq(store_member_revoke(store, 4, 99), STORE_OK);
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    cr_assert_eq(roster_count(roster), 2000);
    for (unsigned i = 1; i <= 2000; i++)
        cr_assert(find(i, &found) && found.number == i && found.revoked == (i == 4), "%u", i);
    store_close(store);
}

Test(roster, takes_no_member_whose_number_can_not_be)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct error error = {0};
    int64_t since = -1;
    store_members(store, 1, 1);
    store_members(store, 2000000, 2000000);
    cr_assert_eq(roster_load(roster, store, &since, &error), -1);
    cr_assert_eq(error.kind, ERROR_DAMAGED);
    cr_assert_eq(roster_count(roster), 0);
    since = 0;
    cr_assert_eq(roster_load(roster, store, &since, &error), -1);
    cr_assert_eq(roster_count(roster), 1, "by change, what was read by then");
    store_close(store);
}

Test(roster, keeps_what_was_read_when_loading_lacks_memory)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct roster_member found;
    struct error error = {0};
    int64_t since = 0;
    store_members(store, 1, 2000);
    mem_fail_at(6);
    cr_assert_eq(roster_load(roster, store, &since, &error), -1);
    cr_assert(mem_has_failed());
    mem_fail_at(0);
    cr_assert_neq(error.text[0], '\0');
    cr_assert(find(1, &found));
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    cr_assert_eq(roster_count(roster), 2000);
    store_close(store);
}

/* As after a failover to a server that lacks what was read before: its numbers are others', or nobody's yet. */
Test(roster, has_nobody_more_whom_the_store_has_not_once_all_are_read_anew)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct store_member taken = member_of(77);
    struct roster_member found;
    int64_t since = -1;
    for (unsigned i = 1; i <= 2000; i++)
        add(i, 0);
    uint64_t edition = roster_edition(roster);
    taken.number = 3;
    store_members(store, 1, 2);
    cr_assert_eq(store_member_add(store, &taken), STORE_OK);
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    cr_assert_eq(roster_count(roster), 3);
    cr_assert(find(2, &found) && !find(3, &found) && !find(2000, &found) && !roster_is_in_force(roster, 4));
    cr_assert(find(77, &found) && found.number == 3);
    cr_assert_neq(roster_edition(roster), edition, "a number may be another's");
    edition = roster_edition(roster);
    cr_assert_eq(roster_load(roster, store, &since, NULL), 0);
    cr_assert_eq(roster_edition(roster), edition);
    store_close(store);
}

Test(roster, keeps_whom_it_has_when_not_all_can_be_read_anew)
{
    struct store *store = kit_store_open(kit_dsn(NULL));
    struct roster_member found;
    struct error error = {0};
    add(1, 0);
    uint64_t edition = roster_edition(roster);
    store_members(store, 1, 2000);
    for (unsigned n = 1; n <= 6; n++) {
        int64_t since = -1;
        mem_fail_at(n);
        cr_assert_eq(roster_load(roster, store, &since, &error), -1, "allocation %u", n);
        mem_fail_at(0);
        cr_assert(since == -1 && roster_count(roster) == 1 && find(1, &found));
    }
    cr_assert_eq(roster_edition(roster), edition);
    store_close(store);
}

Test(roster, finds_whoever_has_the_place_of_another)
{
    struct roster_member found;
    struct store_member other = member_of(9);
    add(1, 0);
    other.number = 1;
    cr_assert_eq(roster_reserve(roster, 1), 0);
    roster_add(roster, &other);
    cr_assert(find(9, &found) && found.number == 1 && !find(1, &found));
    cr_assert_eq(roster_count(roster), 1);
}

/* Readers beside the writer. */

static atomic_bool written;

/* Every member that was found once is found again, whatever the writer does meanwhile. */
static void *read_often(void *wrong)
{
    unsigned known = 0;
    while (!atomic_load(&written)) {
        struct roster_member found;
        for (unsigned i = 1; i <= known; i += 97)
            if (!find(i, &found) || found.number != i)
                atomic_fetch_add((atomic_int *)wrong, 1);
        while (known < MANY && find(known + 1, &found))
            known++;
    }
    return NULL;
}

Test(roster, is_read_while_it_grows)
{
    pthread_t readers[3];
    atomic_int wrong = 0;
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(pthread_create(&readers[i], NULL, read_often, &wrong), 0);
    for (unsigned i = 1; i <= MANY; i++)
        add(i, 0);
    atomic_store(&written, true);
    for (size_t i = 0; i < 3; i++)
        pthread_join(readers[i], NULL);
    cr_assert_eq(atomic_load(&wrong), 0);
    cr_assert_eq(roster_count(roster), MANY);
}

static void erase(unsigned number)
{
    struct store_member member = member_of(number), erased = {.number = number, .index = member.index, .erased = true};
    char kid[KID_SIZE];
    key_thumbprint(member.public_key, kid);
    crypto_sha256(kid, KID_LENGTH, erased.kid_hash);
    cr_assert_eq(roster_reserve(roster, 1), 0);
    roster_add(roster, &erased);
}

Test(roster, finds_nobody_who_is_erased_and_keeps_their_place)
{
    struct roster_member found;
    erase(1);
    add(2, 0);
    add(3, 0);
    erase(2);
    add(4, 0);
    cr_assert_eq(roster_count(roster), 4);
    cr_assert_not(find(1, &found));
    cr_assert_not(find(2, &found));
    cr_assert(find(3, &found) && found.number == 3);
    cr_assert(find(4, &found) && found.number == 4);
    erase(4);
    cr_assert_not(find(4, &found));
    cr_assert_not(roster_is_in_force(roster, 4));
    cr_assert_eq(roster_count(roster), 4);
}

static bool was_erased(unsigned number)
{
    struct store_member member = member_of(number);
    char kid[KID_SIZE];
    key_thumbprint(member.public_key, kid);
    return roster_was_erased(roster, kid);
}

Test(roster, knows_again_who_was_erased_and_finds_them_no_more)
{
    struct roster_member found;
    for (unsigned i = 1; i <= MANY; i++)
        add(i, 0);
    for (unsigned i = 1; i <= MANY; i += 7)
        for (int twice = 0; twice < 2; twice++)
            erase(i);
    cr_assert_eq(roster_count(roster), MANY, "they keep their places");
    for (unsigned i = 1; i <= MANY; i++) {
        cr_assert_eq(find(i, &found), i % 7 != 1, "%u", i);
        cr_assert_eq(was_erased(i), i % 7 == 1, "%u", i);
    }
    add(MANY + 1, 0);
    cr_assert(find(MANY + 1, &found) && found.number == MANY + 1);
    cr_assert(!was_erased(MANY + 2));
}
