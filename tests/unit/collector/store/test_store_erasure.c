/* What is left of what was erased: in rows, and in the bytes of the files. */
#include "base/file.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct store *store;
static char dsn[300], path[280];

static void setup(void)
{
    kit_begin();
    snprintf(path, sizeof path, "%s", kit_path("panel.db"));
    snprintf(dsn, sizeof dsn, "sqlite:%s", path);
    store = kit_store_open(dsn);
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(store_erasure, .init = setup, .fini = teardown);

/* Rows. */

static int count_entry(void *context, int64_t index, const char *jws, size_t len)
{
    (void)jws;
    *(int64_t *)context += len == 0 ? 1000 : index;
    return 0;
}

Test(store_erasure, leaves_an_entry_its_index)
{
    struct buf jws;
    int64_t seen = 0;
    buf_init(&jws, KIT_TEXT_MAX);
    for (int64_t i = 0; i < 3; i++)
        cr_assert_eq(store_entry_append(store, i, "one", 3), STORE_OK);
    cr_assert_eq(store_entry_erase(store, 1), STORE_OK);
    cr_assert_eq(store_entry_erase(store, 3), STORE_NONE);
    cr_assert_eq(store_entry_read(store, 1, &jws), STORE_ERASED);
    cr_assert_eq(kit_entries(store), 3);
    cr_assert_eq(store_entry_range(store, 0, 3, count_entry, &seen), STORE_OK);
    cr_assert_eq(seen, 1002);
    cr_assert_eq(store_entry_read(store, 2, &jws), STORE_OK);
    buf_free(&jws);
}

static int note_member(void *context, const struct store_member *member)
{
    ((struct store_member *)context)[member->number - 1] = *member;
    return 0;
}

Test(store_erasure, leaves_a_member_number_and_index_and_the_hash_of_the_kid)
{
    struct store_member members[2] = {{.number = 1, .index = 4, .enrolled_at = 5, .revoked_at = 6, .public_key = {7}},
                                      {.number = 2, .index = 9, .enrolled_at = 5, .public_key = {8}}};
    static const uint8_t hash[SHA256_BYTES] = {1, 2, 3}, none[KEY_BYTES];
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(store_member_add(store, &members[i]), STORE_OK);
    cr_assert_eq(store_member_erase(store, 1, hash), STORE_OK);
    cr_assert_eq(store_member_erase(store, 1, none), STORE_NONE, "done before");
    cr_assert_eq(store_member_erase(store, 3, hash), STORE_NONE);
    memset(members, 0xff, sizeof members);
    cr_assert_eq(store_member_each(store, note_member, members), STORE_OK, "%s", store_error(store)->text);
    cr_assert(members[0].erased && members[0].number == 1 && members[0].index == 4);
    cr_assert(members[0].enrolled_at == 0 && members[0].revoked_at == 0);
    cr_assert_arr_eq(members[0].kid_hash, hash, sizeof hash);
    cr_assert_arr_eq(members[0].public_key, none, sizeof none);
    cr_assert(!members[1].erased && members[1].public_key[0] == 8 && members[1].enrolled_at == 5);
}

static int note_current(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    cr_assert(action == 7 && current->revision == member && current->index == (member == 3 ? -1 : 12));
    ++*(int *)context;
    return 0;
}

Test(store_erasure, leaves_a_current_response_its_revision)
{
    static const uint16_t slots[] = {0, 2, 300};
    struct store_current found;
    int seen = 0;
    for (int64_t member = 3; member < 5; member++) {
        struct store_current current = {
            .revision = member, .index = 12, .replaced = 4, .slots = slots, .slot_count = 3};
        cr_assert_eq(store_current_write(store, 1, member, 7, &current), STORE_OK);
    }
    cr_assert_eq(store_current_erase(store, 1, 3, 7), STORE_OK);
    cr_assert_eq(store_current_erase(store, 1, 3, 8), STORE_NONE);
    cr_assert_eq(store_current_read(store, 1, 3, 7, &found), STORE_OK);
    cr_assert(found.revision == 3 && found.index == -1 && found.replaced == -1 && found.slot_count == 0);
    cr_assert_eq(store_current_add(store, 1, 3, 7, &found), STORE_NONE, "its place is taken");
    cr_assert_eq(store_current_each(store, 1, note_current, &seen), STORE_OK);
    cr_assert_eq(seen, 2);
}

/* Files. */

#define ENTRIES 3000

/* What nobody may find: the text of an entry, as long as a response is. */
static void fill_entry(char text[static 700], int64_t index)
{
    snprintf(text, 700, "secret-%05lld-%0660d", (long long)index, 0);
}

static void append_entries(int64_t first, int64_t count)
{
    char text[700];
    for (int64_t i = first; i < first + count; i++) {
        fill_entry(text, i);
        cr_assert_eq(store_entry_append(store, i, text, strlen(text)), STORE_OK);
    }
}

/* In how many of the store's files the text of an entry stands. */
static int count_finds(int64_t index)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[300], word[20];
    int finds = 0;
    snprintf(word, sizeof word, "secret-%05lld-", (long long)index);
    for (size_t i = 0; i < 3; i++) {
        struct buf bytes;
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        buf_init(&bytes, (size_t)64 * 1024 * 1024);
        cr_assert_eq(file_read(name, &bytes), 0, "%s", name);
        finds += bytes.len > 0 && memmem(bytes.data, bytes.len, word, strlen(word)) != NULL;
        buf_free(&bytes);
    }
    return finds;
}

