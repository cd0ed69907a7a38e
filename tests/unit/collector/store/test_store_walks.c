/* The verbs of store.h that give many rows at once. */
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
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
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
    store_raw_run(dsn, "DELETE FROM entry WHERE idx = 2; UPDATE entry SET jws = '' WHERE idx = 3");
    cr_assert_eq(store_entry_range(store, 1, 4, tell_entry, NULL), STORE_OK);
    assert_told("1 one\n3 \n4 four\n");
}

Test(store_walks, give_entries_in_the_order_asked)
{
    append_entries();
    store_raw_run(dsn, "UPDATE entry SET jws = '' WHERE idx = 3");
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
    store_raw_run(dsn, "UPDATE entry SET jws = '' WHERE idx = 3");
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
    store_raw_run(dsn, "UPDATE invitation SET state = 7 WHERE number = 2");
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

/* Serving. */

/* Beside each other only where many may reach the store. */
Test(store_walks, let_one_process_serve_alone)
{
    struct store *other = kit_store_open(dsn), *third = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(store_serve(store), STORE_OK, "it does already");
    cr_assert_eq(store_serve_alone(other), STORE_FAILED);
    cr_assert_not_null(strstr(store_error(other)->text, "another collector is serving"));
    cr_assert_eq(store_serve(third), store_is_remote(dsn) ? STORE_OK : STORE_FAILED);
    store_close(store);
    store_close(third);
    cr_assert_eq(store_serve_alone(other), STORE_OK, "until the last of these handles is closed");
    store = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_FAILED);
    store_close(other);
    cr_assert_eq(store_serve(store), STORE_OK);
}
