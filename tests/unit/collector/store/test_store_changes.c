/* What is told of changes: by whom, and of which kind. */
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>

static struct store *store;
static char dsn[400];

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
    store = kit_store_open(dsn);
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(store_changes, .init = setup, .fini = teardown);

static int count_member(void *context, const struct store_member *member)
{
    (void)member;
    ++*(unsigned *)context;
    return 0;
}

Test(store_changes, tell_at_least_the_members_that_have_changed)
{
    struct store_member member = {.number = 1, .enrolled_at = 5};
    int64_t since = -1;
    unsigned count = 0;
    cr_assert_eq(store_member_add(store, &member), STORE_OK);
    cr_assert_eq(store_member_changes(store, &since, count_member, &count), STORE_OK);
    cr_assert_eq(count, 1);
    cr_assert_neq(since, -1);
    cr_assert_eq(store_member_revoke(store, 1, 9), STORE_OK);
    cr_assert_eq(store_member_changes(store, &since, count_member, &count), STORE_OK);
    cr_assert_eq(count, 2);
}

/* What the store says inside a transaction that it commits. */
static unsigned ask_changed(void)
{
    unsigned what = 99;
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    return what;
}

Test(store_changes, tell_one_kind_of_change_from_another)
{
    struct store *other = kit_store_open(dsn);
    struct store_member member = {.number = 1, .enrolled_at = 5};
    struct store_action action = {.number = 1, .action = {.id = "A", .title = "t"}};
    struct store_token token = {.name = "desk", .role = "team"};
    struct store_wish wish = {.kind = "round-closed", .claims = "{}", .claims_len = 2};
    struct buf outcome;
    int64_t id;
    buf_init(&outcome, 100);
    cr_assert_eq(ask_changed(), STORE_CHANGED_ALL, "all, at first");
    cr_assert_eq(ask_changed(), 0);
    cr_assert_eq(store_entry_append(other, 0, "a", 1), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_LOG);
    cr_assert_eq(store_member_add(other, &member), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_MEMBERS);
    cr_assert_eq(store_member_revoke(other, 1, 9), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_MEMBERS);
    cr_assert_eq(store_member_erase(other, 1, (uint8_t[SHA256_BYTES]){1}), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_MEMBERS);
    cr_assert_eq(store_panel_write(other, "{}", 2, 7), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_CATALOGUE);
    cr_assert_eq(store_round_add(other, 1, "r"), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_CATALOGUE);
    cr_assert_eq(store_action_write(other, &action, 1), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_CATALOGUE);
    cr_assert_eq(store_token_add(other, &token), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_CATALOGUE);
    cr_assert_eq(store_token_revoke(other, "desk", 9), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_CATALOGUE);
    cr_assert_eq(store_wish_add(other, &wish, &id), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_WISHES);
    cr_assert_eq(store_wish_done(other, id, -1, "no", 9), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_WISHES);
    cr_assert_eq(store_wish_outcome(other, id, &id, &outcome), STORE_OK);
    cr_assert_eq(ask_changed() & ~(unsigned)STORE_CHANGED_WISHES, 0);
    cr_assert_eq(ask_changed(), 0);
    buf_free(&outcome);
    store_close(other);
}

Test(store_changes, tell_nothing_of_what_nobody_keeps_in_memory)
{
    struct store *other = kit_store_open(dsn);
    struct store_access access = {.at = 5, .token = "desk", .what = "comments", .rows = 3};
    cr_assert_eq(ask_changed(), STORE_CHANGED_ALL);
    cr_assert_eq(store_access_add(other, &access), STORE_OK);
    cr_assert_eq(store_access_purge(other, 6), STORE_OK);
    cr_assert_eq(store_invitation_add(other, 1, (uint8_t[SHA256_BYTES]){1}), STORE_OK);
    cr_assert_eq(ask_changed(), 0);
    store_close(other);
}

/* What a handle has written itself is no news to it, also where somebody else commits right after. */
Test(store_changes, tell_what_others_have_changed_apart_from_one_s_own)
{
    struct store *other = kit_store_open(dsn);
    struct store_member member = {.number = 1, .enrolled_at = 5};
    struct store_access access = {.at = 5, .token = "desk", .what = "comments"};
    unsigned what;
    cr_assert_eq(ask_changed(), STORE_CHANGED_ALL);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "zero", 4), STORE_OK);
    cr_assert_eq(store_member_add(store, &member), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    cr_assert_eq(store_access_add(other, &access), STORE_OK);
    cr_assert_eq(ask_changed(), 0);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    cr_assert_eq(store_member_revoke(store, 1, 8), STORE_OK);
    store_rollback(store);
    cr_assert_eq(store_member_revoke(other, 1, 9), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_MEMBERS, "though as often as what was rolled back");
    store_close(other);
}

/* SQLite counts by triggers: a program that knows nothing of it is noticed as well. */
Test(store_changes, tell_what_another_program_has_changed_in_a_file)
{
    char path[300];
    snprintf(path, sizeof path, "sqlite:%s", kit_path("file.db"));
    store_close(store);
    store = kit_store_open(path);
    struct store_member member = {.number = 1, .enrolled_at = 5};
    cr_assert_eq(store_member_add(store, &member), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_ALL);
    store_raw_run(path, "UPDATE member SET revoked_at = 7");
    cr_assert_eq(ask_changed(), STORE_CHANGED_MEMBERS);
    store_raw_run(path, "DELETE FROM token");
    cr_assert_eq(ask_changed(), 0, "which changes nothing");
    store_raw_run(path, "DELETE FROM change");
    unsigned what;
    cr_assert_eq(store_changed(store, &what), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_DAMAGED);
}