static off_t changes_size(void)
{
    char name[300];
    struct stat status;
    snprintf(name, sizeof name, "%s-wal", path);
    cr_assert_eq(stat(name, &status), 0);
    return status.st_size;
}

static void erase_in_one(int64_t first, int64_t end, int64_t step)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    for (int64_t i = first; i < end; i += step)
        cr_assert_eq(store_entry_erase(store, i), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK, "%s", store_error(store)->text);
}

static void commit_one(struct store *by, int64_t index)
{
    cr_assert_eq(store_begin(by), STORE_OK, "%s", store_error(by)->text);
    cr_assert_eq(store_entry_append(by, index, "one", 3), STORE_OK);
    cr_assert_eq(store_commit(by), STORE_OK, "%s", store_error(by)->text);
    cr_assert_eq(store_check(by), STORE_OK, "%s", store_error(by)->text);
}

Test(store_erasure, leaves_nothing_in_any_file_once_settled)
{
    cr_assert_eq(store_serve(store), STORE_OK);
    for (int64_t i = 0; i < ENTRIES; i += 250) {
        cr_assert_eq(store_begin(store), STORE_OK);
        append_entries(i, 250);
        cr_assert_eq(store_commit(store), STORE_OK);
    }
    cr_assert_gt(count_finds(0), 0);
    erase_in_one(0, ENTRIES, 7);
    cr_assert_gt(changes_size(), 0);
    cr_assert_eq(store_settle_erasure(store), STORE_OK, "%s", store_error(store)->text);
    cr_assert_eq(changes_size(), 0);
    int kept = 0;
    for (int64_t i = 0; i < ENTRIES; i++)
        if (i % 7 == 0)
            cr_assert_eq(count_finds(i), 0, "entry %d", (int)i);
        else if (i % 500 == 1)
            kept += count_finds(i);
    cr_assert_gt(kept, 0);
}

Test(store_erasure, is_no_other_hand_to_who_commits_afterwards)
{
    struct store *other = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK);
    commit_one(store, 0);
    commit_one(other, 1);
    for (int64_t i = 2; i < 10; i += 4) {
        commit_one(store, i);
        cr_assert_eq(store_settle_erasure(store), STORE_OK, "%s", store_error(store)->text);
        cr_assert_eq(store_check(store), STORE_OK, "%s", store_error(store)->text);
        cr_assert_eq(store_check(other), STORE_OK, "%s", store_error(other)->text);
        commit_one(store, i + 1);
        commit_one(other, i + 2);
        commit_one(store, i + 3);
    }
    cr_assert_eq(store_settle(store), STORE_OK);
    store_close(other);
    cr_assert_eq(kit_entries(store), 10);
}

