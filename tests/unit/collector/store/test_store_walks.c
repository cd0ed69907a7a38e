/* The verbs of store.h that give many rows at once, and what is told of changes. */
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct store *store;
static char dsn[300];

/* What a walk has told, a line a row. */
static struct buf told;
static size_t stop_after; /* rows; 0: never */

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "sqlite:%s", kit_path("panel.db"));
    store = kit_store_open(dsn);
    buf_init(&told, KIT_TEXT_MAX);
    stop_after = 0;
}

static void teardown(void)
{
    buf_free(&told);
    store_close(store);
    kit_end();
}

TestSuite(store_walks, .init = setup, .fini = teardown);

static int stop_when_due(void)
{
    return stop_after > 0 && --stop_after == 0 ? -1 : 0;
}

static void assert_told(const char *expected)
{
    cr_assert_str_eq(buf_text(&told), expected);
    buf_reset(&told);
}

/* Entries. */

static int tell_entry(void *context, int64_t index, const char *jws, size_t len)
{
    (void)context;
    buf_printf(&told, "%lld %.*s\n", (long long)index, (int)len, jws);
    return stop_when_due();
}

static void append_entries(void)
{
    static const char *const texts[] = {"zero", "one", "two", "three", "four"};
    for (int64_t i = 0; i < 5; i++)
        cr_assert_eq(store_entry_append(store, i, texts[i], strlen(texts[i])), STORE_OK);
}

Test(store_walks, give_a_range_of_entries)
{
    append_entries();
    cr_assert_eq(store_entry_range(store, 1, 3, tell_entry, NULL), STORE_OK);
    assert_told("1 one\n2 two\n3 three\n");
    cr_assert_eq(store_entry_range(store, 4, INT64_MAX, tell_entry, NULL), STORE_OK);
    assert_told("4 four\n");
    cr_assert_eq(store_entry_range(store, 5, 10, tell_entry, NULL), STORE_OK);
    cr_assert_eq(store_entry_range(store, 2, 0, tell_entry, NULL), STORE_OK);
    assert_told("");
}

Test(store_walks, skip_an_entry_that_is_missing_from_a_range_and_show_an_erased_one_empty)
{
    append_entries();
    store_raw_run(kit_path("panel.db"), "DELETE FROM entry WHERE idx = 2; UPDATE entry SET jws = '' WHERE idx = 3");
    cr_assert_eq(store_entry_range(store, 1, 4, tell_entry, NULL), STORE_OK);
    assert_told("1 one\n3 \n4 four\n");
}

Test(store_walks, give_entries_in_the_order_asked)
{
    append_entries();
    store_raw_run(kit_path("panel.db"), "UPDATE entry SET jws = '' WHERE idx = 3");
    cr_assert_eq(store_entry_each(store, (int64_t[]){4, 0, 3, 0}, 4, tell_entry, NULL), STORE_OK);
    assert_told("4 four\n0 zero\n3 \n0 zero\n");
    cr_assert_eq(store_entry_each(store, (int64_t[]){1, 9, 2}, 3, tell_entry, NULL), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_DAMAGED);
    assert_told("1 one\n");
}

Test(store_walks, stop_when_the_visitor_says_so_and_have_nothing_to_say_of_it)
{
    append_entries();
    cr_assert_eq(store_entry_append(store, 0, "again", 5), STORE_FAILED, "something to say");
    stop_after = 2;
    cr_assert_eq(store_entry_range(store, 0, 5, tell_entry, NULL), STORE_FAILED);
    assert_told("0 zero\n1 one\n");
    struct error error = {ERROR_MEMORY, "the visitor's"};
    cr_assert_eq(store_fail(store, &error), -1);
    cr_assert_str_eq(error.text, "the visitor's");
    stop_after = 1;
    cr_assert_eq(store_entry_each(store, (int64_t[]){3, 4}, 2, tell_entry, NULL), STORE_FAILED);
    assert_told("3 three\n");
    cr_assert_eq(store_error(store)->kind, ERROR_NONE);
}

Test(store_walks, read_an_erased_entry_as_erased)
{
    struct buf out;
    buf_init(&out, 100);
    append_entries();
    store_raw_run(kit_path("panel.db"), "UPDATE entry SET jws = '' WHERE idx = 3");
    cr_assert_eq(store_entry_read(store, 3, &out), STORE_ERASED);
    cr_assert_eq(store_entry_read(store, 5, &out), STORE_NONE);
    cr_assert_eq(out.len, 0);
    buf_free(&out);
}

/* Invitations and counters. */

static int tell_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                           const struct store_invitation *invitation)
{
    (void)context;
    buf_printf(&told, "%lld %d %d %lld\n", (long long)number, hash[0], (int)invitation->state,
               (long long)invitation->member);
    return stop_when_due();
}

