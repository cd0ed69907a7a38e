/* The index: what was entered is found by its key, nothing else is, and without memory all stays as it was. */
#include "base/hash.h"
#include "base/mem.h"
#include <criterion/criterion.h>

#define KEYS 5000

static int64_t keys[KEYS][3];
static size_t asked; /* how often has_key was called */

static bool has_key(const void *context, uint32_t number, const void *key)
{
    const int64_t(*list)[3] = context;
    const int64_t *wanted = key;
    asked++;
    return list[number - 1][0] == wanted[0] && list[number - 1][1] == wanted[1] && list[number - 1][2] == wanted[2];
}

static uint32_t find_key(const struct hash *index, int64_t a, int64_t b, int64_t c)
{
    int64_t key[3] = {a, b, c};
    return hash_find(index, hash_integers(a, b, c), has_key, keys, key);
}

/* Rounds, members and actions as they come: small numbers, close together. */
static void enter_keys(struct hash *index)
{
    for (uint32_t i = 0; i < KEYS; i++) {
        keys[i][0] = i % 3;
        keys[i][1] = i / 3;
        keys[i][2] = i % 7;
        cr_assert_eq(hash_reserve(index, 1), 0);
        hash_put(index, hash_integers(keys[i][0], keys[i][1], keys[i][2]), i + 1);
    }
}

Test(hash, finds_nothing_while_it_is_empty)
{
    struct hash index;
    hash_init(&index);
    cr_expect_eq(find_key(&index, 0, 0, 0), 0);
    hash_wipe(&index);
}

Test(hash, finds_what_was_entered_and_nothing_else)
{
    struct hash index;
    hash_init(&index);
    enter_keys(&index);
    cr_expect_eq(index.count, KEYS);
    for (uint32_t i = 0; i < KEYS; i++)
        cr_assert_eq(find_key(&index, keys[i][0], keys[i][1], keys[i][2]), i + 1);
    cr_expect_eq(find_key(&index, 3, 0, 0), 0);
    cr_expect_eq(find_key(&index, 0, 0, -1), 0);
    cr_expect_eq(find_key(&index, 0, KEYS, 0), 0);
    hash_wipe(&index);
    cr_expect_eq(find_key(&index, 0, 0, 0), 0);
}

Test(hash, tells_keys_with_one_hash_apart)
{
    struct hash index;
    hash_init(&index);
    cr_assert_eq(hash_reserve(&index, 40), 0);
    for (uint32_t i = 0; i < 40; i++) {
        keys[i][0] = i;
        hash_put(&index, 7, i + 1);
    }
    for (int64_t i = 0; i < 40; i++)
        cr_expect_eq(hash_find(&index, 7, has_key, keys, (int64_t[]){i, 0, 0}), (uint32_t)i + 1);
    cr_expect_eq(hash_find(&index, 7, has_key, keys, (int64_t[]){40, 0, 0}), 0);
    hash_wipe(&index);
}

Test(hash, looks_at_hardly_any_element_but_the_one_that_is_meant)
{
    struct hash index;
    hash_init(&index);
    enter_keys(&index);
    asked = 0;
    for (uint32_t i = 0; i < KEYS; i++)
        cr_assert_eq(find_key(&index, keys[i][0], keys[i][1], keys[i][2]), i + 1);
    cr_expect_leq(asked, KEYS + KEYS / 50);
    hash_wipe(&index);
}

Test(hash, fills_three_quarters_and_then_doubles)
{
    struct hash index;
    hash_init(&index);
    cr_assert_eq(hash_reserve(&index, 48), 0);
    cr_expect_eq(index.size, 64);
    cr_assert_eq(hash_reserve(&index, 49), 0);
    cr_expect_eq(index.size, 128);
    hash_wipe(&index);
}

Test(hash, is_copied_with_more_room_while_the_first_stays)
{
    struct hash index, larger;
    hash_init(&index);
    enter_keys(&index);
    size_t size = index.size;
    cr_assert_eq(hash_copy(&index, 2 * size, &larger), 0);
    cr_expect_eq(index.size, size);
    cr_expect_geq(larger.size, 2 * size);
    cr_expect_eq(larger.count, index.count);
    for (uint32_t i = 0; i < KEYS; i++) {
        cr_assert_eq(find_key(&index, keys[i][0], keys[i][1], keys[i][2]), i + 1);
        cr_assert_eq(find_key(&larger, keys[i][0], keys[i][1], keys[i][2]), i + 1);
    }
    hash_wipe(&index);
    hash_wipe(&larger);
}

Test(hash, leaves_all_as_it_was_without_memory_and_knows_its_limit)
{
    struct hash index;
    hash_init(&index);
    mem_fail_at(1);
    cr_expect_eq(hash_reserve(&index, 1), -1);
    mem_fail_at(0);
    cr_expect(!index.slots && index.size == 0);
    cr_expect_eq(hash_reserve(&index, HASH_MAX + 1), -1);
    cr_expect_eq(hash_reserve(&index, (size_t)-1), -1);
    enter_keys(&index);
    size_t size = index.size;
    mem_fail_at(1);
    cr_expect_eq(hash_reserve(&index, size), -1);
    mem_fail_at(0);
    cr_expect_eq(index.size, size);
    cr_expect_eq(find_key(&index, keys[9][0], keys[9][1], keys[9][2]), 10);
    hash_wipe(&index);
}

Test(hash, spreads_small_integers_over_the_low_bits)
{
    size_t counts[64] = {0};
    for (int64_t i = 0; i < 6400; i++)
        counts[hash_integers(1, i, 2) & 63]++;
    for (size_t i = 0; i < 64; i++)
        cr_expect(counts[i] > 50 && counts[i] < 150, "%zu in %zu", counts[i], i);
}