Test(store_erasure, waits_for_nobody_who_still_reads)
{
    struct store *reader = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK);
    commit_one(store, 0);
    cr_assert_eq(store_begin_reading(reader), STORE_OK);
    cr_assert_eq(kit_entries(reader), 1);
    erase_in_one(0, 1, 1);
    cr_assert_eq(store_settle_erasure(store), STORE_NONE, "somebody reads what was before");
    commit_one(store, 1);
    store_rollback(reader);
    cr_assert_eq(store_settle_erasure(store), STORE_OK, "%s", store_error(store)->text);
    cr_assert_eq(changes_size(), 0);
    commit_one(store, 2);
    store_close(reader);
}

Test(store_erasure, is_settled_by_who_serves_alone)
{
    struct store *other = kit_store_open(dsn), *memory = kit_store_open("sqlite::memory:");
    cr_assert_eq(store_serve(store), STORE_OK);
    commit_one(store, 0);
    cr_assert_eq(store_settle_erasure(other), STORE_FAILED);
    cr_assert_eq(store_error(other)->kind, ERROR_REFUSED);
    cr_assert_eq(store_settle_erasure(memory), STORE_OK, "there are no files");
    store_close(other);
    store_close(memory);
}

/* What does not serve has an index to look at, by which a log of changes that another hand has cut is told from one
 * that was emptied. */
Test(store_erasure, does_not_hide_that_another_hand_has_cut_the_log_of_changes)
{
    static const off_t lengths[] = {0, 32, 4096, 4151};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        char name[300];
        snprintf(name, sizeof name, "%s-wal", path);
        commit_one(store, (int64_t)i);
        cr_assert_gt(changes_size(), lengths[i]);
        cr_assert_eq(truncate(name, lengths[i]), 0);
        cr_assert_eq(store_check(store), STORE_FAILED);
        cr_assert_not_null(strstr(store_error(store)->text, "cut off"), "%s", store_error(store)->text);
        store_close(store);
        (void)unlink(path);
        (void)unlink(name);
        snprintf(name, sizeof name, "%s-shm", path);
        (void)unlink(name);
        store = kit_store_open(dsn);
    }
}

/* What erasing goes by. */

Test(store_erasure, knows_which_event_erased_an_entry_and_forgets_what_that_replaced)
{
    int64_t event = 0, before = 0;
    cr_assert_eq(store_revision_add(store, 7, 4), STORE_OK);
    cr_assert_eq(store_revision_add(store, 9, 7), STORE_OK);
    cr_assert_eq(store_revision_before(store, 9, &before), STORE_OK);
    cr_assert_eq(before, 7);
    cr_assert_eq(store_revision_before(store, 4, &before), STORE_NONE);
    cr_assert_eq(store_erased_by(store, 7, &event), STORE_NONE);
    cr_assert_eq(store_erased_add(store, 7, 12), STORE_OK);
    cr_assert_eq(store_erased_add(store, 4, 12), STORE_OK, "which replaced nothing");
    cr_assert_eq(store_erased_add(store, 7, 13), STORE_FAILED, "an entry is erased once");
    cr_assert_eq(store_erased_by(store, 7, &event), STORE_OK);
    cr_assert_eq(event, 12);
    cr_assert_eq(store_revision_before(store, 7, &before), STORE_NONE);
    cr_assert_eq(store_revision_before(store, 9, &before), STORE_OK);
}

static int note_erased(void *context, int64_t index, int64_t event)
{
    int64_t *sum = context;
    *sum = *sum * 1000 + index * 10 + event;
    return index == 9 ? -1 : 0;
}

Test(store_erasure, gives_a_range_of_what_was_erased_and_by_which_event)
{
    static const int64_t erased[] = {9, 4, 7, 2};
    int64_t sum = 0;
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(store_erased_add(store, erased[i], 1), STORE_OK);
    cr_assert_eq(store_erased_range(store, 4, 5, note_erased, &sum), STORE_OK);
    cr_assert_eq(sum, 41071);
    cr_assert_eq(store_erased_range(store, 10, 5, note_erased, &sum), STORE_OK);
    cr_assert_eq(store_erased_range(store, 2, 0, note_erased, &sum), STORE_OK);
    cr_assert_eq(sum, 41071);
    cr_assert_eq(store_erased_range(store, 0, 10, note_erased, &sum), STORE_FAILED, "the visitor ends it");
}

