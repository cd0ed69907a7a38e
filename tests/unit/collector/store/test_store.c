/* Every verb of store.h on the embedded store: what is written comes back, what is not there is NONE. Files and
 * damage are in test_store_files.c. */
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct store *store;

static void setup(void)
{
    kit_begin();
    store = kit_store_open(kit_dsn(NULL));
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(store, .init = setup, .fini = teardown);

/* The log. */

static void assert_entry(int64_t index, const char *jws)
{
    struct buf out;
    buf_init(&out, 100);
    cr_assert_eq(store_entry_read(store, index, &out), STORE_OK);
    cr_assert_str_eq(buf_text(&out), jws);
    buf_free(&out);
}

Test(store, keeps_entries_by_index)
{
    cr_assert_eq(kit_entries(store), 0);
    cr_assert_eq(store_entry_append(store, 0, "aaa", 3), STORE_OK);
    cr_assert_eq(store_entry_append(store, 1, "bbb.ccc", 7), STORE_OK);
    cr_assert_eq(kit_entries(store), 2);
    assert_entry(0, "aaa");
    assert_entry(1, "bbb.ccc");
}

Test(store, has_no_entry_that_was_not_appended)
{
    struct buf out;
    buf_init(&out, 100);
    cr_assert_eq(store_entry_read(store, 0, &out), STORE_NONE);
    cr_assert_eq(store_entry_append(store, 0, "aaa", 3), STORE_OK);
    cr_assert_eq(store_entry_read(store, 1, &out), STORE_NONE);
    cr_assert_eq(store_entry_read(store, -1, &out), STORE_NONE);
    cr_assert_eq(out.len, 0);
    buf_free(&out);
}

Test(store, never_writes_an_entry_over_another)
{
    cr_assert_eq(store_entry_append(store, 0, "aaa", 3), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "bbb", 3), STORE_FAILED);
    cr_assert_neq(store_error(store)->text[0], '\0');
    assert_entry(0, "aaa");
    cr_assert_eq(kit_entries(store), 1);
}

Test(store, says_so_when_an_entry_is_longer_than_its_reader_takes)
{
    struct buf out;
    buf_init(&out, 3);
    cr_assert_eq(store_entry_append(store, 0, "aaaa", 4), STORE_OK);
    cr_assert_eq(store_entry_read(store, 0, &out), STORE_FAILED);
    cr_assert_neq(store_error(store)->text[0], '\0');
    buf_free(&out);
}

/* The tree. */

Test(store, keeps_tiles_by_level_and_index)
{
    struct merkle_hash written[256], read[256];
    unsigned width = 77;
    for (size_t i = 0; i < 256; i++)
        memset(written[i].bytes, (int)i, sizeof written[i].bytes);
    cr_assert_eq(store_tile_read(store, 0, 0, read, &width), STORE_NONE);
    cr_assert_eq(width, 77);
    cr_assert_eq(store_tile_write(store, 0, 0, written, 1), STORE_OK);
    cr_assert_eq(store_tile_write(store, 0, 0, written, 256), STORE_OK, "a tile grows");
    cr_assert_eq(store_tile_write(store, 1, 0, written + 9, 3), STORE_OK);
    cr_assert_eq(store_tile_write(store, 0, UINT64_C(1) << 40, written + 20, 2), STORE_OK);
    cr_assert_eq(store_tile_read(store, 0, 0, read, &width), STORE_OK);
    cr_assert(width == 256 && memcmp(read, written, sizeof written) == 0);
    cr_assert_eq(store_tile_read(store, 1, 0, read, &width), STORE_OK);
    cr_assert(width == 3 && memcmp(read, written + 9, 3 * sizeof *read) == 0);
    cr_assert_eq(store_tile_read(store, 0, UINT64_C(1) << 40, read, &width), STORE_OK);
    cr_assert(width == 2 && memcmp(read, written + 20, 2 * sizeof *read) == 0);
    cr_assert_eq(store_tile_read(store, 1, 1, read, &width), STORE_NONE);
}

