/* The verbs of store.h for what administrators keep: panel, rounds, actions, tokens; and transactions. */
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
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

TestSuite(store_catalogue, .init = setup, .fini = teardown);

Test(store_catalogue, has_the_newest_panel_in_force)
{
    struct buf json;
    buf_init(&json, 100);
    cr_assert_eq(store_panel_read(store, &json), STORE_NONE);
    cr_assert_eq(store_panel_write(store, "{\"one\":1}", 9, 200), STORE_OK);
    cr_assert_eq(store_panel_write(store, "{\"two\":2}", 9, 100), STORE_OK, "the clock may have gone back");
    cr_assert_eq(store_panel_read(store, &json), STORE_OK);
    cr_assert_str_eq(buf_text(&json), "{\"two\":2}");
    buf_free(&json);
}

static int take_round(void *context, int64_t number, const char *id)
{
    buf_printf(context, "%d=%s ", (int)number, id);
    return 0;
}

Test(store_catalogue, keeps_the_numbers_of_rounds)
{
    struct buf seen;
    buf_init(&seen, 100);
    cr_assert_eq(store_round_each(store, take_round, &seen), STORE_OK);
    cr_assert_eq(store_round_add(store, 2, "round-b"), STORE_OK);
    cr_assert_eq(store_round_add(store, 1, "round-c"), STORE_OK);
    cr_assert_eq(store_round_add(store, 2, "round-d"), STORE_FAILED);
    cr_assert_eq(store_round_add(store, 3, "round-b"), STORE_FAILED);
    cr_assert_eq(store_round_each(store, take_round, &seen), STORE_OK);
    cr_assert_str_eq(buf_text(&seen), "1=round-c 2=round-b ");
    buf_free(&seen);
}

static struct store_action action_of(int64_t number, const char *id, const char *title)
{
    static char track[] = "1 \xe2\x82\xac", none[] = "";
    return (struct store_action){.number = number,
                                 .action = {.id = (char *)(uintptr_t)id,
                                            .title = (char *)(uintptr_t)title,
                                            .track = track,
                                            .lead = NULL,
                                            .related = none,
                                            .status = ACTION_DONE}};
}

static int take_action(void *context, const struct store_action *row)
{
    const struct action *action = &row->action;
    buf_printf(context, "%d %s %s %s|%s|%s %s\n", (int)row->number, action->id, action->title, action->track,
               action->lead, action->related, action_status_name(action->status));
    return 0;
}

Test(store_catalogue, walks_actions_by_position)
{
    struct buf seen;
    buf_init(&seen, 1000);
    struct store_action one = action_of(1, "A.1", "One"), two = action_of(2, "A.2", "Two"),
                        new = action_of(1, "A.1", "New");
    cr_assert_eq(store_action_write(store, &one, 0), STORE_OK);
    cr_assert_eq(store_action_write(store, &two, 1), STORE_OK);
    new.action.status = ACTION_STOPPED;
    cr_assert_eq(store_action_write(store, &new, 2), STORE_OK);
    cr_assert_eq(store_action_each(store, take_action, &seen), STORE_OK);
    cr_assert_str_eq(buf_text(&seen), "2 A.2 Two 1 \xe2\x82\xac|| done\n1 A.1 New 1 \xe2\x82\xac|| stopped\n");
    buf_free(&seen);
}

Test(store_catalogue, keeps_every_status_of_an_action)
{
    struct buf seen;
    buf_init(&seen, 1000);
    for (int status = ACTION_PLANNED; status <= ACTION_STOPPED; status++) {
        struct store_action row = action_of(status + 1, (const char *[]){"A", "B", "C", "D", "E"}[status], "t");
        row.action.status = (enum action_status)status;
        cr_assert_eq(store_action_write(store, &row, status), STORE_OK);
    }
    cr_assert_eq(store_action_each(store, take_action, &seen), STORE_OK);
    for (int status = ACTION_PLANNED; status <= ACTION_STOPPED; status++)
        cr_assert_not_null(strstr(buf_text(&seen), action_status_name((enum action_status)status)));
    buf_free(&seen);
}