static int note_before(void *context, int64_t before)
{
    int64_t *bits = context;
    cr_assert((*bits >> before & 1) == 0, "%ld is told twice", (long)before);
    *bits |= INT64_C(1) << before;
    return before == 20 ? -1 : 0;
}

Test(store_erasure, tells_all_that_was_replaced_by_any_of_these_and_ends_where_it_goes_round)
{
    static const int64_t pairs[][2] = {{9, 7}, {7, 4}, {4, -1}, {12, 11}, {31, 30}, {30, 31}, {21, 20}};
    int64_t found = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_assert_eq(store_revision_add(store, pairs[i][0], pairs[i][1]), STORE_OK);
    cr_assert_eq(store_revisions_before(store, (int64_t[]){9, 12, 5}, 3, note_before, &found), STORE_OK);
    cr_assert_eq(found, 1 << 7 | 1 << 4 | 1 << 11);
    cr_assert_eq(store_revisions_before(store, NULL, 0, note_before, &found), STORE_OK);
    found = 0;
    cr_assert_eq(store_revisions_before(store, (int64_t[]){31}, 1, note_before, &found), STORE_OK);
    cr_assert_eq(found, INT64_C(1) << 30 | INT64_C(1) << 31);
    cr_assert_eq(store_revisions_before(store, (int64_t[]){21}, 1, note_before, &found), STORE_FAILED);
}

static int note_request(void *context, int64_t request)
{
    int64_t *sum = context;
    *sum = *sum * 100 + request;
    return 0;
}

Test(store_erasure, finds_a_request_by_its_leaf_and_those_of_a_member_in_order)
{
    struct store_erasure found, requests[] = {{.request = 20, .member = 1, .leaf = {{2}}},
                                              {.request = 10, .member = 1, .leaf = {{1}}},
                                              {.request = 30, .member = 2, .leaf = {{3}}}};
    int64_t sum = 0;
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(store_erasure_add(store, &requests[i]), STORE_OK);
    cr_assert_eq(store_erasure_find(store, &requests[2].leaf, &found), STORE_OK);
    cr_assert(found.request == 30 && found.member == 2);
    cr_assert_eq(store_erasure_find(store, &(struct merkle_hash){{9}}, &found), STORE_NONE);
    cr_assert_eq(store_erasure_each(store, 1, note_request, &sum), STORE_OK);
    cr_assert_eq(sum, 1020);
}

static int sum_current(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    (void)current;
    *(int64_t *)context += member * 1000 + action;
    return 0;
}

Test(store_erasure, walks_and_forgets_one_members_responses_in_a_round)
{
    static const uint16_t slots[] = {0};
    const struct store_current current = {.revision = 1, .index = 5, .replaced = -1, .slots = slots, .slot_count = 1};
    for (int64_t member = 1; member <= 3; member++)
        for (int64_t action = 1; action <= 2; action++)
            for (int64_t round = 1; round <= 2; round++)
                cr_assert_eq(store_current_add(store, round, member, action, &current), STORE_OK);
    int64_t sum = 0;
    cr_assert_eq(store_current_each_of(store, 1, 2, sum_current, &sum), STORE_OK);
    cr_assert_eq(sum, 4003);
    cr_assert_eq(store_current_forget(store, 1, 2), STORE_OK);
    cr_assert_eq(store_current_forget(store, 1, 2), STORE_OK, "nothing is left");
    sum = 0;
    cr_assert_eq(store_current_each(store, 1, sum_current, &sum), STORE_OK);
    cr_assert_eq(sum, 8006);
    cr_assert_eq(store_current_each(store, 2, sum_current, &sum), STORE_OK);
    cr_assert_eq(sum, 8006 + 12009);
}