Test(store, keeps_one_log_key)
{
    struct buf out;
    buf_init(&out, 100);
    cr_assert_eq(store_log_key_read(store, &out), STORE_NONE);
    cr_assert_eq(store_log_key_write(store, "one+1+A"), STORE_OK);
    cr_assert_eq(store_log_key_write(store, "two+2+B"), STORE_OK);
    cr_assert_eq(store_log_key_read(store, &out), STORE_OK);
    cr_assert_str_eq(buf_text(&out), "two+2+B");
    buf_free(&out);
}

/* Members. */

struct members {
    struct store_member list[8];
    size_t count, stop_at;
};

static int take_member(void *context, const struct store_member *member)
{
    struct members *members = context;
    members->list[members->count++] = *member;
    return members->count == members->stop_at;
}

static struct store_member member_of(int64_t number)
{
    struct store_member member = {.number = number, .index = 10 * number, .enrolled_at = KIT_NOW + number};
    memset(member.public_key, (int)number, KEY_BYTES);
    return member;
}

static void assert_member(const struct store_member *actual, int64_t number, int64_t revoked_at)
{
    struct store_member expected = member_of(number);
    cr_assert_eq(actual->number, number);
    cr_assert_eq(actual->index, expected.index);
    cr_assert_eq(actual->enrolled_at, expected.enrolled_at);
    cr_assert_eq(actual->revoked_at, revoked_at);
    cr_assert_eq(memcmp(actual->public_key, expected.public_key, KEY_BYTES), 0);
}

static void add_members(int64_t count)
{
    for (int64_t i = 1; i <= count; i++) {
        struct store_member member = member_of(i);
        cr_assert_eq(store_member_add(store, &member), STORE_OK);
    }
}

Test(store, walks_members_by_number)
{
    struct members seen = {0};
    cr_assert_eq(store_member_each(store, take_member, &seen), STORE_OK);
    cr_assert_eq(seen.count, 0);
    add_members(3);
    cr_assert_eq(store_member_each(store, take_member, &seen), STORE_OK);
    cr_assert_eq(seen.count, 3);
    for (int64_t i = 0; i < 3; i++)
        assert_member(&seen.list[i], i + 1, 0);
}

Test(store, revokes_a_member)
{
    struct members seen = {0};
    add_members(2);
    cr_assert_eq(store_member_revoke(store, 2, 777), STORE_OK);
    cr_assert_eq(store_member_revoke(store, 3, 777), STORE_NONE);
    cr_assert_eq(store_member_each(store, take_member, &seen), STORE_OK);
    assert_member(&seen.list[0], 1, 0);
    assert_member(&seen.list[1], 2, 777);
}

Test(store, refuses_a_member_whose_number_is_taken)
{
    struct store_member member = member_of(1);
    add_members(1);
    cr_assert_eq(store_member_add(store, &member), STORE_FAILED);
}

Test(store, stops_a_walk_when_the_visitor_says_so)
{
    struct members seen = {.stop_at = 2};
    add_members(3);
    cr_assert_eq(store_member_each(store, take_member, &seen), STORE_FAILED);
    cr_assert_eq(seen.count, 2);
    cr_assert_eq(store_error(store)->kind, ERROR_NONE, "the visitor knows why");
    seen = (struct members){0};
    cr_assert_eq(store_member_each(store, take_member, &seen), STORE_OK, "the next walk begins anew");
    cr_assert_eq(seen.count, 3);
}

/* Invitations. */

static void assert_invitation(const uint8_t *hash, enum invitation_state state, int64_t member)
{
    struct store_invitation found;
    cr_assert_eq(store_invitation_find(store, hash, &found), STORE_OK);
    cr_assert_eq(found.state, state);
    cr_assert_eq(found.member, member);
}