/* Tokens. */

static int take_token(void *context, const struct store_token *token)
{
    buf_printf(context, "%s %s %d%d %d %d %d %02x%02x\n", token->name, token->role, token->exact, token->publish,
               (int)token->created_at, (int)token->expires_at, (int)token->revoked_at, token->hash[0], token->hash[31]);
    return 0;
}

static void assert_tokens(const char *expected)
{
    struct buf seen;
    buf_init(&seen, 1000);
    cr_assert_eq(store_token_each(store, take_token, &seen), STORE_OK);
    cr_assert_str_eq(buf_text(&seen), expected);
    buf_free(&seen);
}

Test(store_catalogue, keeps_tokens_by_name)
{
    struct store_token token = {.name = "lab", .hash = {0xab, [31] = 0xcd}, .role = "analyst", .created_at = 5};
    struct store_token other = {
        .name = "desk", .hash = {1}, .role = "team", .exact = true, .publish = true, .expires_at = 9};
    assert_tokens("");
    cr_assert_eq(store_token_add(store, &token), STORE_OK);
    cr_assert_eq(store_token_add(store, &other), STORE_OK);
    assert_tokens("desk team 11 0 9 0 0100\nlab analyst 00 5 0 0 abcd\n");
    token.role = "auditor";
    cr_assert_eq(store_token_add(store, &token), STORE_NONE, "the name is taken");
    assert_tokens("desk team 11 0 9 0 0100\nlab analyst 00 5 0 0 abcd\n");
}

Test(store_catalogue, revokes_a_token_once)
{
    struct store_token token = {.name = "lab", .hash = {0xab}, .role = "analyst", .created_at = 5};
    cr_assert_eq(store_token_add(store, &token), STORE_OK);
    cr_assert_eq(store_token_revoke(store, "lab", 6), STORE_OK);
    cr_assert_eq(store_token_revoke(store, "lab", 7), STORE_NONE);
    cr_assert_eq(store_token_revoke(store, "Lab", 7), STORE_NONE);
    cr_assert_eq(store_token_add(store, &token), STORE_NONE, "a revoked name stays taken");
    assert_tokens("lab analyst 00 5 0 6 ab00\n");
}

/* Transactions. */

Test(store_catalogue, keeps_a_transaction_when_committed)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "a", 1), STORE_OK);
    cr_assert_eq(kit_entries(store), 1);
    cr_assert_eq(store_commit(store), STORE_OK);
    cr_assert_eq(kit_entries(store), 1);
}

Test(store_catalogue, forgets_a_transaction_when_rolled_back)
{
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "a", 1), STORE_OK);
    cr_assert_eq(store_counts_write(store, 1, 1, (int64_t[]){1}, 1), STORE_OK);
    store_rollback(store);
    cr_assert_eq(kit_entries(store), 0);
    cr_assert_eq(store_counts_read(store, 1, 1, (int64_t[]){0}, 1), STORE_NONE);
}

Test(store_catalogue, keeps_the_error_when_rolled_back)
{
    struct error error = {0};
    cr_assert_eq(store_entry_append(store, 0, "a", 1), STORE_OK);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "a", 1), STORE_FAILED);
    store_fail(store, &error);
    store_rollback(store);
    cr_assert_str_eq(store_error(store)->text, error.text);
    store_rollback(store);
    cr_assert_eq(store_begin(store), STORE_OK, "a roll back too many does no harm");
    store_rollback(store);
}

Test(store_catalogue, fails_when_a_transaction_is_out_of_place)
{
    cr_assert_eq(store_commit(store), STORE_FAILED);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_begin(store), STORE_FAILED);
    cr_assert_eq(store_begin_reading(store), STORE_FAILED);
    cr_assert_eq(store_commit(store), STORE_OK);
}