Test(store_walks, give_every_invitation_with_what_became_of_it)
{
    for (uint8_t i = 1; i <= 3; i++)
        cr_assert_eq(store_invitation_add(store, 4 - i, (uint8_t[SHA256_BYTES]){i}), STORE_OK);
    struct store_invitation used = {INVITATION_USED, 9};
    cr_assert_eq(store_invitation_mark(store, (uint8_t[SHA256_BYTES]){2}, &used), STORE_OK);
    cr_assert_eq(store_invitation_each(store, tell_invitation, NULL), STORE_OK);
    assert_told("1 3 0 0\n2 2 1 9\n3 1 0 0\n");
    store_raw_run(kit_path("panel.db"), "UPDATE invitation SET state = 7 WHERE number = 2");
    cr_assert_eq(store_invitation_each(store, tell_invitation, NULL), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_DAMAGED);
}

static int tell_counts(void *context, int64_t action, const int64_t *counts, size_t slots)
{
    (void)context;
    buf_printf(&told, "%lld:", (long long)action);
    for (size_t i = 0; i < slots; i++)
        buf_printf(&told, " %lld", (long long)counts[i]);
    buf_put_text(&told, "\n");
    return stop_when_due();
}

Test(store_walks, give_the_counters_of_one_round_by_action)
{
    cr_assert_eq(store_counts_write(store, 2, 7, (int64_t[]){1, 2}, 2), STORE_OK);
    cr_assert_eq(store_counts_write(store, 2, 1048575, (int64_t[]){3}, 1), STORE_OK);
    cr_assert_eq(store_counts_write(store, 2, 0, (int64_t[]){4, 5, 6}, 3), STORE_OK);
    cr_assert_eq(store_counts_write(store, 1, 7, (int64_t[]){9}, 1), STORE_OK);
    cr_assert_eq(store_counts_write(store, 3, 0, (int64_t[]){9}, 1), STORE_OK);
    cr_assert_eq(store_counts_each_in(store, 2, tell_counts, NULL), STORE_OK);
    assert_told("0: 4 5 6\n7: 1 2\n1048575: 3\n");
    cr_assert_eq(store_counts_each_in(store, INT64_C(1) << 31, tell_counts, NULL), STORE_FAILED);
}

/* What others change. */

static int count_member(void *context, const struct store_member *member)
{
    (void)member;
    ++*(unsigned *)context;
    return 0;
}

Test(store_walks, tell_at_least_the_members_that_have_changed)
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

Test(store_walks, tell_one_kind_of_change_from_another)
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
    cr_assert_eq(ask_changed(), STORE_CHANGED_WISHES);
    cr_assert_eq(ask_changed(), 0);
    buf_free(&outcome);
    store_close(other);
}

Test(store_walks, tell_nothing_of_what_nobody_keeps_in_memory)
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
Test(store_walks, tell_what_others_have_changed_apart_from_one_s_own)
{
    struct store *other = kit_store_open(dsn);
    struct store_member member = {.number = 1, .enrolled_at = 5};
    struct store_access access = {.at = 5, .token = "desk", .what = "comments"};
    unsigned what;
    cr_assert_eq(ask_changed(), STORE_CHANGED_ALL);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    append_entries();
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

/* The database counts, not the program: one that knows nothing of it is noticed as well. */
Test(store_walks, tell_what_another_program_has_changed)
{
    struct store_member member = {.number = 1, .enrolled_at = 5};
    cr_assert_eq(store_member_add(store, &member), STORE_OK);
    cr_assert_eq(ask_changed(), STORE_CHANGED_ALL);
    store_raw_run(kit_path("panel.db"), "UPDATE member SET revoked_at = 7");
    cr_assert_eq(ask_changed(), STORE_CHANGED_MEMBERS);
    store_raw_run(kit_path("panel.db"), "DELETE FROM token");
    cr_assert_eq(ask_changed(), 0, "which changes nothing");
    store_raw_run(kit_path("panel.db"), "DELETE FROM change");
    unsigned what;
    cr_assert_eq(store_changed(store, &what), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_DAMAGED);
}

/* Serving. */

Test(store_walks, let_one_process_serve)
{
    struct store *other = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(store_serve(store), STORE_OK, "it does already");
    cr_assert_eq(store_serve(other), STORE_FAILED);
    cr_assert_not_null(strstr(store_error(other)->text, "another collector is serving"));
    store_close(store);
    cr_assert_eq(store_serve(other), STORE_OK, "until its handle is closed");
    store = kit_store_open("sqlite::memory:");
    cr_assert_eq(store_serve(store), STORE_OK);
    store_close(other);
}