Test(store, keeps_what_became_of_an_invitation)
{
    uint8_t one[SHA256_BYTES] = {1}, two[SHA256_BYTES] = {2}, none[SHA256_BYTES] = {3};
    struct store_invitation found;
    cr_assert_eq(store_invitation_add(store, 1, one), STORE_OK);
    cr_assert_eq(store_invitation_add(store, 2, two), STORE_OK);
    assert_invitation(one, INVITATION_UNUSED, 0);
    cr_assert_eq(store_invitation_mark(store, one, &(struct store_invitation){INVITATION_USED, 41}), STORE_OK);
    cr_assert_eq(store_invitation_mark(store, two, &(struct store_invitation){INVITATION_WITHDRAWN, 0}), STORE_OK);
    assert_invitation(one, INVITATION_USED, 41);
    assert_invitation(two, INVITATION_WITHDRAWN, 0);
    cr_assert_eq(store_invitation_find(store, none, &found), STORE_NONE);
    cr_assert_eq(store_invitation_mark(store, none, &found), STORE_NONE);
    cr_assert_eq(store_invitation_add(store, 3, one), STORE_FAILED, "a code is handed out once");
}

Test(store, counts_invitations_by_state)
{
    int64_t last;
    struct invitation_counts counts;
    cr_assert(store_handout_last(store, &last) == STORE_OK && last == 0);
    cr_assert_eq(store_invitation_count(store, &counts), STORE_OK);
    cr_assert(counts.unused == 0 && counts.used == 0 && counts.withdrawn == 0);
    for (uint8_t i = 1; i <= 6; i++) {
        uint8_t hash[SHA256_BYTES] = {i};
        enum invitation_state state = i == 1 ? INVITATION_USED : i <= 3 ? INVITATION_WITHDRAWN : INVITATION_UNUSED;
        cr_assert_eq(store_invitation_add(store, i * 10, hash), STORE_OK);
        cr_assert_eq(store_invitation_mark(store, hash, &(struct store_invitation){state, 0}), STORE_OK);
    }
    cr_assert_eq(store_invitation_count(store, &counts), STORE_OK);
    cr_assert(counts.unused == 3 && counts.used == 1 && counts.withdrawn == 2);
    cr_assert(store_handout_last(store, &last) == STORE_OK && last == 60, "as before there were handings out");
}

/* Current responses. */

static void write_current(int64_t member, int64_t action, int64_t revision, int64_t replaced, uint16_t *slots,
                          size_t count)
{
    struct store_current current = {
        .revision = revision, .index = 100 + revision, .replaced = replaced, .slots = slots, .slot_count = count};
    cr_assert_eq(store_current_write(store, 1, member, action, &current), STORE_OK);
}

static void assert_current(int64_t member, int64_t action, int64_t revision, int64_t replaced, const uint16_t *slots,
                           size_t count)
{
    struct store_current found;
    cr_assert_eq(store_current_read(store, 1, member, action, &found), STORE_OK);
    cr_assert_eq(found.revision, revision);
    cr_assert_eq(found.index, 100 + revision);
    cr_assert_eq(found.replaced, replaced);
    cr_assert_eq(found.slot_count, count);
    cr_assert(count == 0 || memcmp(found.slots, slots, count * sizeof *slots) == 0);
}

Test(store, keeps_the_current_response_by_round_member_and_action)
{
    struct store_current found;
    write_current(2, 3, 1, -1, (uint16_t[]){0, 5}, 2);
    assert_current(2, 3, 1, -1, (uint16_t[]){0, 5}, 2);
    cr_assert_eq(store_current_read(store, 1, 2, 4, &found), STORE_NONE);
    cr_assert_eq(store_current_read(store, 1, 3, 3, &found), STORE_NONE);
    cr_assert_eq(store_current_read(store, 2, 2, 3, &found), STORE_NONE);
    write_current(2, 3, 7, 0, (uint16_t[]){0, 6, 9}, 3);
    assert_current(2, 3, 7, 0, (uint16_t[]){0, 6, 9}, 3);
}

Test(store, adds_a_current_response_only_where_there_is_none)
{
    struct store_current first = {
        .revision = 1, .index = 101, .replaced = -1, .slots = (uint16_t[]){0, 5}, .slot_count = 2};
    struct store_current second = {
        .revision = 2, .index = 102, .replaced = 0, .slots = (uint16_t[]){0}, .slot_count = 1};
    cr_assert_eq(store_current_add(store, 1, 2, 3, &first), STORE_OK);
    cr_assert_eq(store_current_add(store, 1, 2, 3, &second), STORE_NONE);
    assert_current(2, 3, 1, -1, (uint16_t[]){0, 5}, 2);
    cr_assert_eq(store_current_add(store, 1, 3, 3, &second), STORE_OK);
    assert_current(3, 3, 2, 0, (uint16_t[]){0}, 1);
}

/* Neighbours in one number: none of them may be taken for another, and what has no room is refused. */
Test(store, tells_the_last_of_one_from_the_first_of_the_next)
{
    const int64_t members = INT64_C(1) << 31, actions = 1 << 20, rounds = 1 << 12;
    struct store_current found,
        current = {.revision = 1, .index = 101, .replaced = -1, .slots = (uint16_t[]){0}, .slot_count = 1};
    cr_assert_eq(store_current_write(store, rounds - 1, members - 1, actions - 1, &current), STORE_OK);
    cr_assert_eq(store_current_read(store, rounds - 1, members - 1, actions - 1, &found), STORE_OK);
    cr_assert_eq(store_current_write(store, 1, 5, actions - 1, &current), STORE_OK);
    cr_assert_eq(store_current_read(store, 1, 6, 0, &found), STORE_NONE);
    cr_assert_eq(store_current_write(store, 1, members - 1, 0, &current), STORE_OK);
    cr_assert_eq(store_current_read(store, 2, 0, 0, &found), STORE_NONE);
    cr_assert_eq(store_current_write(store, rounds, 1, 1, &current), STORE_FAILED);
    cr_assert_eq(store_current_write(store, 1, members, 1, &current), STORE_FAILED);
    cr_assert_eq(store_current_write(store, 1, 1, actions, &current), STORE_FAILED);
    cr_assert_eq(store_current_add(store, 1, 1, -1, &current), STORE_FAILED);
    cr_assert_eq(store_counts_write(store, 1, actions, (int64_t[]){1}, 1), STORE_FAILED);
    cr_assert_neq(store_error(store)->text[0], '\0');
}

Test(store, refuses_what_no_response_could_be_kept_for)
{
    struct store_member member = {.number = INT64_C(1) << 31};
    struct store_action action = {.number = 1 << 20, .action = {.id = "A", .title = "t"}};
    cr_assert_eq(store_round_add(store, 1 << 12, "late"), STORE_FAILED);
    cr_assert_not_null(strstr(store_error(store)->text, "more than one store can hold"));
    cr_assert_eq(store_action_write(store, &action, 1), STORE_FAILED);
    cr_assert_eq(store_member_add(store, &member), STORE_FAILED);
    cr_assert_eq(store_round_add(store, (1 << 12) - 1, "last"), STORE_OK);
}

Test(store, packs_and_unpacks_every_slot)
{
    uint16_t edges[] = {0, 127, 128, 255, 256, 16383, 16384, 32767, 65534, 65535};
    write_current(1, 1, 1, -1, edges, sizeof edges / sizeof *edges);
    assert_current(1, 1, 1, -1, edges, sizeof edges / sizeof *edges);
    for (unsigned slot = 0; slot <= UINT16_MAX; slot += slot < 300 || slot > 16300 ? 1 : 501) {
        uint16_t alone = (uint16_t)slot;
        if (slot > 16500 && slot < 65500)
            continue;
        write_current(1, 2, 1, -1, &alone, 1);
        assert_current(1, 2, 1, -1, &alone, 1);
    }
}

Test(store, packs_no_slot_and_all_of_them)
{
    uint16_t *all = calloc(UINT16_MAX + 1, sizeof *all);
    cr_assert_not_null(all);
    for (size_t i = 0; i <= UINT16_MAX; i++)
        all[i] = (uint16_t)i;
    write_current(1, 1, 1, -1, all, UINT16_MAX + 1);
    write_current(1, 2, 1, -1, all, 0);
    assert_current(1, 2, 1, -1, all, 0);
    assert_current(1, 1, 1, -1, all, UINT16_MAX + 1);
    write_current(1, 1, 2, 101, all + 200, 100);
    assert_current(1, 1, 2, 101, all + 200, 100);
    free(all);
}

struct seen_currents {
    int64_t members[8], actions[8], revisions[8];
    size_t slots[8], count;
};

static int take_current(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    struct seen_currents *seen = context;
    seen->members[seen->count] = member;
    seen->actions[seen->count] = action;
    seen->revisions[seen->count] = current->revision;
    seen->slots[seen->count++] = current->slot_count;
    return 0;
}

Test(store, walks_the_current_responses_of_one_round)
{
    struct seen_currents seen = {0};
    uint16_t slots[] = {0, 1, 2};
    struct store_current other = {.revision = 9, .slots = slots, .slot_count = 1};
    write_current(2, 1, 3, -1, slots, 3);
    write_current(1, 2, 2, -1, slots, 2);
    write_current(1, 1, 1, -1, slots, 1);
    cr_assert_eq(store_current_write(store, 2, 1, 1, &other), STORE_OK);
    cr_assert_eq(store_current_each(store, 1, take_current, &seen), STORE_OK);
    cr_assert_eq(seen.count, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(seen.members[i], i < 2 ? 1 : 2);
        cr_assert_eq(seen.actions[i], i == 1 ? 2 : 1);
        cr_assert_eq(seen.revisions[i], (int64_t)i + 1);
        cr_assert_eq(seen.slots[i], i + 1);
    }
    cr_assert_eq(store_current_each(store, 3, take_current, &seen), STORE_OK);
    cr_assert_eq(seen.count, 3);
}

/* Counters. */

static int take_counted(void *context, int64_t round, int64_t action)
{
    struct buf *seen = context;
    buf_printf(seen, "%d/%d ", (int)round, (int)action);
    return 0;
}

Test(store, keeps_counters_by_round_and_action)
{
    int64_t counts[3] = {7, 7, 7};
    struct buf seen;
    buf_init(&seen, 100);
    cr_assert_eq(store_counts_read(store, 1, 2, counts, 3), STORE_NONE);
    cr_assert(counts[0] == 7 && counts[2] == 7);
    cr_assert_eq(store_counts_write(store, 2, 1, (int64_t[]){1, 0, INT64_MAX}, 3), STORE_OK);
    cr_assert_eq(store_counts_write(store, 1, 2, (int64_t[]){4, 5}, 2), STORE_OK);
    cr_assert_eq(store_counts_write(store, 1, 2, (int64_t[]){6, 8}, 2), STORE_OK);
    cr_assert_eq(store_counts_read(store, 2, 1, counts, 3), STORE_OK);
    cr_assert(counts[0] == 1 && counts[1] == 0 && counts[2] == INT64_MAX);
    cr_assert_eq(store_counts_read(store, 1, 2, counts, 2), STORE_OK);
    cr_assert(counts[0] == 6 && counts[1] == 8);
    cr_assert_eq(store_counts_each(store, take_counted, &seen), STORE_OK);
    cr_assert_str_eq(buf_text(&seen), "1/2 2/1 ");
    buf_free(&seen);
}

Test(store, fails_when_counters_have_another_number_of_slots)
{
    int64_t counts[3];
    cr_assert_eq(store_counts_write(store, 1, 1, (int64_t[]){4, 5}, 2), STORE_OK);
    cr_assert_eq(store_counts_read(store, 1, 1, counts, 3), STORE_FAILED);
    cr_assert_eq(store_counts_read(store, 1, 1, counts, 1), STORE_FAILED);
    cr_assert_neq(store_error(store)->text[0], '\0');
}
